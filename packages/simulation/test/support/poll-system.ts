import type { NodeId } from "@eunomia/engine";
import { engineNodes, type System, type Watch } from "@eunomia/simulation";
import { type Mistake, type Poll, pollEngine } from "./poll.ts";

const peers: readonly NodeId[] = ["a", "b", "c", "d"];
const needed = 3;
const pollsOfEach = 6;

/** Polls are carried by a quorum of different processes: what they count says nothing about it. */
function quorums(): Watch {
  const voters = new Map<string, Set<NodeId>>();
  return {
    property: "a quorum carries",
    step({ process, event, effects }) {
      const message = event.kind === "message" ? (event.message as Poll["Message"]) : null;
      if (event.kind === "message" && message?.kind === "vote") {
        const key = `${process} ${message.poll}`;
        voters.set(key, (voters.get(key) ?? new Set()).add(event.from));
      }
      for (const effect of effects as readonly { kind: string; message: Poll["Message"] }[]) {
        if (effect.kind !== "send" || effect.message.kind !== "result") continue;
        const { origin, poll } = effect.message;
        // What a process sends itself is no step of its own.
        const count = new Set([origin, ...(voters.get(`${origin} ${poll}`) ?? [])]).size;
        if (origin === process && count < needed)
          return `${process} closes poll ${poll} with ${count} voters`;
      }
      return null;
    },
  };
}

/** Processes say the same of each poll. */
function sameVerdicts(): Watch {
  const verdicts = new Map<string, string>();
  return {
    property: "verdicts agree",
    output({ process, output }) {
      const { kind, origin, poll } = output as Poll["Output"];
      const key = `${origin} ${poll}`;
      const before = verdicts.get(key) ?? kind;
      verdicts.set(key, before);
      return before === kind ? null : `${key} is ${kind} at ${process}, and ${before} elsewhere`;
    },
  };
}

const bounded: Watch = {
  property: "votes that are kept are few",
  despiteLies: true,
  step({ process, state }) {
    const most = Math.max(0, ...(state as Poll["State"]).own.map(({ votes }) => votes.length));
    return most <= peers.length ? null : `${process} keeps ${most} votes of one poll`;
  },
};

/** Four processes that hold polls, of which one may be Byzantine; polls of the others are carried, and everybody knows the same. */
export function pollSystem(mistake: Mistake): System<null> {
  return {
    name: `poll, ${mistake}`,
    draw: () => null,
    build: (_config, scene) => {
      const opened = new Map<NodeId, number>(peers.map((name) => [name, 0]));
      const { byzantine } = scene.faulty;
      const honest = (): readonly NodeId[] => scene.core ?? peers.filter((name) => !byzantine.has(name));
      const knownTo = (name: NodeId): string[] =>
        ((scene.peek(name) as Poll["State"] | undefined)?.known ?? [])
          .map(({ origin, poll }) => `${origin} ${poll}`)
          .sort();
      return {
        ...engineNodes(
          scene,
          Object.fromEntries(
            peers.map((self) => [self, { engine: pollEngine, config: { self, peers, needed, mistake } }]),
          ),
        ),
        clients: peers.map((process) => ({
          id: process,
          thinkMs: 10,
          act: () => {
            const poll = opened.get(process)!;
            if (poll === pollsOfEach || !scene.command(process, { poll })) return null;
            opened.set(process, poll + 1);
            return "open";
          },
        })),
        watches: [quorums(), sameVerdicts(), bounded],
        budget: {
          tolerates: ({ dead, amnesiac, byzantine: liars }) =>
            dead.size <= 1 && amnesiac.size === 0 && liars.size === 0,
          cores: peers.map((gone) => peers.filter((name) => name !== gone)),
        },
        patienceMs: 1_000,
        done: () => {
          const all = honest().map(knownTo);
          const polls = honest().flatMap((name) =>
            Array.from({ length: pollsOfEach }, (_, poll) => `${name} ${poll}`),
          );
          return (
            all.every((known) => known.join() === all[0]!.join()) &&
            polls.every((one) => all[0]!.includes(one))
          );
        },
        describe: () =>
          honest()
            .map((name) => `${name} knows ${knownTo(name).length}`)
            .join(", "),
      };
    },
  };
}
