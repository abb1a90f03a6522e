import type { Draw } from "../types.ts";
import { Stream } from "./stream.ts";

/**
 * Chance that follows from a text alone, for what is drawn outside of runs.
 *
 * @example
 * const scenario = scenarios.random(seededDraw("1"));
 */
export const seededDraw = (seed: string): Draw => new Stream("draw", seed, null);
