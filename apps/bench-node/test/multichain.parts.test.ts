import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { encode, utf8Encode } from "@eunomia/codec";
import { type AnyEngine, type DriverOptions, type Event, step } from "@eunomia/engine";
import {
  acceptorEngine,
  Evidence,
  evidenceProblem,
  type HeteroPaxosMessage,
  nodeConfig,
  proposerEngine,
} from "@eunomia/hetero-paxos";
import { encodeJoint } from "@eunomia/joint-slots";
import { afterAll, expect, test } from "vitest";
import { lawBytes } from "../src/multichain/chain-log.ts";
import { audit, EvidenceFile, heldEvidence } from "../src/multichain/evidence.ts";
import { holdingBack } from "../src/multichain/hold-back.ts";
import { longest } from "../src/multichain/judge.ts";
import { makeKeys, schemeOf, signerOf } from "../src/multichain/keys.ts";
import { Pulse, slotsOf } from "../src/multichain/schedule.ts";
import { cast, chains } from "../src/multichain/stake.ts";
import { twoFaced } from "../src/multichain/traitor.ts";
import { Transfers } from "../src/multichain/transfers.ts";
import { lawOptions } from "../src/multichain/voting.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const directory = temporaryDirectory("multichain-parts");
afterAll(() => directory.remove());

const { validators, laws, roles } = cast(7);
const setup = { cluster: "parts", laws };
const ids = validators.map(({ id }) => id);
const folderOf = (id: string): string => join(directory.path, id);
const publicKeys = makeKeys(folderOf, ids);
const scheme = schemeOf(publicKeys);
const options = lawOptions(setup, "joint");
const { graph } = options;
const tools = { graph, scheme };

type Effects = ReturnType<typeof step>["effects"];
const honest: NonNullable<DriverOptions["step"]> = (_address, engine, config, state, event) =>
  step(engine, config, state, event);

/** A process under the law of joint blocks, taking steps as a driver would have it. */
function processFor(id: string, role: "vote" | "log", steps = honest) {
  const self = `${id}/joint/${role}`;
  const config = nodeConfig({ ...options, tickMs: 0, self });
  const engine: AnyEngine =
    role === "vote" ? acceptorEngine(config, tools, signerOf(folderOf(id))) : proposerEngine(config, tools);
  const state = engine.init(config);
  const take = (event: Event<never>): Effects =>
    steps({ process: self, instance: "" }, engine, config, state, event).effects;
  take({ kind: "start", records: [] });
  return { self, take };
}

const sent = (effects: Effects): { to: readonly string[]; message: HeteroPaxosMessage }[] =>
  effects.flatMap((effect) =>
    effect.kind === "send" ? [{ to: effect.to, message: effect.message as HeteroPaxosMessage }] : [],
  );

const [block, nothing] = [
  encodeJoint({ moves: [{ from: "red", key: "red:x", to: "blue", terms: new Uint8Array() }], next: null }),
  encodeJoint({ moves: [], next: null }),
];
const proposal = {
  kind: "1a",
  instance: { law: lawBytes(setup, scheme, "joint"), slot: 2 },
  number: 1,
  value: block,
} as const;
const told = (message: unknown, from = "someone"): Event<never> =>
  ({ kind: "message", from, message }) as Event<never>;

/** What the traitor says when that is proposed. */
function lies(liesIn: (slot: number) => boolean = () => true) {
  const deceived = (process: string): boolean => process.startsWith("b");
  const voter = `${roles.traitor}/joint/vote`;
  const rivalOf = (): Uint8Array => nothing;
  const { take } = processFor(roles.traitor, "vote", twoFaced({ voter, deceived, liesIn, rivalOf }));
  return sent(take(told(proposal)));
}

/** Evidence against the traitor, as somebody gets it who hears both. */
function evidence(): Evidence {
  const { take } = processFor(roles.sleeper, "log");
  const heard = [proposal, ...lies().map(({ message }) => message)].flatMap((message) => take(told(message)));
  const outputs = heard.flatMap((effect) =>
    effect.kind === "output" ? [effect.output as { kind: string }] : [],
  );
  return outputs.find(({ kind }) => kind === "evidence") as unknown as Evidence;
}

test("the same seed gives the same validators; whoever of them lies, the chains agree", () => {
  expect(cast(7).validators).toEqual(validators);
  const stakes = new Set(Array.from({ length: 5 }, (_, seed) => JSON.stringify(cast(seed).validators)));
  expect(stakes.size).toBe(5);
  for (const liar of ids)
    expect(
      laws.joint.isSafeSet(
        "red",
        "blue",
        ids.filter((id) => id !== liar),
      ),
    ).toBe(true);
  // With all who are on both chains lying, nothing is promised.
  expect(
    laws.joint.isSafeSet(
      "red",
      "blue",
      ids.filter((id) => !id.startsWith("s")),
    ),
  ).toBe(false);
});

test("a traitor signs two messages after one, and each half of the world hears one of them", () => {
  const votes = lies().filter(({ message }) => message.kind === "1b");
  expect(votes.length).toBe(2);
  const [first, second] = votes as [(typeof votes)[0], (typeof votes)[0]];
  expect(first.to.some((process) => second.to.includes(process))).toBe(false);
  // Its own watcher is told nothing but what the first face says.
  expect(second.to.every((process) => process.startsWith("b"))).toBe(true);
  expect(lies(() => false).map(({ message }) => message.kind)).toEqual(["1b"]);
});

