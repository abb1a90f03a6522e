import {
  CheckerError,
  check,
  configurationSymmetry,
  inertMessages,
  quorumTransitions,
  type View,
} from "@eunomia/checker";
import { calmProfile, type Profile, simulate } from "@eunomia/simulation";
import { modelOfScope, scopes } from "../protocols/models.ts";
import { systemOf } from "../protocols/systems.ts";
import { tryAlone } from "./alone.ts";
import { checkEnds } from "./ends.ts";
import { tryHistories } from "./hetero-histories.ts";
import { type Mutant, type MutantProtocol, type Substitution, substitutionOf } from "./mutant.ts";

/** One attempt at a mutant: a model up to so many states, or so many simulated runs. Plain JSON. */
export type Attempt =
  /** The engine by itself. */
  | { readonly tool: "alone" }
  /** The judgement of messages by itself, on random histories. */
  | { readonly tool: "histories"; readonly runs: number }
  /** The states of a model in which nothing can happen any more. */
  | { readonly tool: "ends"; readonly scope: string; readonly states: number }
  | { readonly tool: "model"; readonly scope: string; readonly states: number; readonly reduced: boolean }
  | {
      readonly tool: "simulation";
      readonly firstSeed: number;
      readonly runs: number;
      readonly virtualMs: number;
      /** Nodes crash all the time, and little else goes wrong; otherwise faults are drawn. */
      readonly crashes: boolean;
      /** As many nodes as the protocol bears lie, in one way after the other. [false] */
      readonly liars?: boolean;
    };

/** What caught a mutant, and at what price. Plain JSON. */
export interface Catch {
  /** `model SCOPE` or `simulation`. */
  readonly tool: string;
  readonly property: string;
  readonly detail: string;
  /** States of the model in which it was caught, or runs of the simulation until it was. */
  readonly effort: number;
  /** A seed that shows it, where a simulation did. */
  readonly seed: string | null;
}

/** The fate of one mutant. Plain JSON. */
export interface Fate {
  readonly mutant: string;
  readonly class: string;
  readonly rule: string;
  readonly breaks: string;
  /** Null: it survived everything, as an equivalent one must. */
  readonly caught: Catch | null;
  /** As it should be: an equivalent mutant survives, any other is caught. */
  readonly asExpected: boolean;
  readonly states: number;
  readonly runs: number;
  readonly seconds: number;
}

const model = (scope: string, states: number): Attempt => ({ tool: "model", scope, states, reduced: false });
const reduced = (scope: string, states: number): Attempt => ({ tool: "model", scope, states, reduced: true });
const runs = (firstSeed: number, count: number, virtualMs = 4_000): Attempt => ({
  tool: "simulation",
  firstSeed,
  runs: count,
  virtualMs,
  crashes: false,
});
const crashes = (firstSeed: number, count: number): Attempt => ({
  tool: "simulation",
  firstSeed,
  runs: count,
  virtualMs: 4_000,
  crashes: true,
});
const lies = (firstSeed: number, count: number): Attempt => ({
  ...{ tool: "simulation", firstSeed, runs: count, virtualMs: 3_000, crashes: false, liars: true },
});
const ends = (scope: string): Attempt => ({ tool: "ends", scope, states: 20_000 });

/** Crashes between any two effects, quick restarts, a network that delays. */
const crashProfile: Profile = {
  ...calmProfile,
  network: { ...calmProfile.network, delayMeanMs: 10, loss: 0.05, heavyTail: true },
  rates: { ...calmProfile.rates, crash: 0.06, restart: 0.2 },
  disk: { ...calmProfile.disk, syncMaxMs: 5, torn: 0.5 },
  midStep: true,
};

/** What lies do, in turn. */
const lying = ["mutation", "collusion", "twins", "adaptive"] as const;

