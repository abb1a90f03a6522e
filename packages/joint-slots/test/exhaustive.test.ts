import { clone, encode, toHex } from "@eunomia/codec";
import { expect, test } from "vitest";
import { type AssetState, assets, judgeAssets, mint, transfer } from "../src/assets.ts";
import { dutiesOf } from "../src/engine/duties.ts";
import { applyNext, emptyState, noteBase, noteJoint } from "../src/engine/moves.ts";
import { stateSchema } from "../src/engine/types.ts";
import {
  type Entry,
  encodeBase,
  encodeJoint,
  type JointBlock,
  type JointState,
  jointConfig,
} from "../src/index.ts";
import { judgeBase, judgeJoint } from "../src/judge.ts";
import { hasEnded } from "../src/ledger/types.ts";
import { twins } from "./twins.ts";
import type { Twin } from "./world.ts";

/**
 * Every history of two chains and one joint slot, within bounds. A validator that knows all that was decided finds valid whatever any
 * safe one finds valid, so what it votes for is all that can be decided, in the worst case.
 */
const plan = { first: 1, every: 1, patience: 2 };
const config = jointConfig({
  self: "s1",
  chains: [
    { chain: "blue", ...plan },
    { chain: "red", ...plan },
  ],
  lead: 1,
});
/** Heights of each chain; a longer search sets JOINT_SLOTS_HEIGHTS. */
const heightMax = Number(process.env.JOINT_SLOTS_HEIGHTS ?? 5);
const schema = stateSchema(assets.state);
const tools = { app: assets };

const lock = transfer("red:a", "blue", "bob") as Extract<Entry, { kind: "lock" }>;
const moving: JointBlock = {
  moves: [{ from: "red", key: "red:a", to: "blue", terms: lock.terms }],
  next: null,
};
const nothing: JointBlock = { moves: [], next: null };
const blocks = [moving, nothing];

const entriesFor = (chain: string): Entry[] => [
  { kind: "open", slot: 1 },
  ...(chain === "red" ? [lock] : []),
  ...blocks.map((block): Entry => ({ kind: "joint", slot: 1, block })),
  { kind: "settle", slot: 1, taken: null },
  ...blocks.map(
    (block): Entry => ({ kind: "settle", slot: 1, taken: { by: chain === "red" ? "blue" : "red", block } }),
  ),
];

interface History {
  readonly state: JointState<AssetState>;
  readonly logs: Readonly<Record<string, readonly Uint8Array[]>>;
  /** What each learner decided. */
  readonly decided: Readonly<Record<string, Uint8Array>>;
}

function append({ state, logs, decided }: History, chain: string, entries: Entry[]): History {
  const next = clone(schema, state);
  const value = encodeBase({ entries });
  noteBase(next, chain, logs[chain]!.length + 1, value);
  applyNext(config, tools, next, chain);
  return { state: next, logs: { ...logs, [chain]: [...logs[chain]!, value] }, decided };
}

function decide({ state, logs, decided }: History, chain: string, value: Uint8Array): History {
  const next = clone(schema, state);
  noteJoint(next, chain, 1, value);
  return { state: next, logs, decided: { ...decided, [chain]: value } };
}

function start(): History {
  const empty = { state: emptyState(config, tools), logs: { blue: [], red: [] }, decided: {} };
  return append(empty, "red", [mint("red:a", "ann")]);
}

/** All that can be decided next. */
function* following(history: History, twin: Twin): Generator<History> {
  const { state, logs, decided } = history;
  const base = twin.judgeBase ?? judgeBase;
  const joint = twin.judgeJoint ?? judgeJoint;
  for (const chain of ["blue", "red"]) {
    if (logs[chain]!.length < heightMax) {
      yield append(history, chain, []);
      for (const entry of entriesFor(chain))
        if (base(config, tools, state, chain, encodeBase({ entries: [entry] })) === "valid")
          yield append(history, chain, [entry]);
    }
    if (decided[chain] !== undefined) continue;
    const other = decided[chain === "red" ? "blue" : "red"];
    for (const value of blocks.map(encodeJoint))
      if (
        (other === undefined || toHex(other) === toHex(value)) &&
        joint(config, tools, state, 1, value) === "valid"
      )
        yield decide(history, chain, value);
  }
}

const ended = ({ state }: History): boolean =>
  state.chains.values.every(
    ({ ledger }) => ledger.locks.keys.length === 0 && ledger.slots.values.every(hasEnded),
  );

/** Base slots alone, made by whoever knows both chains, with nothing ever decided in the joint slot from here on. */
function goOn(history: History): History {
  let current = history;
  for (let i = 0; i < 12 && !ended(current); i++)
    for (const chain of ["blue", "red"])
      current = append(current, chain, dutiesOf(config, current.state, chain));
  return current;
}

interface Search {
  readonly states: number;
  readonly included: number;
  readonly abandoned: number;
  readonly problem: string | null;
}

function search(twin: Twin): Search {
  const seen = new Set<string>();
  const found = { included: 0, abandoned: 0 };
  const queue = [start()];
  for (const history of queue) {
    const { state, decided, logs } = history;
    const key = `${toHex(encode(schema, state))} ${Object.entries(decided).map(([chain, value]) => `${chain}${toHex(value)}`)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const verdict = judgeAssets(config, logs);
    const told = `${JSON.stringify(verdict)} after ${Object.entries(logs).map(([chain, log]) => `${chain} ${log.length}`)}`;
    if (!verdict.ok) return { states: seen.size, ...found, problem: told };
    if (!ended(goOn(history))) return { states: seen.size, ...found, problem: `not settled: ${told}` };
    for (const { fates } of verdict.slots)
      for (const fate of ["included", "abandoned"] as const)
        if (fates.red === fate && fates.blue === fate) found[fate]++;
    queue.push(...following(history, twin));
  }
  return { states: seen.size, ...found, problem: null };
}

test("no history of two chains and a joint slot is on one of them only, and base slots alone settle each", () => {
  const result = search({});
  expect(result.problem).toBeNull();
  expect(result.included).toBeGreaterThan(0);
  expect(result.abandoned).toBeGreaterThan(0);
  console.log(JSON.stringify(result));
});

test.each(twins.flatMap((twin) => (twin.options === undefined ? [[twin.fault, twin] as const] : [])))(
  "the search finds a validator that %s",
  (_fault, twin) => {
    expect(search(twin).problem).not.toBeNull();
  },
);
