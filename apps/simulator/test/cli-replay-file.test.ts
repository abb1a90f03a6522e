import { describe, expect, test } from "vitest";
import { kindOfReplay, type ModelFile, readModelFile, writeModelFile } from "../src/replay/model-file.ts";

const file: ModelFile = {
  engines: "a".repeat(64),
  node: "v20.20.2",
  model: "paxos/3a2b",
  params: { acceptors: 3 },
  mutant: "paxos/acceptor/forgets",
  turns: [
    { choice: 2, mark: "9f3c", says: "a1 takes p1a" },
    { choice: 0, mark: "00aa", says: "a1 crashes" },
  ],
  property: "agreement",
  detail: "two values in slot 1",
};
const text = writeModelFile(file);
const here = file.engines;

test("a file of a path through a model comes back as it was written", () => {
  expect(kindOfReplay(text)).toBe("model");
  expect(readModelFile(text, here)).toEqual(file);
  expect(readModelFile(writeModelFile({ ...file, mutant: null, turns: [] }), here)).toMatchObject({
    mutant: null,
    turns: [],
  });
});

const lines = text.trimEnd().split("\n");
const without = (at: number): string => `${lines.toSpliced(at, 1).join("\n")}\n`;

/** Damaged files, and what is said about each. */
const refused: Readonly<Record<string, readonly [string, string, RegExp]>> = {
  "of other engines": [
    text.replace(here, "b".repeat(64)),
    "other-engines",
    /Check out the sources that wrote it/,
  ],
  "of another version": [text.replace('"v":1', '"v":2'), "other-version", /use the program that wrote it/],
  "cut off before the verdict": [without(3), "damaged", /cut off/],
  "cut off in a line": [text.slice(0, -9), "damaged", /line 4 is damaged/],
  "with a step missing": [without(1), "damaged", /lines are missing/],
  "with a step that cannot be": [text.replace('"choice":2', '"choice":-2'), "damaged", /line 2 is damaged/],
  "without a model": [text.replace('"model":"paxos/3a2b",', ""), "damaged", /line 1 is damaged/],
  "that is no replay": ["# a document\n", "not-a-replay", /expected JSON lines/],
  "that is empty": ["", "not-a-replay", /expected JSON lines/],
};

describe("a file is refused", () => {
  for (const [what, [damaged, code, says]] of Object.entries(refused))
    test(what, () => {
      expect(() => readModelFile(damaged, here)).toThrow(
        expect.objectContaining({ code, message: expect.stringMatching(says) }),
      );
    });
  test("when its kind is unknown", () => {
    expect(() => kindOfReplay('{"v":1,"kind":"song"}\n')).toThrow(/expected "run" or "model"/);
  });
  test("but not for its engines if they do not matter", () => {
    expect(readModelFile(text.replace(here, "b".repeat(64)), null).turns).toHaveLength(2);
  });
});
