import type { Story } from "../story/types.ts";
import type { Position, Preview } from "./messages.ts";

/** Where a story lives and may go on: a model, or a run that was simulated. */
export interface Ground {
  story(): Story;
  position(at: number): Position;
  /** What the step would do. */
  preview(at: number, choice: number): Preview;
  /** Forgets what lies behind `at` and takes a step. */
  take(at: number, choice: number): void;
  /** How many steps may be taken from there. */
  width(at: number): number;
}

/** What the page asked for cannot be done; the message says why and what to do. */
export class ExplorerError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "ExplorerError";
    this.code = code;
  }
}
