import { goldenPaxos } from "@eunomia/conformance/golden";
import type { Model, Network } from "../../src/index.ts";

/** Actor Paxos, as other checkers have counted it. */
export function goldenModel(
  acceptors: number,
  proposers: number,
  ignored: Network["ignored"] = "consume",
): Model {
  return {
    name: `golden paxos, ${acceptors} acceptors, ${proposers} proposers`,
    processes: goldenPaxos(acceptors, proposers),
    network: { order: "bag", ignored },
    invariants: [
      {
        name: "agreement",
        holds: (view) => {
          const decided: number[] = view.of("l").observation;
          return decided.length <= 1 ? null : `decided ${decided.join(" and ")}`;
        },
      },
    ],
    witnesses: [0, 1].map((value) => ({
      name: `decides ${value}`,
      reached: (view) => view.of("l").observation.includes(value),
    })),
    scope: { acceptors, proposers },
  };
}
