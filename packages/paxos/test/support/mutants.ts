import { mapDelete, mapGet, mapHas } from "@eunomia/codec";
import type { Action, AnyEngine } from "@eunomia/engine";
import { quorumSystem } from "@eunomia/quorum-algebra";
import { leaderOver } from "../../src/leader.ts";
import { atLeast, type Makers, soundMakers } from "./cluster.ts";

// biome-ignore lint/suspicious/noExplicitAny: broken twins reach into states of any engine
type Any = any;
type Edit = (action: Action<Any, Any>) => Partial<Action<Any, Any>>;

/** The engine with one action changed, found by its name. A name that does not exist is a mistake of the test. */
function withAction(engine: AnyEngine, name: string, edit: Edit): AnyEngine {
  if (!engine.actions.some((action) => action.name === name)) throw new Error(`no action "${name}"`);
  return {
    ...engine,
    actions: engine.actions.map((action) =>
      action.name === name ? { ...action, ...edit(action as Any) } : action,
    ),
  };
}
export const without = (engine: AnyEngine, name: string): AnyEngine =>
  withAction(engine, name, () => ({ guard: () => null }));

const leader = (change: (engine: AnyEngine) => AnyEngine): Makers => ({
  ...soundMakers,
  leader: (config) => change(soundMakers.leader(config)),
});
const acceptor = (change: (engine: AnyEngine) => AnyEngine): Makers => ({
  ...soundMakers,
  acceptor: (config) => change(soundMakers.acceptor(config)),
});
const members = (config: Any): string[] => config.phase1.of.map(({ id }: { id: string }) => id);

/** Leaders over thresholds that need not intersect. */
export const unchecked = (q1: number, q2: number): Makers => ({
  ...soundMakers,
  leader: (config) =>
    leaderOver(
      config,
      quorumSystem(atLeast(q1, members(config))),
      quorumSystem(atLeast(q2, members(config))),
    ),
});

const onPages = (engine: AnyEngine, change: (state: Any, found: Any) => Any): AnyEngine =>
  ["count a promise (4.5)", "adopt the ballot (4.5)", "ask for the next page (4.5)"].reduce(
    (changed, name) =>
      withAction(changed, name, (action) => ({
        act: (config, state, found, out) => action.act(config, state, change(state, found), out),
      })),
    engine,
  );

/** Keeps the first report of a slot: what it knew already is cut from the page. */
export const firstReportWins = leader((engine) =>
  onPages(engine, (state, found) => ({
    ...found,
    accepted: found.accepted.filter(({ slot }: { slot: number }) => !mapHas(state.pmax, slot)),
  })),
);

/** Takes all reports in the order in which they come, whatever their ballots: the scout of `paxos-v11` (F17). */
export const lastReportWins = leader((engine) =>
  onPages(engine, (state, found) => {
    for (const { slot } of found.accepted) mapDelete(state.pmax, slot);
    return found;
  }),
);

/** The round starts at 0 in every life (F19). */
export const volatileRound = leader((engine) =>
  withAction(engine, "restart (4.7)", (action) => ({
    act: (config, state, found, out) =>
      action.act(config, state, { records: found.records.filter((r: Any) => r.kind !== "roundHi") }, out),
  })),
);

/** Comes back without what it accepted (F19). */
export const forgetsVotes = acceptor((engine) =>
  withAction(engine, "restart (4.7)", (action) => ({
    act: (config, state, found, out) =>
      action.act(config, state, { records: found.records.filter((r: Any) => r.kind !== "accepted") }, out),
  })),
);

/** The back-off multiplies by the leader's index: leader 0 forgets to wait, leader 1 never backs off (F18). */
export const backoffTimesIndex = leader((engine) => {
  const growing = (name: string) => (changed: AnyEngine) =>
    withAction(changed, name, (action) => ({
      act: (config, state, found, out) => {
        const before = state.suspectMs;
        action.act(config, state, found, out);
        state.suspectMs = before * Math.max(1, config.leaders.indexOf(config.self));
      },
    }));
  return growing("preempted in phase 2 (4.5)")(growing("preempted in phase 1 (4.5)")(engine));
});

