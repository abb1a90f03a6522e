import { planOf, type RunProfile, runProfiles } from "../../cli/run/job.ts";
import { mutants } from "../../mutants/all.ts";
import { systemNames } from "../../protocols/systems.ts";
import type { Tree } from "../story/types.ts";
import type { ShelfSystem } from "./shelf.ts";

interface Params {
  readonly profile: RunProfile;
  readonly seed: string;
  readonly mutant: string;
  readonly virtualMs: number;
  readonly maxSteps: number;
}

const shows: Readonly<Record<string, string>> = {
  paxos: "A cluster of Paxos under faults, with proposers that contend.",
  "two-thirds": "A cluster of 2/3-consensus under faults, with proposers that contend.",
  "two-thirds-byzantine":
    "A cluster of Byzantine 2/3-consensus, with proposers that contend and nodes that may lie.",
  "hetero-paxos":
    "A cluster of Heterogeneous Paxos: learners with quorums of their own, of which those agree that must.",
  aneris: "Whole nodes with clients: ordered broadcast that changes its protocol while it runs.",
};

/** The mutant of a run as the page names it; null: none. */
export const mutantIn = (params: Tree): string | null => {
  const { mutant = "none" } = params as Partial<Params>;
  return mutant === "none" ? null : mutant;
};

/** Every cluster that can be simulated. */
export const systems: readonly ShelfSystem[] = systemNames.map((name) => ({
  name,
  protocol: name,
  shows: shows[name] ?? `A cluster of ${name} under faults.`,
  params: {
    profile: "swarm",
    seed: "1",
    mutant: "none",
    virtualMs: 5_000,
    maxSteps: 20_000,
  } satisfies Params,
  options: {
    profile: runProfiles,
    mutant: ["none", ...mutants.filter(({ protocol }) => protocol === name).map((each) => each.name)],
  },
  plan: (params) => {
    const { profile, seed, virtualMs, maxSteps } = params as unknown as Params;
    return planOf({
      system: name,
      profile,
      seed,
      mutant: mutantIn(params),
      adversary: null,
      virtualMs,
      maxSteps,
      twice: false,
      feedback: false,
    });
  },
}));