test("evidence convicts with public keys alone, and only whom it is about", () => {
  const proof = evidence();
  expect(evidenceProblem(scheme, proof)).toBe(null);
  const bytes = encode(Evidence, proof);
  const held = [
    { by: "r1", at: 20, bytes },
    { by: "b1", at: 10, bytes },
  ];
  expect(audit(setup, scheme, held)).toEqual({
    convicted: [
      { signer: roles.traitor, law: "joint", slot: 2, kinds: ["1b", "1b"], heldBy: ["b1", "r1"], at: 10 },
    ],
    refused: [],
  });
  const blamed = encode(Evidence, { ...proof, signer: roles.sleeper });
  const twice = encode(Evidence, { ...proof, second: proof.first });
  const elsewhere = encode(Evidence, { ...proof, instance: { law: new Uint8Array(32), slot: 2 } });
  const whys = [blamed, twice, elsewhere, Uint8Array.of(1)].map(
    (one) => audit(setup, scheme, [{ by: "r1", at: 0, bytes: one }]).refused[0]?.why,
  );
  expect(whys.slice(0, 3)).toEqual(["signature", "one message twice", "of another law"]);
  expect(whys[3]).toMatch(/^no evidence/);
});

test("evidence is kept once per signer and slot, and a line that was cut off is left out", () => {
  const proof = evidence();
  mkdirSync(folderOf("keeper"), { recursive: true });
  const file = new EvidenceFile(directory.path, "keeper");
  expect([file.keep(proof, 1), file.keep(proof, 2)]).toEqual([true, false]);
  appendFileSync(join(folderOf("keeper"), "evidence.jsonl"), '{"at":3,"evid');
  expect(heldEvidence(directory.path, ["keeper", "nobody"]).map(({ by, at }) => [by, at])).toEqual([
    ["keeper", 1],
  ]);
});

test("a proposal that cannot be judged yet waits, and goes before the event that finds it judged", () => {
  let later = true;
  const taken: string[] = [];
  const steps = holdingBack(
    (_address, _engine, _config, _state, event) => {
      taken.push(event.kind === "message" ? event.message.kind : event.kind);
      return { fired: [], effects: [] };
    },
    () => later,
  );
  const at = (event: Event<never>, process = "p") =>
    steps({ process, instance: "" }, {} as AnyEngine, null, null, event);
  at(told(proposal));
  at({ kind: "timeout", timer: "tick" } as Event<never>);
  expect(taken).toEqual(["timeout"]);
  later = false;
  at({ kind: "timeout", timer: "tick" } as Event<never>, "another");
  at({ kind: "timeout", timer: "tick" } as Event<never>);
  expect(taken).toEqual(["timeout", "timeout", "1a", "timeout"]);
});

test("a log that differs from the longest one is named with its height", () => {
  const [a, b, c] = ["a", "b", "c"].map(utf8Encode) as [Uint8Array, Uint8Array, Uint8Array];
  const troubles: string[] = [];
  expect(
    longest(
      "red",
      [
        { id: "s1", values: [a] },
        { id: "s2", values: [a, b, c] },
        { id: "s3", values: [a, c] },
      ],
      troubles,
    ).length,
  ).toBe(3);
  expect(troubles).toEqual(["height 2 of red: s3 and s2 have different blocks"]);
});

test("transfers: one of each asset at a time, done once both chains have it, asked for again after a while", () => {
  const transfers = new Transfers(3, 1, 1000);
  const asked = transfers.due(0);
  const first = asked[0]!;
  expect(asked.map(({ kind, chain }) => `${kind} ${chain}`)).toEqual([
    "transfer red",
    "transfer blue",
    "transfer red",
  ]);
  expect(transfers.due(999)).toEqual([]);
  expect(transfers.due(1000).length).toBe(3);
  const news = { kind: "slot", slot: 4, at: 1500, ending: "included", keys: [first.key] } as const;
  expect(transfers.heard({ ...news, chain: "red" })).toEqual([]);
  expect(transfers.heard({ ...news, chain: "red" })).toEqual([]);
  expect(transfers.due(5000).some((order) => order.key === first.key)).toBe(false);
  expect(transfers.heard({ ...news, chain: "blue" })).toMatchObject([
    { key: first.key, from: "red", to: "blue", slot: 4, asked: 0, done: 1500 },
  ]);
  // What others tell of that slot later is no news.
  expect(transfers.heard({ ...news, chain: "red" })).toEqual([]);
  expect(transfers.heard({ ...news, chain: "blue", ending: "abandoned" })).toEqual([]);
  expect(transfers.due(20_000).length).toBe(2);
});

test("an idle chain gets an empty block: first from whose turn it is, once per height", () => {
  const [first, other] = [new Pulse(), new Pulse()];
  const due = (pulse: Pulse, isFirst: boolean, now: number): boolean => pulse.due("red", 5, isFirst, now);
  expect([due(first, true, 0), due(other, false, 0)]).toEqual([false, false]);
  expect([due(first, true, 500), due(other, false, 500)]).toEqual([true, false]);
  expect([due(first, true, 9000), due(other, false, 9000)]).toEqual([false, true]);
});

test("all validators have one schedule, and follow the chains that they validate", () => {
  const configs = ids.map((id) => slotsOf(laws, id));
  expect(new Set(configs.map(({ chains: plans }) => JSON.stringify(plans))).size).toBe(1);
  expect(configs.map(({ follows }) => follows.length)).toEqual(
    validators.map((one) => chains.filter((chain) => one[chain] > 0).length),
  );
});
