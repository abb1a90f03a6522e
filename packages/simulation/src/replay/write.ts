import { SimulationError } from "../errors.ts";
import type { ReplayHeader, RunPlan } from "../run-types.ts";
import { finishRun } from "../simulate.ts";
import { Simulation } from "../simulation.ts";
import type { Choice, RunResult } from "../types.ts";
import { toPlain } from "./plain.ts";

/** What a replay file says beside the run itself. */
export interface ReplayAbout {
  /** Hash of the engines' sources. */
  readonly engines: string;
  /** The version of the platform, such as `process.version`. */
  readonly node: string;
  /** The name by which the reader finds the mutant again. */
  readonly mutant?: string;
  /** The name of an adversary that a function has made; one with a plan is written with its plan. */
  readonly adversary?: ReplayHeader["adversary"];
  readonly shrunk?: boolean;
}

/** A run with every record of it, as the lines of a replay file without the header. */
export interface RecordedRun {
  readonly header: ReplayHeader;
  /** The moves, if the run goes by a script. */
  readonly script: readonly string[] | null;
  /** Steps and notes in order. */
  readonly records: readonly string[];
  readonly verdict: string;
  readonly result: RunResult;
}

/**
 * Runs the plan and keeps every record.
 *
 * @throws SimulationError `bad-option` for an adversary that nobody could find again.
 */
export async function recordRun<C>(plan: RunPlan<C>, about: ReplayAbout): Promise<RecordedRun> {
  const { mutant } = about;
  const adversary = typeof plan.adversary === "object" ? plan.adversary : about.adversary;
  if (plan.adversary !== undefined && adversary === undefined)
    throw new SimulationError(
      "bad-option",
      `"adversary" expected a name for the replay file, got none: name the function that makes it, or take a strategy by its name`,
    );
  const records: string[] = [];
  const simulation = new Simulation(plan, {
    onStep: ({ atMs, state: _, ...step }) => records.push(JSON.stringify(toPlain({ at: atMs, ...step }))),
    onNote: (at, note) => records.push(JSON.stringify({ at, note })),
  });
  const result = await finishRun(simulation, plan.system.promises === true);
  const { outcome, steps, digest } = result;
  const header: ReplayHeader = {
    v: 1,
    kind: "run",
    engines: about.engines,
    node: about.node,
    system: plan.system.name,
    config: simulation.config,
    seed: plan.seed,
    profile: simulation.profile,
    limits: simulation.limits,
    wire: simulation.wire,
    ...(mutant !== undefined && { mutant }),
    ...(adversary !== undefined && { adversary }),
    shrunk: about.shrunk ?? false,
  };
  const told =
    outcome.kind === "ok"
      ? { verdict: outcome.kind }
      : { verdict: outcome.kind, property: outcome.property, detail: outcome.detail };
  const { script } = plan;
  return {
    header,
    script: script ?? null,
    records,
    verdict: JSON.stringify({
      ...told,
      choices: result.choices.length,
      ...(script !== undefined && { moves: script.length }),
      line: records.length,
      steps,
      digest,
    }),
    result,
  };
}

/**
 * The text of a replay file: the header, the choices that were not the calmest, the moves of a script, every record, the verdict.
 *
 * @example
 * const file = replayText(await recordRun(plan, { engines: hash, node: process.version }));
 */
export function replayText({ header, script, records, verdict, result }: RecordedRun): string {
  const choices = result.choices.map(({ stream, index, arity, value }: Choice) =>
    JSON.stringify({ c: stream, i: index, n: arity, k: value }),
  );
  const moves = (script ?? []).map((move) => JSON.stringify({ do: move }));
  return `${[JSON.stringify(header), ...choices, ...moves, ...records, verdict].join("\n")}\n`;
}