/** The mutation classes of section 10.4 that concern Paxos. */
export const mutants: Readonly<Record<string, Makers>> = {
  "counts duplicate senders": {
    ...soundMakers,
    leader: (config) => {
      const sound = soundMakers.leader(config);
      // Two acknowledgements are a quorum, whoever sent them.
      return withAction(sound, "choose (4.5)", (action) => ({
        guard: (c, state, event: Any) =>
          action.guard(c, state, event) ??
          ((mapGet(state.acks, event.message.slot) as Any)?.from.includes(event.from) &&
          event.message.promised.round === state.ballot.round
            ? { slot: event.message.slot, value: mapGet(state.proposals, event.message.slot) }
            : null),
      }));
    },
  },
  "phase-1 threshold off by one": unchecked(1, 2),
  "phase-2 threshold off by one": unchecked(2, 1),
  "vote forgotten on restart": forgetsVotes,
  "accepts below promise": acceptor((engine) => without(engine, "2b refuse (4.4)")),
  "first report taken": firstReportWins,
  "last report taken": lastReportWins,
  "own proposal preferred to a reported pvalue": leader((engine) =>
    onPages(engine, (state, found) => {
      for (const slot of state.proposals.keys) mapDelete(state.pmax, slot);
      return { ...found, accepted: found.accepted.filter(({ slot }: Any) => !mapHas(state.proposals, slot)) };
    }),
  ),
  "no gap fill": leader((engine) =>
    withAction(engine, "adopt the ballot (4.5)", (action) => ({
      act: (config, state, found, out) =>
        action.act(config, state, found, {
          ...passing(out),
          send: (to: Any, message: Any) => {
            if (message.kind === "p2a" && message.value === config.noop) mapDelete(state.acks, message.slot);
            else out.send(to, message);
          },
        } as Any),
    })),
  ),
  "ballot reused": volatileRound,
  "acknowledgements of an older ballot counted": leader((engine) =>
    ["choose (4.5)", "count an acceptance (4.5)"].reduce(
      (changed, name) =>
        withAction(changed, name, (action) => ({
          guard: (config, state, event: Any) =>
            state.ballot === null || event.message.promised.round > event.message.ballot.round
              ? null
              : action.guard(config, state, {
                  ...event,
                  message: { ...event.message, ballot: state.ballot, promised: state.ballot },
                } as Any),
        })),
      engine,
    ),
  ),
  "refusal counted as acceptance": leader((engine) =>
    ["preempted in phase 2 (4.5)", "choose (4.5)", "count an acceptance (4.5)"].reduce(
      (changed, name) =>
        withAction(changed, name, (action) => ({
          guard: (config, state, event: Any) =>
            name.startsWith("preempted")
              ? null
              : action.guard(config, state, {
                  ...event,
                  message: { ...event.message, promised: event.message.ballot },
                } as Any),
        })),
      engine,
    ),
  ),
  "second value under one ballot": leader((engine) =>
    withAction(engine, "propose at once (4.5)", (action) => ({
      guard: (config, state, event: Any) =>
        action.guard(config, state, event) ??
        (state.phase === "active" && mapHas(state.acks, event.message.slot)
          ? { slot: event.message.slot, value: event.message.value }
          : null),
    })),
  ),
  "promise not recorded": acceptor((engine) =>
    withAction(engine, "1b promise (4.4)", (action) => ({
      act: (config, state, found, out) =>
        action.act(config, state, found, { ...passing(out), persist: () => {} } as Any),
    })),
  ),
  "adopts after one promise of three": leader((engine) =>
    withAction(engine, "adopt the ballot (4.5)", (action) => ({
      guard: (config, state, event: Any) =>
        action.guard(config, state, event) ??
        engine.actions
          .find(({ name }) => name === "count a promise (4.5)")!
          .guard(config, state as Any, event),
    })),
  ),
  "announces what a lower ballot accepted": acceptor((engine) =>
    withAction(engine, "learn by reference (4.10)", (action) => ({
      guard: (config, state, event: Any) =>
        action.guard(config, state, {
          ...event,
          message: { ...event.message, ballot: { round: 0, leader: event.message.ballot.leader } },
        } as Any),
    })),
  ),
};

function passing(out: Any): Any {
  return {
    persist: (record: Any) => out.persist(record),
    send: (to: Any, message: Any) => out.send(to, message),
    arm: (timer: Any, delayMs: Any, jitterMs: Any) => out.arm(timer, delayMs, jitterMs),
    disarm: (timer: Any) => out.disarm(timer),
    output: (output: Any) => out.output(output),
    spawn: (engine: Any, key: Any, config: Any) => out.spawn(engine, key, config),
  };
}
