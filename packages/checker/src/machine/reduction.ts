import { CheckerError } from "../error.ts";
import type { Machine } from "./machine.ts";
import type { Move } from "./moves.ts";

/** A way to visit fewer states with the same verdicts. Off unless given to a search. */
export interface Reduction {
  readonly name: string;
  /** Why it must not be used with this model or property, if so; the search then refuses. */
  attach(machine: Machine): AttachedReduction;
}

/** A reduction at work on one machine. Every part is optional; each must depend on its arguments only. */
export interface AttachedReduction {
  /** May the message be forgotten by a process in this local state (numbers of the machine)? Asked once for each pair. */
  drops?(local: number, message: number): boolean;
  /** Other moves for a cell: fewer, more, or joined ones. */
  moves?(cell: number, moves: readonly Move[]): readonly Move[];
  /** Sees each cell whose moves are asked for, at least once: for checks. */
  watch?(cell: number): void;
  /**
   * The position of a move of this cell that may be taken alone, before everything that anybody might do; -1: there is none.
   * `crashes`: may nodes still crash?
   */
  alone?(cell: number, crashes: boolean): number;
  /** Turns the vector into the representative of its class, in place. */
  canonical?(vector: Int32Array): void;
  /** Every state that the representative stands for, itself first; the n-th always by the n-th renaming. */
  classOf?(vector: Int32Array): readonly Int32Array[];
  /** Makes the checks that wait for the end. One line: on how much its condition was checked. */
  checked(): string;
}

/**
 * Reductions at work on a machine.
 *
 * @throws CheckerError with code `option` for what is none, with code `reduction` for one that does not fit.
 */
export function attached(
  machine: Machine,
  reductions: readonly Reduction[],
): readonly { readonly name: string; readonly at: AttachedReduction }[] {
  if (!Array.isArray(reductions) || reductions.some((one) => typeof one?.attach !== "function"))
    throw new CheckerError(
      "option",
      '"reductions" expected a list of reductions, such as [inertMessages] or [configurationSymmetry()]',
    );
  return reductions.map((reduction: Reduction) => ({ name: reduction.name, at: reduction.attach(machine) }));
}
