import type { Delivery } from "./state.ts";

/**
 * What a node does with the order: a state that is a function of the delivered slots, and of nothing else. All calls come in slot
 * order, each slot once it is durable here.
 *
 * @example
 * const sum = { total: 0, apply({ count }) { this.total += count; }, snapshot() { return [encode(nat(), this.total)]; }, … };
 */
export interface Application {
  /** The next slot. */
  apply(delivery: Delivery): void;
  /**
   * The state after the slot that was applied last, in pieces of at most 16 MiB. It must be the same pieces at every node: no
   * order of insertion, no clock. They are taken at once, unless `frozenSnapshots` is true.
   */
  snapshot(): Iterable<Uint8Array>;
  /** True: pieces are fetched over later turns while `apply` goes on, and the answer of `snapshot` does not change by it. */
  readonly frozenSnapshots?: boolean;
  /**
   * Takes the place of the whole state, whatever it was; called again with another snapshot if this one turns out to be damaged.
   * What the pieces throw while they are read must go through.
   */
  restore(pieces: Iterable<Uint8Array>): void;
  /**
   * The answer to a read that needs no place in the order, of at most 1 MiB. Changes nothing, and throws nothing: the body is a
   * client's, whatever it is.
   */
  query?(body: Uint8Array): Uint8Array;
}