/** The cheapest tools first. A mutant that survives all of them is a missing test. */
export const attempts: Readonly<Record<MutantProtocol, readonly Attempt[]>> = {
  paxos: [
    { tool: "alone" },
    model("paxos/1a-crash-leader", 10_000),
    model("paxos/2a2b-flexible", 10_000),
    model("paxos/2a1b-reads", 10_000),
    model("paxos/2a1b-reads-trims", 50_000),
    runs(1, 16, 3_000),
    crashes(1, 10),
    model("paxos/1a2b-crash-split", 50_000),
    model("paxos/2a2b-flexible-soup", 50_000),
    model("paxos/3a2b-grid", 50_000),
    runs(17, 84),
    model("paxos/2a3b-flexible", 100_000),
    model("paxos/2a2b-one-promise-soup", 100_000),
    model("paxos/2a2b-trims", 100_000),
    reduced("paxos/3a2b", 200_000),
    reduced("paxos/2a3b-one-promise", 200_000),
    reduced("paxos/2a4b-one-promise", 800_000),
    reduced("paxos/2a2b-pages", 800_000),
    runs(101, 150),
    reduced("paxos/3a3b", 1_600_000),
  ],
  "two-thirds": [
    { tool: "alone" },
    runs(1, 16, 3_000),
    crashes(1, 20),
    runs(17, 84),
    reduced("two-thirds/3of4m1r-reads", 200_000),
    model("two-thirds/3of4m2r", 500_000),
    crashes(21, 80),
    runs(101, 250),
  ],
  "two-thirds-byzantine": [
    { tool: "alone" },
    runs(1, 6, 2_000),
    lies(1, 16),
    crashes(1, 10),
    model("two-thirds-byzantine/5of6m2r-liar-leads", 30_000),
    reduced("two-thirds-byzantine/5of6m2r-3y", 30_000),
    lies(17, 48),
    crashes(11, 40),
  ],
  "hetero-paxos": [
    { tool: "histories", runs: 1_000 },
    { tool: "alone" },
    runs(1, 16, 2_000),
    crashes(1, 12),
    lies(1, 32),
    runs(17, 84, 3_000),
    lies(33, 96),
    crashes(13, 40),
    runs(101, 200, 3_000),
  ],
  aneris: [
    { tool: "alone" },
    model("aneris/1r-crash", 10_000),
    model("aneris/1r-gap", 10_000),
    model("aneris/2r-fifo", 10_000),
    model("aneris/2r-reads", 10_000),
    model("aneris/2r2v1s", 20_000),
    model("aneris/2r-modes", 20_000),
    model("aneris/2r-lies", 50_000),
    ends("aneris/1r-out-of-turn"),
    ends("aneris/2r1v1s"),
    ends("aneris/2r1v1s-cut"),
    ends("aneris/2r1v1s-window"),
    runs(1, 10, 3_000),
    model("aneris/2r2v1s-cut", 100_000),
    model("aneris/2r2v1s-window", 200_000),
    runs(11, 50),
    crashes(1, 20),
    model("aneris/2r-real-reads", 2_500_000),
  ],
};

function inModel(
  { scope, states, reduced: less }: Extract<Attempt, { tool: "model" }>,
  substitution: Substitution,
): [Catch | null, number] {
  const tool = `model ${scope}`;
  const caught = (property: string, detail: string, effort: number): [Catch, number] => [
    { tool, property, detail, effort, seed: null },
    effort,
  ];
  try {
    const collecting = scope.startsWith("two-thirds-byzantine/")
      ? quorumTransitions
      : configurationSymmetry();
    const reductions = less ? [inertMessages, collecting] : [];
    const report = check(modelOfScope(scope, scopes[scope]!, substitution), { states, reductions });
    const { counterexample } = report;
    if (counterexample !== null) return caught(counterexample.property, counterexample.detail, report.states);
    // Where everything was seen, what a model must reach and does not reach is lost.
    const missed =
      report.truncated === null
        ? Object.entries(report.witnesses).find(([, count]) => count === 0)
        : undefined;
    return missed === undefined
      ? [null, report.states]
      : caught("witness", `never: ${missed[0]}`, report.states);
  } catch (error) {
    // What an engine says of itself, so that less has to be searched, is watched while it is searched.
    if (!(error instanceof CheckerError) || error.code !== "reduction") throw error;
    return caught("what the engine says of itself", error.message, 0);
  }
}

