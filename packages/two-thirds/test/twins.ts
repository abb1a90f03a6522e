import { emptyMap, mapDelete, mapGet, mapSet } from "@eunomia/codec";
import type { Action, Effects, Engine } from "@eunomia/engine";
import { memberOver } from "../src/crash/member.ts";
import { quorumsOf } from "../src/crash/member-config.ts";
import { anyOf } from "../src/crash/quorums.ts";
import { mostFrequent, shares } from "../src/crash/tally.ts";
import { type MemberConfig, type MemberTypes, memberEngine } from "../src/index.ts";
import type { EngineOf } from "./rig.ts";

type State = MemberTypes["State"];
type Out = Effects<MemberTypes>;
type Act = (
  config: MemberConfig,
  state: State,
  // biome-ignore lint/suspicious/noExplicitAny: what a guard found is known to its own action only
  found: any,
  out: Out,
  original: Action<MemberTypes>["act"],
) => void;

/** The engine with the effect of one action replaced; null: the action does not exist. */
function replacing(name: string, act: Act | null): EngineOf {
  return (config) => {
    const engine = memberEngine(config);
    if (!engine.actions.some((action) => action.name === name)) throw new Error(`no action "${name}"`);
    return {
      ...engine,
      actions: engine.actions.flatMap((action) => {
        if (action.name !== name) return [action];
        return act === null
          ? []
          : [
              {
                ...action,
                act: (config, state, found, out) => act(config, state, found, out, action.act),
              } as typeof action,
            ];
      }),
    };
  };
}

/** Every action of the engine, with its effects passed through `change`. */
function rewriting(change: (out: Out) => Out): EngineOf {
  return (config) => {
    const engine = memberEngine(config);
    const wrap = (action: Action<MemberTypes>): Action<MemberTypes> => ({
      ...action,
      act: (config, state, found, out) => action.act(config, state, found, change(out)),
    });
    return { ...engine, actions: engine.actions.map(wrap) };
  };
}

const withQuorums =
  (
    change: (config: MemberConfig, quorums: ReturnType<typeof quorumsOf>) => ReturnType<typeof quorumsOf>,
  ): EngineOf =>
  (config) =>
    memberOver(change(config, quorumsOf(config)));

const exactly = (k: number, config: MemberConfig) =>
  quorumsOf({ ...config, decide: anyOf(Math.min(k, config.members.length), config.members) }).decide;

export interface MemberTwin {
  readonly fault: string;
  /** The class of section 10.4, or the broken set-up of 10.3. */
  readonly kind: string;
  readonly engineOf: EngineOf;
}

