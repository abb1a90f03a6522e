import type { Makers, Shape } from "./cluster.ts";

/** A seeded generator of integers below `n` (mulberry32). */
export function randomFrom(seed: number): (n: number) => number {
  let a = seed >>> 0;
  return (n) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

export interface Run {
  readonly violation: string | null;
  /** Slots that every learner learned in the end. */
  readonly decided: number;
  readonly steps: number;
  readonly crashes: number;
  readonly lost: number;
  readonly ballots: number;
  /** Slots decided somewhere before the fair suffix. */
  readonly early: number;
  /** The highest floor in a record. */
  readonly retired: number;
  /** How often a learner was behind the floor. */
  readonly transfers: number;
}
export interface Schedule {
  readonly shape: Shape;
  readonly makers?: Makers;
  readonly slots?: number;
  readonly chaosSteps?: number;
  /** In 1000 chaos steps. */
  readonly crashRate?: number;
  /** An acceptor comes back without its records. */
  readonly amnesia?: boolean;
  /** No liveness is asked for: broken set-ups. */
  readonly safetyOnly?: boolean;
}
