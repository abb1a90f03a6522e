import { readFileSync, writeFileSync } from "node:fs";
import { openSpace, type StepLabel, type Vector } from "@eunomia/checker";
import { expect, test } from "vitest";
import { modelOfScope, openModel, scopes } from "../../src/protocols/models.ts";
import { readModelFile, writeModelFile } from "../../src/replay/model-file.ts";
import { markOf } from "../../src/replay/model-path.ts";

const name = "hetero-paxos/3a2l2b-gap";
const golden = new URL("../golden/hetero-paxos-gap.jsonl", import.meta.url);

type Said = {
  readonly kind: string;
  readonly signer?: string;
  readonly number?: number;
  readonly ballot?: { readonly number: number };
};
const said = ({ kind, signer, number, ballot }: Said): string =>
  `${signer ?? ""}${kind}@${number ?? ballot?.number}`;

function wordsOf({ process, event }: StepLabel): string {
  const { kind, message, timer } = event as { kind: string; message?: Said; timer?: string };
  return `${process} ${message === undefined ? (timer ?? kind) : said(message)}`;
}

/** Ballot 1: all join, p2 alone hears them, and votes for A and G. Ballot 2, another value: p1 and p3 vote for A. Then z0 hears all. */
const script = [
  ...["o commands", "p1 1a@1", "p2 1a@1", "p3 1a@1", "p2 p11b@1", "p2 p31b@1", "p1 1a@2", "p3 1a@2"],
  ...["p1 p31b@1", "p1 p31b@2", "p3 p11b@1", "p3 p11b@2"],
  ...["1a@1", "1a@2", "p11b@1", "p21b@1", "p31b@1", "p22a@1", "p11b@2", "p31b@2", "p12a@2", "p32a@2"].map(
    (one) => `z0 ${one}`,
  ),
  ...["z0 retry", "z0 retry", "z0 retry"],
];

function walk(scope: string): {
  readonly turns: { choice: number; mark: string; says: string }[];
  readonly end: Vector;
  readonly space: ReturnType<typeof openSpace>;
} {
  const space = openSpace(openModel({ scope }));
  let at = space.initial;
  const turns: { choice: number; mark: string; says: string }[] = [];
  for (const wanted of script) {
    const next = space.successors(at);
    const choice = next.findIndex(({ label }) => wordsOf(label) === wanted);
    expect(
      choice,
      `${wanted} among ${next.map(({ label }) => wordsOf(label)).join("; ")}`,
    ).toBeGreaterThanOrEqual(0);
    const { label, vector } = next[choice]!;
    turns.push({ choice, mark: markOf(label), says: wanted });
    at = vector;
  }
  return { turns, end: at, space };
}

test("an honest run without failures leaves a learner behind: the golden file tells it step by step", () => {
  const { turns, end, space } = walk(name);
  const violation = space.violation(end)!;
  expect(violation.property).toBe("nobody is left behind");
  const { params } = scopes[name]!;
  const { property, detail } = violation;
  // Files name their engines by digest, which every change of them changes; what happens stays the same.
  const text = writeModelFile({
    engines: "golden",
    node: "golden",
    model: name,
    params,
    mutant: null,
    turns,
    property,
    detail,
  });
  if (process.env.UPDATE === "1") writeFileSync(golden, text);
  expect(readFileSync(golden, "utf8")).toBe(text);
  expect(readModelFile(text, null).turns).toHaveLength(script.length);
});

test(`with "refute" the same steps leave nobody behind`, () => {
  const { end, space } = walk(`${name}-refute`);
  expect(space.violation(end)).toBeNull();
});