/** Members that are wrong in one thing each. */
export const twins: readonly MemberTwin[] = [
  {
    kind: "counts duplicate senders",
    fault: "a vote that comes again counts for a member that has not voted",
    engineOf: replacing("vote: count (2.4)", (config, state, found, out, original) => {
      const votes = mapGet(mapGet(state.slots, found.slot)!.votes, found.round)!;
      const silent = config.members.find((member) => mapGet(votes, member) === undefined);
      const from = mapGet(votes, found.from) !== undefined && silent !== undefined ? silent : found.from;
      original(config, state, { ...found, from }, out);
    }),
  },
  {
    kind: "threshold off by one (E)",
    fault: "E - 1 equal votes decide",
    engineOf: withQuorums((config, quorums) => ({
      ...quorums,
      decide: exactly(config.members.length - config.f - 1, config),
    })),
  },
  {
    kind: "threshold off by one (E)",
    fault: "E + 1 equal votes are waited for",
    engineOf: withQuorums((config, quorums) => ({
      ...quorums,
      decide: exactly(config.members.length - config.f + 1, config),
    })),
  },
  {
    kind: "threshold off by one (T)",
    fault: "T - 1 votes lead to the next round",
    engineOf: withQuorums((config, quorums) => ({
      ...quorums,
      update: exactly(config.members.length - config.f - 1, config),
    })),
  },
  {
    kind: "threshold off by one (T)",
    fault: "T + 1 votes are waited for",
    engineOf: withQuorums((config, quorums) => ({
      ...quorums,
      update: exactly(config.members.length - config.f + 1, config),
    })),
  },
  {
    kind: "tie broken the other way",
    fault: "the largest of the most frequent values is taken",
    engineOf: replacing("advance (2.4)", (config, state, found, out, original) => {
      const all = shares(mapGet(mapGet(state.slots, found.slot)!.votes, found.round - 1)!);
      const most = Math.max(...all.map(({ voters }) => voters.length));
      const largest = all
        .filter(({ voters }) => voters.length === most)
        .reduce((a, b) => (mostFrequent(config, [a, b]) === a ? b : a));
      const value = largest.choice.kind === "whole" ? largest.choice.value : found.value;
      original(config, state, { ...found, value, choice: largest.choice }, out);
    }),
  },
  {
    kind: "most frequent ignored",
    fault: "the own value is kept in the next round",
    engineOf: replacing("advance (2.4)", (config, state, found, out, original) => {
      const { est, name } = mapGet(state.slots, found.slot as number)!;
      original(config, state, { ...found, value: est, choice: name }, out);
    }),
  },
  {
    kind: "vote forgotten on restart",
    fault: "the records of votes are passed over",
    engineOf: replacing("restart (2.4)", (config, state, { records }, out, original) =>
      original(
        config,
        state,
        { records: records.filter(({ kind }: { kind: string }) => kind !== "vote") },
        out,
      ),
    ),
  },
  {
    kind: "vote not durable",
    fault: "a vote leaves before its record is written",
    engineOf: rewriting((out) => {
      const late: MemberTypes["Record"][] = [];
      return {
        ...out,
        persist: (record) => void late.push(record),
        send: (to, message) => {
          out.send(to, message);
          for (const record of late.splice(0)) out.persist(record);
        },
        arm: (timer, delayMs, jitterMs) => out.arm(timer, delayMs, jitterMs),
        output: (output) => out.output(output),
      };
    }),
  },
  {
    kind: "vote in a skipped round",
    fault: "a jump goes one round up only",
    engineOf: replacing("vote: jump (2.4)", (config, state, found, out, original) => {
      const round = (mapGet(state.slots, found.slot as number)?.round ?? -1) + 1;
      original(config, state, { ...found, round }, out);
    }),
  },
  {
    kind: "jump with another value",
    fault: "a jump keeps the own value",
    engineOf: replacing("vote: jump (2.4)", (config, state, found, out, original) => {
      const known = mapGet(state.slots, found.slot as number);
      original(config, state, known?.est ? { ...found, value: known.est, choice: known.name } : found, out);
    }),
  },
  {
    kind: "no answer to stale votes",
    fault: "a laggard is not pulled",
    engineOf: replacing("vote: pull a laggard (2.4)", (config, state, found, out, original) =>
      original(config, state, found, { ...out, send: () => {} } as Out),
    ),
  },
  {
    kind: "old rounds ignored",
    fault: "a late vote of an old round is not counted",
    engineOf: replacing("vote: pull a laggard (2.4)", (_config, state, found, out) => {
      const slot = mapGet(state.slots, found.slot as number)!;
      out.send([found.from], { kind: "vote", slot: found.slot, round: slot.round, choice: slot.name! });
    }),
  },
  {
    kind: "second vote of a round taken",
    fault: "the last vote of a member stands instead of the first",
    engineOf: replacing("vote: evidence (2.4)", (_config, state, found) => {
      mapSet(
        mapGet(mapGet(state.slots, found.slot as number)!.votes, found.round as number)!,
        found.from,
        found.choice,
      );
      state.ready = [found.slot];
    }),
  },
  {
    kind: "decided slot silent",
    fault: "votes of a decided slot stay unanswered",
    engineOf: replacing("vote: decided (2.4)", null),
  },
  {
    kind: "DECIDED ignored",
    fault: "only counting decides",
    engineOf: replacing("decided: learn (2.4)", null),
  },
  {
    kind: "no alarm",
    fault: "a second decision goes unseen",
    engineOf: replacing("decided: alarm (2.4)", null),
  },
  {
    kind: "no retransmission",
    fault: "a lost vote stays lost",
    engineOf: replacing("retry: vote again (2.4)", null),
  },
  {
    kind: "grace never ends",
    fault: "ticks are not counted",
    engineOf: replacing("tick: grace (2.4)", null),
  },
  {
    kind: "floor not durable",
    fault: "a restart forgets the floor",
    engineOf: rewriting((out) => ({
      persist: (record) => void (record.kind === "floor" || out.persist(record)),
      send: (to, message) => out.send(to, message),
      arm: (timer, delayMs, jitterMs) => out.arm(timer, delayMs, jitterMs),
      disarm: (timer) => out.disarm(timer),
      spawn: () => {},
      output: (output) => out.output(output),
    })),
  },
  {
    kind: "forgotten slots come back",
    fault: "raising the floor keeps it where it was",
    engineOf: replacing("stable: raise the floor (1)", (config, state, found, out, original) => {
      const { floor } = state;
      original(config, state, found, out);
      state.floor = floor;
    }),
  },
  {
    kind: "short compaction",
    fault: "compact leaves the votes out",
    engineOf: (config): Engine<MemberTypes> => {
      const engine = memberEngine(config);
      return { ...engine, compact: (c, s) => engine.compact(c, s).filter(({ kind }) => kind !== "vote") };
    },
  },
  {
    kind: "decision lost",
    fault: "what was decided is not kept",
    engineOf: replacing("decide (2.4)", (config, state, found, out, original) => {
      original(config, state, found, out);
      mapDelete(state.slots, found.slot as number);
    }),
  },
  {
    kind: "vote counted for a value that is not there",
    fault: "a digest is voted for without its value",
    engineOf: replacing("vote: wait for the value (8)", (config, state, found, out, original) => {
      original(config, state, found, out);
      out.send([found.from], { kind: "vote", slot: found.slot, round: found.round, choice: found.choice });
      mapGet(state.slots, found.slot as number)!.votes = emptyMap();
    }),
  },
];
