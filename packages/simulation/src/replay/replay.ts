import { SimulationError } from "../errors.ts";
import type { RunPlan } from "../run-types.ts";
import type { RunResult } from "../types.ts";
import type { ReplayFile } from "./read.ts";
import { recordRun } from "./write.ts";

/** What a replay found. */
export interface Replayed {
  readonly result: RunResult;
  /** Null: every record was the same, the verdict too. */
  readonly difference: {
    /** The record, counted from 1; one more than there are: the verdict. */
    readonly record: number;
    readonly expected: string;
    readonly got: string;
  } | null;
}

/**
 * The plan that a replay file describes, for a system that its reader has found by the name in the header.
 *
 * @throws SimulationError `replay-system` or `replay-adversary` when they are not the ones that the file names.
 */
export function planOfReplay<C>(
  { header, choices, script }: ReplayFile,
  parts: Pick<RunPlan<C>, "system" | "substitute" | "adversary">,
): RunPlan<C> {
  if (parts.system.name !== header.system)
    throw new SimulationError(
      "replay-system",
      `"system" expected "${header.system}", which the replay file names, got "${parts.system.name}"`,
    );
  const { seed, config, profile, limits, wire } = header;
  const adversary = parts.adversary ?? header.adversary;
  if (typeof adversary === "string")
    throw new SimulationError(
      "replay-adversary",
      `the replay file names the adversary "${adversary}", which is none of those with a plan: hand it over as "adversary", or replay the file with the program that wrote it`,
    );
  return {
    ...parts,
    ...(adversary !== undefined && { adversary }),
    seed,
    config: config as C,
    profile,
    limits,
    wire,
    choices,
    ...(script !== null && { script }),
  };
}

/**
 * Runs a replay file again and compares record by record.
 *
 * @throws SimulationError when the system is not the one that the file names.
 */
export async function replay<C>(
  file: ReplayFile,
  parts: Pick<RunPlan<C>, "system" | "substitute" | "adversary">,
): Promise<Replayed> {
  const { header, records, verdictLine } = file;
  const again = await recordRun(planOfReplay(file, parts), header);
  const expected = [...records, verdictLine];
  const got = [...again.records, again.verdict];
  const at = expected.findIndex((record, place) => record !== got[place]);
  if (at < 0 && got.length === expected.length) return { result: again.result, difference: null };
  const record = at < 0 ? expected.length : at;
  return {
    result: again.result,
    difference: {
      record: record + 1,
      expected: expected[record] ?? "nothing",
      got: got[record] ?? "nothing",
    },
  };
}
