import { clone, encode } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { type AssetState, assets, give, mint, transfer } from "../src/assets.ts";
import {
  applyBlock,
  type BaseBlock,
  type Change,
  type Entry,
  emptyLedger,
  type JointBlock,
  type JointConfig,
  jointConfig,
  Ledger,
  rulesOf,
} from "../src/index.ts";
import { epochOf } from "../src/ledger/epochs.ts";
import { type NaiveChain, naiveChain } from "./naive.ts";

const plan = { first: 2, every: 2, patience: 3 };
const chains = ["blue", "red"].map((chain) => ({ chain, ...plan }));
const config = jointConfig({ self: "s", chains, lead: 2, epochLag: 5, holdHeights: 3 });

interface Applied {
  readonly ledger: Ledger;
  readonly app: AssetState;
  readonly changes: Change[][];
}

function apply(log: readonly (BaseBlock | null)[], own: JointConfig = config): Applied {
  const applied: Applied = { ledger: emptyLedger(), app: assets.init("red"), changes: [] };
  for (const block of log)
    applied.changes.push(applyBlock(rulesOf(own, "red"), assets, applied.ledger, applied.app, block));
  return applied;
}

function toldBy({ ledger, app }: Applied): NaiveChain<AssetState> {
  const slots = ledger.slots.keys.map((number, i) => {
    const { verdict, ending } = ledger.slots.values[i]!;
    return [number, `${verdict.kind} ${ending.kind}`];
  });
  return {
    app,
    locked: ledger.locks.keys,
    next: ledger.next,
    slots: Object.fromEntries(slots),
    epochs: ledger.epochs.map(
      ({ slot, from, terms, height }) => `${slot} from ${from} at ${height}: ${terms}`,
    ),
  };
}

const pick = <T>(random: SeededRandom, from: readonly T[]): T => from[random.below(from.length)]!;

/** Entries that have a good chance to do something, and some that have none. */
function anyEntry(random: SeededRandom): Entry {
  const key = `red:${random.below(4)}`;
  const slot = 1 + random.below(6);
  const move = transfer(key, "blue", "bob") as Extract<Entry, { kind: "lock" }>;
  const terms = pick(random, [null, new Uint8Array([random.below(9)])]);
  const next = random.below(6) === 0 ? { from: slot + random.below(5), terms } : null;
  const block: JointBlock = {
    moves: pick(random, [
      [],
      [{ from: "red", key, to: "blue", terms: move.terms }],
      [{ from: "blue", key: "blue:1", to: "red", terms: move.terms }],
    ]),
    next,
  };
  return pick<Entry>(random, [
    mint(key, "ann"),
    give(key, "eve"),
    move,
    move,
    { kind: "open", slot },
    { kind: "joint", slot, block },
    { kind: "joint", slot, block },
    { kind: "settle", slot, taken: null },
    { kind: "settle", slot, taken: { by: "blue", block } },
    ...(random.below(12) === 0 ? [{ kind: "leave", evidence: new Uint8Array() } as const] : []),
  ]);
}

const anyLog = (random: SeededRandom): (BaseBlock | null)[] =>
  Array.from({ length: 1 + random.below(24) }, () =>
    random.below(20) === 0
      ? null
      : { entries: Array.from({ length: random.below(5) }, () => anyEntry(random)) },
  );

/** The first log that both judge differently, of many; null: there is none. */
function difference(own: JointConfig, seen: Map<string, number> = new Map()): string | null {
  for (let seed = 1; seed <= 800; seed++) {
    const log = anyLog(new SeededRandom(seed));
    const told = toldBy(apply(log, own));
    for (const fate of Object.values(told.slots)) seen.set(fate, (seen.get(fate) ?? 0) + 1);
    if (told.epochs.length > 0) seen.set("epochs", (seen.get("epochs") ?? 0) + 1);
    const naive = naiveChain(config, assets, "red", log);
    if (JSON.stringify(told) !== JSON.stringify(naive)) return `seed ${seed}`;
  }
  return null;
}

test("a log makes of a chain what the rules say, told twice", () => {
  const seen = new Map<string, number>();
  expect(difference(config, seen)).toBeNull();
  for (const fate of [
    "open pending",
    "took included",
    "passed pending",
    "passed included",
    "passed abandoned",
    "passed released",
    "epochs",
  ])
    expect(seen.get(fate) ?? 0, fate).toBeGreaterThan(10);
  console.log(JSON.stringify(Object.fromEntries(seen)));
});

test.each([
  ["patience", { chains: chains.map((one) => ({ ...one, patience: 4 })) }],
  ["distance of openings", { chains: chains.map((one) => ({ ...one, every: 1 })) }],
  ["first height", { chains: chains.map((one) => ({ ...one, first: 1 })) }],
  ["slots at once", { lead: 3 }],
  ["lag of epochs", { epochLag: 4 }],
  ["time to hold", { holdHeights: 4 }],
])("the comparison refuses another %s", (_name, options) => {
  const other = { self: "s", chains, lead: 2, epochLag: 5, holdHeights: 3, ...options };
  expect(difference(jointConfig(other))).not.toBeNull();
});

