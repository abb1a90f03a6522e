import { fromHex, toHex } from "@eunomia/codec";
import { type Finding, judge } from "./block.ts";
import type { FuzzTarget } from "./target.ts";

/** What kind of wrong it is: the first words, without values. */
const kindOf = (what: string): string => what.split(/[:;]/, 1)[0]!;

/** The same finding with a shorter input: pieces are cut out, large ones first, while the reader stays wrong in the same way. */
export function minimise(target: FuzzTarget, finding: Finding): Finding {
  const kind = kindOf(finding.what);
  let input = fromHex(finding.hex);
  let what = finding.what;
  for (let piece = input.length >> 1; piece > 0; piece >>= 1)
    for (let at = 0; at + piece <= input.length; ) {
      const shorter = Uint8Array.from([...input.subarray(0, at), ...input.subarray(at + piece)]);
      const { wrong } = judge(target, shorter);
      if (wrong !== null && kindOf(wrong) === kind) {
        input = shorter;
        what = wrong;
      } else at += piece;
    }
  return { target: finding.target, what, hex: toHex(input) };
}

/** A finding as a test that fails until the reader is mended; belongs into `apps/simulator/test`. */
export function findingAsTest({ target, hex }: Finding): string {
  return `import { fromHex } from "@eunomia/codec";
import { expect, test } from "vitest";
import { judge } from "../src/cli/fuzz/block.ts";
import { targetNamed } from "../src/cli/fuzz/targets.ts";

test("${target} reads ${hex.slice(0, 24)} as it must", () => {
  expect(judge(targetNamed("${target}"), fromHex("${hex}")).wrong).toBeNull();
});
`;
}
