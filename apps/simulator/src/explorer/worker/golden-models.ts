import type { Model, View } from "@eunomia/checker";
import { goldenPaxos } from "@eunomia/conformance/golden";
import type { ShelfModel } from "./shelf.ts";

interface Params {
  readonly acceptors: number;
  readonly proposers: number;
  readonly crashes: number;
  readonly losses: number;
  readonly duplicates: number;
  readonly ignored: "consume" | "stay";
}

/** The small Paxos whose states other checkers have counted: the quickest way to learn the page. */
function goldenModel(
  name: string,
  { acceptors, proposers, crashes, losses, duplicates, ignored }: Params,
): Model {
  const learned = (view: View): readonly number[] => view.of("l").observation ?? [];
  return {
    name,
    processes: goldenPaxos(acceptors, proposers),
    network: { order: "bag", loss: losses, duplicates, ignored },
    faults: { crashes, recover: true, splitFlush: false },
    invariants: [
      {
        name: "agreement",
        holds: (view) => {
          const values = learned(view);
          return values.length > 1 ? `the learner decided ${values.join(" and ")}` : null;
        },
      },
    ],
    witnesses: [0, 1].slice(0, proposers).map((value) => ({
      name: `decides ${value}`,
      reached: (view) => learned(view).includes(value),
    })),
    assumptions: ["nothing is durable: agreement is promised without crashes only"],
  };
}

const golden = (scope: string, shows: string, params: Params): ShelfModel => ({
  name: `golden/${scope}`,
  protocol: "golden",
  shows,
  params: { ...params },
  options: { ignored: ["consume", "stay"] },
  make: (changed) => goldenModel(`golden/${scope}`, changed as unknown as Params),
});

const calm = { crashes: 0, losses: 0, duplicates: 0, ignored: "consume" } as const;

/** Scopes of the small Paxos that hold what they promise. */
export const goldenModels: readonly ShelfModel[] = [
  golden(
    "3a2p",
    "Actor Paxos as other checkers have counted it: 103,676 states, and agreement in all of them.",
    {
      ...calm,
      acceptors: 3,
      proposers: 2,
    },
  ),
];

/** One that is broken on purpose, to learn what a counterexample looks like. */
export const brokenModels: readonly ShelfModel[] = [
  golden("forgetful", "Two acceptors that keep nothing on disk: both may crash, so two values are decided.", {
    ...calm,
    acceptors: 2,
    proposers: 2,
    crashes: 2,
    ignored: "stay",
  }),
];
