import type { ReplayFile } from "@eunomia/simulation";

const indented = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll("\n", "\n    ");

/**
 * A replay file of a simulated run as a unit test that makes the same run again and fails while anything is violated in it: put
 * it into `apps/simulator/test`.
 */
export function runTest({ header, choices, script, verdict }: ReplayFile): string {
  const { system, seed, config, profile, limits, wire, mutant = null, adversary } = header;
  const property = verdict.property ?? "what is promised";
  const rows = choices.map(
    ({ stream, index, arity, value }) => `    [${JSON.stringify(stream)}, ${index}, ${arity}, ${value}],`,
  );
  const moves = script === null ? "" : `\n    script: ${indented(script)},`;
  const liars = typeof adversary === "object" ? `\n    adversary: ${indented(adversary)},` : "";
  return `import { simulate } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { partsOf } from "../src/cli/systems.ts";

test(${JSON.stringify(`${system}, seed ${seed}: ${property}`)}, async () => {
  // Stream, index, arity, value of every choice that is not the calmest one.
  const choices: readonly (readonly [string, number, number, number])[] = [
${rows.join("\n")}
  ];
  const { outcome } = await simulate({
    ...partsOf(${JSON.stringify(system)}, ${JSON.stringify(mutant)}),
    seed: ${JSON.stringify(seed)},
    wire: ${JSON.stringify(wire)},
    config: ${indented(config)},
    profile: ${indented(profile)},
    limits: ${indented(limits)},${liars}
    choices: choices.map(([stream, index, arity, value]) => ({ stream, index, arity, value })),${moves}
  });
  expect(outcome).toEqual({ kind: "ok" });
});
`;
}
