import { CheckerError, check, configurationSymmetry, inertMessages } from "@eunomia/checker";
import { simulate } from "@eunomia/simulation";
import { modelOfScope, scopes } from "../protocols/models.ts";
import { systemOf } from "../protocols/systems.ts";
import { type Mutant, type MutantProtocol, type Substitution, substitutionOf } from "./mutant.ts";

/** One attempt at a mutant: a model up to so many states, or so many simulated runs. Plain JSON. */
export type Attempt =
  | { readonly tool: "model"; readonly scope: string; readonly states: number; readonly reduced: boolean }
  | {
      readonly tool: "simulation";
      readonly firstSeed: number;
      readonly runs: number;
      readonly virtualMs: number;
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
});

/** The cheapest tools first. A mutant that survives all of them is a missing test. */
export const attempts: Readonly<Record<MutantProtocol, readonly Attempt[]>> = {
  paxos: [
    model("paxos/1a-crash-leader", 10_000),
    model("paxos/1a2b-crash-split", 50_000),
    model("paxos/2a2b-flexible", 10_000),
    model("paxos/2a2b-flexible-soup", 50_000),
    model("paxos/3a2b-grid", 50_000),
    model("paxos/2a2b-trims", 100_000),
    runs(1, 16, 3_000),
    reduced("paxos/3a2b", 200_000),
    reduced("paxos/2a2b-pages", 800_000),
    runs(17, 84),
    reduced("paxos/3a3b", 500_000),
    runs(101, 150),
  ],
  "two-thirds": [
    runs(1, 16, 3_000),
    model("two-thirds/3of4m2r", 500_000),
    runs(17, 84),
    runs(101, 150),
  ],
  aneris: [
    model("aneris/1r-crash", 10_000),
    model("aneris/1r-gap", 10_000),
    model("aneris/2r-fifo", 10_000),
    model("aneris/2r2v1s", 20_000),
    model("aneris/2r-modes", 20_000),
    model("aneris/2r-lies", 50_000),
    model("aneris/2r2v1s-cut", 100_000),
    runs(1, 10, 3_000),
    model("aneris/2r2v1s-window", 200_000),
    runs(11, 50),
    runs(61, 60, 8_000),
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
    const reductions = less ? [inertMessages, configurationSymmetry()] : [];
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

async function inRuns(
  attempt: Extract<Attempt, { tool: "simulation" }>,
  protocol: MutantProtocol,
  substitution: Substitution,
): Promise<[Catch | null, number]> {
  const system = systemOf(protocol, substitution);
  for (let run = 0; run < attempt.runs; run += 1) {
    const seed = String(attempt.firstSeed + run);
    const limits = { mode: "liveness", virtualMs: attempt.virtualMs, maxSteps: 400_000 } as const;
    const { outcome } = await simulate({ system, seed, limits, substitute: substitution.engine });
    if (outcome.kind === "ok") continue;
    const { property, detail } = outcome;
    return [{ tool: "simulation", property, detail, effort: attempt.firstSeed + run, seed }, run + 1];
  }
  return [null, attempt.runs];
}

/**
 * Tries a mutant with one tool after the other until something notices it.
 *
 * @param seconds of any clock, for the table only.
 */
export async function hunt(mutant: Mutant, seconds: () => number): Promise<Fate> {
  const begun = seconds();
  const substitution = substitutionOf(mutant);
  const spent = { states: 0, runs: 0 };
  let caught: Catch | null = null;
  for (const attempt of attempts[mutant.protocol]) {
    if (attempt.tool === "model") {
      const [found, states] = inModel(attempt, substitution);
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
