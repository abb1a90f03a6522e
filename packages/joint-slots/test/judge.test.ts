import { expect, test } from "vitest";
import { judgeAssets, type Logs, mint, transfer } from "../src/assets.ts";
import { type Entry, encodeBase, type JointBlock, jointConfig } from "../src/index.ts";

const plan = { first: 1, every: 1, patience: 2 };
const config = jointConfig({
  self: "auditor",
  chains: [
    { chain: "blue", ...plan },
    { chain: "red", ...plan },
  ],
  holdHeights: 1,
});

const move = transfer("red:gold", "blue", "bob") as Extract<Entry, { kind: "lock" }>;
const block: JointBlock = {
  moves: [{ from: "red", key: move.key, to: "blue", terms: move.terms }],
  next: null,
};
const joint: Entry = { kind: "joint", slot: 1, block };
const open: Entry = { kind: "open", slot: 1 };
const abandon: Entry = { kind: "settle", slot: 1, taken: null };

const log = (...heights: Entry[][]): Uint8Array[] => heights.map((entries) => encodeBase({ entries }));
const minted = [mint("red:gold", "ann"), move];
const judged = (red: Entry[][], blue: Entry[][]) =>
  judgeAssets(config, { red: log(...red), blue: log(...blue) });

test("an asset that moved is on the other chain, and whole logs are fine", () => {
  const verdict = judged([minted, [joint]], [[open], [joint]]);
  expect(verdict).toMatchObject({ ok: true, minted: 1, held: { red: {}, blue: { "red:gold": "bob" } } });
  expect(verdict.slots).toEqual([
    { slot: 1, fates: { blue: "included", red: "included" }, moves: 1, split: false },
  ]);
});

test("a log that does not come so far yet is no loss: the asset is underway", () => {
  expect(judged([minted, [joint]], [[open]])).toMatchObject({ ok: true, underway: ["red:gold"] });
  expect(judged([minted, [joint]], [])).toMatchObject({
    ok: true,
    underway: ["red:gold"],
    held: { blue: {} },
  });
  expect(judged([minted], [[open], [joint]])).toMatchObject({ ok: true, underway: ["red:gold"] });
});

test("a block on red that blue abandoned is a loss", () => {
  const verdict = judged([minted, [joint]], [[open], [], [], [abandon]]);
  expect(verdict).toMatchObject({ ok: false, lost: ["red:gold"], doubled: [] });
  expect(verdict.slots[0]).toMatchObject({ fates: { red: "included", blue: "abandoned" }, split: true });
});

test("a block on blue that red abandoned doubles the asset", () => {
  const verdict = judged([minted, [], [], [abandon]], [[open], [joint]]);
  expect(verdict).toMatchObject({ ok: false, lost: [], doubled: ["red:gold"] });
  expect(verdict.slots[0]!.split).toBe(true);
});

test("different blocks in one slot are a split, also when nothing is lost by it", () => {
  const other: Entry = { kind: "joint", slot: 1, block: { moves: [], next: { from: 9, terms: null } } };
  const none: Entry = { kind: "joint", slot: 1, block: { moves: [], next: null } };
  expect(judged([minted, [none]], [[open], [other]])).toMatchObject({ ok: false, lost: [], doubled: [] });
});

test("what nobody minted is forged", () => {
  expect(judged([[open], [joint]], [[open], [joint]])).toMatchObject({ ok: false, forged: ["red:gold"] });
});

test("a chain that left while the other one took the block has doubled the asset", () => {
  const leave: Entry = { kind: "leave", evidence: new Uint8Array() };
  expect(judged([minted, [leave], []], [[open], [joint]])).toMatchObject({
    ok: false,
    doubled: ["red:gold"],
  });
  const settled = judged(
    [minted, [leave, { kind: "settle", slot: 1, taken: { by: "blue", block } }]],
    [[open], [joint]],
  );
  expect(settled).toMatchObject({ ok: true, held: { red: {}, blue: { "red:gold": "bob" } } });
});

test("what a node says that it holds is held against the log", () => {
  const logs: Logs = { red: log(minted, [joint]), blue: log([open], [joint]) };
  const claim = (chain: string, height: number, held: Record<string, string>) =>
    judgeAssets(config, logs, [{ by: "node", chain, height, held }]).wrongClaims;
  expect(claim("blue", 2, { "red:gold": "bob" })).toEqual([]);
  expect(claim("blue", 1, {})).toEqual([]);
  expect(claim("red", 2, { "red:gold": "ann" })).toEqual([
    "node says at height 2 of red that red:gold is of ann; by the log it is not there",
  ]);
  expect(claim("blue", 3, {})).toEqual(["node speaks of height 3 of blue, whose log has 2"]);
});

test("bytes that are no block count as an empty one", () => {
  const logs = { red: [...log(minted), new Uint8Array([1, 2])], blue: [] };
  expect(judgeAssets(config, logs)).toMatchObject({ ok: true, minted: 1 });
});

test("what takes effect does so in the order of slots: an asset that comes back before it was known to have left is there", () => {
  const back = transfer("red:gold", "red", "ann") as Extract<Entry, { kind: "lock" }>;
  const returning: JointBlock = {
    moves: [{ from: "blue", key: "red:gold", to: "red", terms: back.terms }],
    next: null,
  };
  const second: Entry = { kind: "joint", slot: 2, block: returning };
  const verdict = judged(
    [
      minted,
      [{ kind: "open", slot: 2 }],
      [second],
      [{ kind: "settle", slot: 1, taken: { by: "blue", block } }],
    ],
    [[open], [joint, back], [second]],
  );
  expect(verdict).toMatchObject({ ok: true, lost: [], held: { red: { "red:gold": "ann" }, blue: {} } });
  expect(verdict.slots.map(({ fates }) => fates)).toEqual([
    { blue: "included", red: "included" },
    { blue: "included", red: "included" },
  ]);
});