function atEnds(
  { scope, states }: Extract<Attempt, { tool: "ends" }>,
  substitution: Substitution,
): [Catch | null, number] {
  const made = modelOfScope(scope, scopes[scope]!, substitution);
  const everything = made.witnesses.filter(({ name }) => name.endsWith("delivers everything"));
  const missing = (view: View): string | null =>
    everything.find((witness) => !witness.reached(view))?.name ?? null;
  const found = checkEnds(made, missing, states);
  if (found.problem === null) return [null, found.states];
  const detail = `a run ends before ${found.problem}`;
  return [
    { tool: `ends ${scope}`, property: "termination", detail, effort: found.states, seed: null },
    found.states,
  ];
}

function alone(mutant: Mutant): Catch | null {
  const detail = tryAlone(mutant.engine, mutant.change);
  return detail === null
    ? null
    : { tool: "alone", property: "what an engine owes by itself", detail, effort: 1, seed: null };
}

function inHistories(mutant: Mutant, runs: number): Catch | null {
  const found = tryHistories(mutant.engine, mutant.change, runs);
  return found === null
    ? null
    : {
        tool: "histories",
        property: "agreement of entangled learners, few votes",
        detail: found.detail,
        effort: found.run,
        seed: null,
      };
}

async function inRuns(
  attempt: Extract<Attempt, { tool: "simulation" }>,
  protocol: MutantProtocol,
  substitution: Substitution,
): Promise<[Catch | null, number]> {
  const system = systemOf(protocol, substitution);
  for (let run = 0; run < attempt.runs; run += 1) {
    const seed = String(attempt.firstSeed + run);
    const limits = { mode: "liveness", virtualMs: attempt.virtualMs, maxSteps: 400_000 } as const;
    const { outcome } = await simulate({
      system,
      seed,
      limits,
      substitute: substitution.engine,
      ...(attempt.crashes ? { profile: crashProfile } : {}),
      ...(attempt.liars ? { adversary: { strategy: lying[run % lying.length]!, nodes: null } } : {}),
    });
    if (outcome.kind === "ok") continue;
    const { property, detail } = outcome;
    const tool = attempt.crashes
      ? "simulation of crashes"
      : attempt.liars
        ? "simulation of liars"
        : "simulation";
    return [{ tool, property, detail, effort: attempt.firstSeed + run, seed }, run + 1];
  }
  return [null, attempt.runs];
}

/**
 * Tries a mutant with one tool after the other until something notices it.
 *
 * @param seconds of any clock, for the table only.
 * @param tools in the order in which they are tried.
 */
export async function hunt(
  mutant: Mutant,
  seconds: () => number,
  tools: readonly Attempt[] = attempts[mutant.protocol],
): Promise<Fate> {
  const begun = seconds();
  const substitution = substitutionOf(mutant);
  const spent = { states: 0, runs: 0 };
  let caught: Catch | null = null;
  for (const attempt of tools) {
    if (attempt.tool === "alone") caught = alone(mutant);
    else if (attempt.tool === "histories") caught = inHistories(mutant, attempt.runs);
    else if (attempt.tool !== "simulation") {
      const [found, states] =
        attempt.tool === "model" ? inModel(attempt, substitution) : atEnds(attempt, substitution);
      caught = found;
      spent.states += states;
    } else {
      const [found, done] = await inRuns(attempt, mutant.protocol, substitution);
      caught = found;
      spent.runs += done;
    }
    if (caught !== null) break;
  }
  return {
    mutant: mutant.name,
    class: mutant.class,
    rule: mutant.rule,
    breaks: mutant.breaks,
    caught,
    asExpected: (caught === null) === (mutant.breaks === "nothing"),
    ...spent,
    seconds: Math.round((seconds() - begun) * 10) / 10,
  };
}
