import { fairnessModels } from "./fairness.ts";
import { incompleteModels } from "./incomplete.ts";
import { runModels } from "./runs.ts";
import type { LivenessModel } from "./types.ts";

/**
 * Tiny models for the published mistakes of liveness checkers, each with its right answer. A checker passes when it
 * gives exactly these answers; saying `holds` where it does not is the mistake that matters most.
 *
 * @example
 * for (const model of livenessModels) expect(judge(model)).toBe(model.verdict);
 */
export const livenessModels: readonly LivenessModel[] = [
  ...runModels,
  ...fairnessModels,
  ...incompleteModels,
];
