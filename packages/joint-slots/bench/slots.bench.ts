import { loadavg } from "node:os";
import { clone, decode, mapHas } from "@eunomia/codec";
import { step } from "@eunomia/engine";
import { type AssetState, assets, give, mint, transfer } from "../src/assets.ts";
import {
  applyBlock,
  BaseBlock,
  type Entry,
  emptyLedger,
  encodeBase,
  encodeJoint,
  jointConfig,
  jointEngine,
  Ledger,
  rulesOf,
} from "../src/index.ts";
import { judgeBase, judgeJoint } from "../src/judge.ts";

/**
 * Processor time of what a chain with joint slots does per entry, beside a bare loop that hands the entries of decoded blocks to the
 * application: what asking for locks, changes and joint slots cost.
 */
const plan = { first: 1, every: 1, patience: 8 };
const config = jointConfig({
  self: "s",
  chains: [
    { chain: "blue", ...plan },
    { chain: "red", ...plan },
  ],
});
const size = 1000;
const rounds = 150;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Median microseconds per item of several rounds, after some that do not count. */
function perItem(items: number, prepare: () => () => void): number {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const run = prepare();
    const before = cpuMs();
    run();
    if (i >= rounds / 3) times.push(((cpuMs() - before) * 1000) / items);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

const numbers = Array.from({ length: size }, (_, i) => `red:${String(i).padStart(4, "0")}`);
const minting: BaseBlock = { entries: numbers.map((key) => mint(key, "ann")) };
const giving = encodeBase({ entries: numbers.map((key) => give(key, "bob")) });
const locking = { entries: numbers.map((key) => transfer(key, "blue", "eve")) };

/** Red with its assets, locked for slot 1 or not. */
function red(locked: boolean): { ledger: Ledger; app: AssetState } {
  const chain = { ledger: emptyLedger(), app: assets.init("red") };
  for (const block of locked ? [minting, locking] : [minting])
    applyBlock(rulesOf(config, "red"), assets, chain.ledger, chain.app, block);
  return chain;
}

const print = (name: string, micros: number): void => console.log(`${name.padEnd(64)} ${micros.toFixed(2)}`);

/** Applies the decoded block to a copy of a chain: by the rules of a chain, or entry by entry and nothing else. */
function applying(begun: ReturnType<typeof red>, bare: boolean): () => () => void {
  return () => {
    const [app, ledger] = [clone(assets.state, begun.app), clone(Ledger, begun.ledger)];
    if (!bare)
      return () => void applyBlock(rulesOf(config, "red"), assets, ledger, app, decode(BaseBlock, giving));
    return () => {
      for (const entry of decode(BaseBlock, giving).entries)
        if (entry.kind === "app") assets.apply("red", app, entry.bytes, (key) => mapHas(ledger.locks, key));
    };
  };
}

for (const locked of [false, true]) {
  const begun = red(locked);
  const what = locked ? "with all of them locked" : "with nothing locked";
  // Once for the compiler.
  for (const bare of [true, false]) perItem(size, applying(begun, bare));
  print(`apply, per entry, ${what}: bare loop`, perItem(size, applying(begun, true)));
  print(`apply, per entry, ${what}: chain`, perItem(size, applying(begun, false)));
}

const tools = { app: assets };
const engine = jointEngine(config, tools);
const opened = (): ReturnType<typeof engine.init> => {
  const state = engine.init(config);
  const decide = (chain: string, height: number, entries: Entry[]): void => {
    const value = encodeBase({ entries });
    step(engine, config, state, { kind: "commands", commands: [{ kind: "decided", chain, height, value }] });
  };
  step(engine, config, state, { kind: "start", records: [] });
  decide("red", 1, minting.entries);
  decide("red", 2, locking.entries);
  decide("blue", 1, [{ kind: "open", slot: 1 }]);
  return state;
};
const moves = locking.entries.map((entry) => {
  const { key, to, terms } = entry as Extract<Entry, { kind: "lock" }>;
  return { from: "red", key, to, terms };
});
const block = { moves, next: null };
const joint = encodeJoint(block);
const state = opened();
print(
  "judge a joint block, per move",
  perItem(size, () => () => void judgeJoint(config, tools, state, 1, joint)),
);
print(
  "judge a base block, per entry",
  perItem(size, () => () => void judgeBase(config, tools, state, "red", giving)),
);
const taking = encodeBase({ entries: [{ kind: "joint", slot: 1, block }] });
print(
  "take a joint block on both chains, per move, through the engine",
  perItem(size, () => {
    const own = opened();
    return () => {
      for (const [chain, height] of [
        ["red", 3],
        ["blue", 2],
      ] as const)
        step(engine, config, own, {
          kind: "commands",
          commands: [{ kind: "decided", chain, height, value: taking }],
        });
    };
  }),
);
console.log(`${size} entries a block, microseconds of processor time, load ${loadavg()[0]!.toFixed(1)}`);
