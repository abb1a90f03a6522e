import { type GatewayTypes, gatewayDefaults, gatewayEngine } from "@eunomia/aneris-switch";
import { type AnyEngine, type EngineTypes, type Event, step } from "@eunomia/engine";
import { acceptorPart, leaderPart, learnerPart, type Part } from "../protocols/paxos/parts.ts";
import { memberPart, learnerPart as twoThirdsLearner } from "../protocols/two-thirds/parts.ts";
import { bytesOf } from "../protocols/values.ts";
import { tryByzantineAlone } from "./byzantine-alone.ts";
import { tryHeteroAlone } from "./hetero-alone.ts";
import type { Change } from "./mutant.ts";

/** What an engine must say when it meets what the fault model excludes: no cluster within the model can show it. */
interface Script {
  readonly part: () => Part;
  readonly from: string;
  readonly messages: readonly EngineTypes["Message"][];
  /** The kind of output that must come. */
  readonly raises: string;
}

const paxos = { acceptors: 3, leaders: 2, learners: 2 };
const twoThirds = { members: 4, learners: 2 };
const ballot = { round: 0, leader: 0 };
const values = ["x", "y"].map(bytesOf);
const decisions = values.map((value) => ({ kind: "decision", slot: 1, value }));
const decided = values.map((value) => ({ kind: "decided", slot: 1, choice: { kind: "whole", value } }));

const scripts: readonly Script[] = [
  {
    part: () => acceptorPart(paxos, "a1"),
    from: "l0",
    messages: values.map((value) => ({ kind: "p2a", ballot, slot: 1, value })),
    raises: "alarm",
  },
  { part: () => leaderPart(paxos, "l0"), from: "l1", messages: decisions, raises: "alarm" },
  { part: () => learnerPart(paxos, "r0"), from: "l0", messages: decisions, raises: "alarm" },
  {
    part: () => memberPart(twoThirds, "m0"),
    from: "m1",
    messages: values.map((value) => ({ kind: "vote", slot: 1, round: 0, choice: { kind: "whole", value } })),
    raises: "evidence",
  },
  { part: () => memberPart(twoThirds, "m0"), from: "m1", messages: decided, raises: "alarm" },
  { part: () => twoThirdsLearner(twoThirds, "r0"), from: "m1", messages: decided, raises: "alarm" },
];

function play({ from, messages, raises }: Script, { config }: Part, engine: AnyEngine): string | null {
  const state = engine.init(config as never);
  const events: Event<EngineTypes>[] = [
    { kind: "start", records: [] },
    ...messages.map((message) => ({ kind: "message", from, message }) as const),
  ];
  const outputs = events.flatMap((event) =>
    step(engine, config as never, state, event as never).effects.flatMap((effect) =>
      effect.kind === "output" ? [(effect.output as { readonly kind: string }).kind] : [],
    ),
  );
  return outputs.includes(raises)
    ? null
    : `two ${messages[0]!.kind} that contradict each other raise no ${raises}`;
}

/** A rewritten journal must say what all its records said: a restart from either is the same. */
function compacts({ from, messages }: Script, { config }: Part, engine: AnyEngine): string | null {
  const restart = (records: readonly unknown[]) => {
    const state = engine.init(config as never);
    const { effects } = step(engine, config as never, state, { kind: "start", records } as never);
    return { state, effects };
  };
  const { state } = restart([]);
  const event = { kind: "message", from, message: messages[0]! };
  const { effects } = step(engine, config as never, state, event as never);
  const records = effects.flatMap((effect) => (effect.kind === "persist" ? [effect.record] : []));
  const seen = (all: readonly unknown[]): string =>
    JSON.stringify(engine.observe(config as never, restart(all).state));
  const compact = engine.compact(config as never, restart(records).state);
  return seen(records) === seen(compact)
    ? null
    : "a restart from the rewritten journal has forgotten something";
}

/** A leader whose ballot was refused waits for its turn; it must not go on asking for promises that nobody will give. */
function givesWay(engine: AnyEngine): string | null {
  const { config } = leaderPart(paxos, "l0");
  const state = engine.init(config as never);
  const refusal = { promised: { round: 3, leader: 1 }, floor: 0, fromSlot: 1, accepted: [], more: false };
  const events = [
    { kind: "start", records: [] },
    { kind: "commands", commands: [{ kind: "lead" }] },
    { kind: "message", from: "a1", message: { kind: "p1b", ballot, ...refusal } },
  ];
  const effects = events.flatMap((event) => step(engine, config as never, state, event as never).effects);
  const last = effects.findLast((effect) => effect.kind === "arm");
  return last?.timer === "suspect" ? null : "a leader that was refused in phase 1 goes on with its ballot";
}

