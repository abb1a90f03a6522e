import { messageSetPaxos } from "@eunomia/conformance/golden";
import type { Model } from "../../src/index.ts";

/** Paxos over a set of messages, as Lamport specified it: what a majority voted for in one ballot must be one value. */
export function messageSetModel(acceptors: number, ballots: number): Model {
  return {
    name: `message-set paxos, ${acceptors} acceptors, ${ballots} ballots`,
    processes: messageSetPaxos(acceptors, ballots),
    network: { order: "soup", ignored: "stay" },
    invariants: [
      {
        name: "agreement",
        holds: (view) => {
          const votes = new Map<string, number>();
          for (const key of view.processes.filter((one) => one.startsWith("a"))) {
            const { keys, values } = view.of(key).observation as { keys: number[]; values: number[] };
            keys.forEach((ballot, at) => {
              const vote = `${ballot} ${values[at]}`;
              votes.set(vote, (votes.get(vote) ?? 0) + 1);
            });
          }
          const chosen = [...votes]
            .filter(([, count]) => count * 2 > acceptors)
            .map(([vote]) => vote.split(" ")[1]);
          return new Set(chosen).size <= 1 ? null : `chosen ${chosen.join(" and ")}`;
        },
      },
    ],
    witnesses: [],
  };
}
