import { utf8Encode } from "@eunomia/codec";
import { engineCases } from "@eunomia/conformance";
import { learnerGraph } from "@eunomia/learner-graph";
import { describe, expect, test } from "vitest";
import { cluster, learnerNames, proposerNames } from "./cluster.ts";
import { examples } from "./examples.ts";

const graph = learnerGraph(examples[2]!.graph);
const watchers = [...proposerNames(), ...learnerNames()];

interface Observed {
  readonly floor: number;
  readonly slots: {
    readonly keys: number[];
    readonly values: { readonly prev: string | null; readonly recent: string[] }[];
  };
}

/** What an acceptor said and would refer to is durable. Decisions are learned again. */
function durable(observation: unknown): unknown {
  const { floor, slots } = observation as Observed;
  return {
    floor,
    slots: slots.values.flatMap(({ prev, recent }, i) =>
      prev !== null || recent.length > 0 ? [[slots.keys[i], prev, recent]] : [],
    ),
  };
}

describe("engine cases", () => {
  const processes = cluster({ graph });
  test.each(engineCases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    await one.run({
      processes,
      ids: { process: [...graph.acceptors, ...watchers], acceptor: [...graph.acceptors] },
      durable: (process, observation) => (watchers.includes(process) ? null : durable(observation)),
      commands: () => [{ kind: "propose", slot: 1, value: utf8Encode("a") }],
    });
  });
});

test("the engines are named", () => {
  expect(Object.values(cluster({ graph })).map(({ engine }) => engine.name)).toEqual([
    ...graph.acceptors.map(() => "hetero-paxos acceptor"),
    ...proposerNames().map(() => "hetero-paxos proposer"),
    ...learnerNames().map(() => "hetero-paxos learner"),
  ]);
});