test("the same log makes the same state, also in several lives", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new SeededRandom(seed);
    const log = anyLog(random);
    const cut = random.below(log.length + 1);
    const before = apply(log.slice(0, cut));
    const [ledger, app] = [clone(Ledger, before.ledger), clone(assets.state, before.app)];
    for (const block of log.slice(cut)) applyBlock(rulesOf(config, "red"), assets, ledger, app, block);
    expect(encode(Ledger, ledger)).toEqual(encode(Ledger, apply(log).ledger));
    expect(encode(assets.state, app)).toEqual(encode(assets.state, apply(log).app));
  }
});

const move = transfer("red:a", "blue", "bob") as Extract<Entry, { kind: "lock" }>;
const begin: BaseBlock[] = [{ entries: [mint("red:a", "ann"), move] }, { entries: [] }];
const nothing = { entries: [] };

test("what is locked is left as it is until the slot is settled, and the rest goes on", () => {
  const touched = { entries: [give("red:a", "eve"), mint("red:b", "ann"), give("red:b", "eve")] };
  const locked = apply([...begin, touched]);
  expect(locked.app.held).toEqual({ keys: ["red:a", "red:b"], values: ["ann", "eve"] });
  const settle: Entry = { kind: "settle", slot: 1, taken: null };
  const free = apply([...begin, nothing, nothing, nothing, { entries: [settle, give("red:a", "eve")] }]);
  expect(free.app.held).toEqual({ keys: ["red:a"], values: ["eve"] });
});

test("a new epoch is named by the slot that decided it, whatever the order in which chains learn of it", () => {
  const epoch = (slot: number, from: number) => ({ slot, from, terms: new Uint8Array([slot]), height: 1 });
  const epochs = [epoch(1, 4), epoch(2, 4), epoch(3, 9)];
  for (const order of [epochs, epochs.toReversed(), [epochs[1]!, epochs[2]!, epochs[0]!]]) {
    const ledger = { ...emptyLedger(), epochs: order };
    expect([3, 4, 8, 9, 20].map((slot) => epochOf(ledger, slot).number)).toEqual([0, 2, 2, 3, 3]);
  }
  const next = { from: 3, terms: new Uint8Array([7]) };
  const { changes, ledger } = apply([
    ...begin,
    { entries: [{ kind: "joint", slot: 1, block: { moves: [], next } }] },
  ]);
  expect(changes[2]!.at(-1)).toEqual({ kind: "epoch", slot: 1, ...next, height: 8 });
  expect(epochOf(ledger, 2).number).toBe(0);
});

test("terms of a slot that has opened do not change any more: sooner ones do nothing", () => {
  const next = { from: 2, terms: new Uint8Array([7]) };
  const { ledger } = apply([...begin, { entries: [{ kind: "joint", slot: 1, block: { moves: [], next } }] }]);
  expect(ledger.epochs).toEqual([]);
});

test("chains that part in agreement open no slot any more, and free what waited for one", () => {
  const over: Entry = { kind: "joint", slot: 1, block: { moves: [], next: { from: 3, terms: null } } };
  const again = [mint("red:b", "ann"), transfer("red:b", "blue", "bob")];
  const { ledger, changes } = apply([
    ...begin,
    { entries: [over, ...again] },
    nothing,
    { entries: [transfer("red:a", "blue", "bob")] },
    { entries: [{ kind: "joint", slot: 2, block: { moves: [], next: null } }] },
    nothing,
  ]);
  expect(ledger.next).toBe(3);
  expect(ledger.locks.keys).toEqual([]);
  expect(changes.flat().map((change) => (change.kind === "void" ? change.reason : change.kind))).toContain(
    "lock: there are no joint slots any more",
  );
});

test("a chain that lost the overlap goes on: what waited is free at once, what was open after a while", () => {
  const leave: Entry = { kind: "leave", evidence: new Uint8Array([1]) };
  const waiting = [mint("red:b", "ann"), transfer("red:b", "blue", "bob"), leave];
  const { changes, app } = apply([
    ...begin,
    { entries: waiting },
    nothing,
    nothing,
    { entries: [give("red:a", "eve")] },
    { entries: [give("red:a", "eve"), give("red:b", "eve")] },
  ]);
  const kinds = changes.map((list) => list.filter(({ kind }) => kind !== "app"));
  expect(kinds[2]!.slice(1)).toEqual([
    { kind: "left", evidence: new Uint8Array([1]) },
    { kind: "passed", slot: 1 },
    { kind: "released", slot: null, keys: ["red:b"] },
  ]);
  expect(kinds[5]).toEqual([{ kind: "released", slot: 1, keys: ["red:a"] }]);
  expect(app.held).toEqual({ keys: ["red:a", "red:b"], values: ["eve", "eve"] });
});