type Heard = readonly [from: string, message: EngineTypes["Message"]];

/** What a member of four does in all, from its start on the records. */
function effectsOf(engine: AnyEngine, self: string, records: readonly unknown[], heard: readonly Heard[]) {
  const { config } = memberPart({ ...twoThirds, graceMs: 100, order: "bytes" }, self);
  const state = engine.init(config as never);
  const events: Event<EngineTypes>[] = [
    { kind: "start", records: records as never },
    ...heard.map(([from, message]) => ({ kind: "message", from, message }) as const),
  ];
  return events.flatMap((event) => step(engine, config as never, state, event as never).effects);
}

const voteOf = (value: Uint8Array, round = 0) => ({
  kind: "vote",
  slot: 1,
  round,
  choice: { kind: "whole", value },
});

/** A member's own vote counts after a restart too: it alone may be missing for a decision. */
function countsItsOwn(engine: AnyEngine): string | null {
  const [x] = values;
  const records = [{ kind: "vote", slot: 1, round: 0, est: x }];
  const heard: Heard[] = [
    ["m1", voteOf(x!)],
    ["m2", voteOf(x!)],
  ];
  const effects = effectsOf(engine, "m0", records, heard);
  const decides = effects.some(
    ({ kind, ...rest }) => kind === "persist" && (rest as Told).record.kind === "decided",
  );
  return decides ? null : "after a restart two more equal votes of four decide nothing";
}

type Told = { readonly record: { readonly kind: string } };
type Vote = ReturnType<typeof voteOf>;

/** Members that know the same votes vote alike in the next round; else a tie may last for ever. */
function votesAlike(engine: AnyEngine): string | null {
  const cast = ["m0", "m1", "m2", "m3"].map((self, i) => [self, values[i % 2]!] as const);
  const next = cast.map(([self, own]) => {
    const heard: Heard[] = [["r0", { kind: "propose", slot: 1, value: own } as never]];
    for (const [from, value] of cast) if (from !== self) heard.push([from, voteOf(value)]);
    const votes = effectsOf(engine, self, [], heard).flatMap((effect) =>
      effect.kind === "send" && effect.message.kind === "vote" ? [effect.message as unknown as Vote] : [],
    );
    return votes.filter(({ round }) => round === 1).map(({ choice }) => String(choice.value))[0];
  });
  return new Set(next).size === 1 && next[0] !== undefined
    ? null
    : "members that know the same votes do not vote alike in the next round";
}

/** Who subscribes before the gateway knows what is in the log gets it as soon as it does: nothing else may come for long. */
function servesEarlySubscribers(engine: AnyEngine): string | null {
  const config = { ...gatewayDefaults, self: "g" };
  const state = engine.init(config as never);
  const stands = { epoch: 0, protocol: "paxos", nextControl: 1, chain: new Uint8Array(32) };
  const restored: GatewayTypes["Command"] = { kind: "restored", delivered: 3, ...stands };
  const subscribe: GatewayTypes["Message"] = { kind: "subscribe", next: 1, creditBytes: 1_000 };
  const events: Event<GatewayTypes>[] = [
    { kind: "start", records: [] },
    { kind: "message", from: "reader", message: subscribe },
    { kind: "commands", commands: [restored] },
  ];
  const effects = events.flatMap((event) => step(engine, config as never, state, event as never).effects);
  const reads = effects.some(
    ({ kind, ...rest }) => kind === "output" && (rest as { output: { kind: string } }).output.kind === "read",
  );
  return reads ? null : "a subscriber that came before the log was known waits though the log has its slots";
}

/**
 * One engine by itself, before any cluster: does it raise its alarms, and does a rewritten journal say the same? Answers what
 * is wrong, or null; engines of other names are not looked at.
 */
export function tryAlone(name: string, change: Change): string | null {
  for (const script of scripts) {
    const part = script.part();
    if (part.engine.name !== name) continue;
    const engine = change(part.engine);
    const wrong = play(script, part, engine) ?? compacts(script, part, engine);
    if (wrong !== null) return wrong;
  }
  const leader = leaderPart(paxos, "l0").engine;
  if (leader.name === name) return givesWay(change(leader));
  if (gatewayEngine.name === name) return servesEarlySubscribers(change(gatewayEngine));
  const member = memberPart(twoThirds, "m0").engine;
  if (member.name !== name) return tryByzantineAlone(name, change) ?? tryHeteroAlone(name, change);
  const changed = change(member);
  return countsItsOwn(changed) ?? votesAlike(changed);
}
