import type { Profile } from "../profile.ts";
import type { Draw } from "../types.ts";

/** Nothing goes wrong: packets take their time and arrive. */
export const calmProfile: Profile = {
  network: {
    delayMinMs: 1,
    delayMeanMs: 2,
    heavyTail: false,
    loss: 0,
    burst: 0,
    duplicate: 0,
    corrupt: 0,
    lifo: false,
  },
  rates: { partition: 0, heal: 0, clog: 0, crash: 0, restart: 0, pause: 0, clock: 0, diskError: 0 },
  disk: { syncMaxMs: 0, torn: 0, damaged: 0, absent: 0, rolledBack: 0 },
  midStep: false,
  batchMaxMs: 0,
  beyond: false,
};

/** Every class of fault at once, within the budget. */
export const stormProfile: Profile = {
  network: {
    delayMinMs: 0.2,
    delayMeanMs: 10,
    heavyTail: true,
    loss: 0.1,
    burst: 0.002,
    duplicate: 0.1,
    corrupt: 0.005,
    lifo: false,
  },
  rates: {
    partition: 0.005,
    heal: 0.03,
    clog: 0.005,
    crash: 0.01,
    restart: 0.05,
    pause: 0.003,
    clock: 0.003,
    diskError: 0.003,
  },
  disk: { syncMaxMs: 10, torn: 0.5, damaged: 0.02, absent: 0.02, rolledBack: 0.02 },
  midStep: true,
  batchMaxMs: 1,
  beyond: false,
};

/**
 * A profile as a swarm has it: each class of faults is on with probability one half, and its rate is drawn. Runs in which few
 * things go wrong reach states that a storm never lets happen.
 */
export function drawProfile(draw: Draw): Profile {
  const share = (most: number): number =>
    draw.chance(0.5) ? round(most * (1 + draw.below(16)) * 0.0625) : 0;
  const delayMeanMs = draw.pick([1, 2, 5, 10, 30, 100]);
  return {
    network: {
      delayMinMs: draw.pick([0, 0.1, 1, 5]),
      delayMeanMs,
      heavyTail: draw.chance(0.5),
      loss: share(0.3),
      burst: share(0.005),
      duplicate: share(0.5),
      corrupt: share(0.01),
      lifo: draw.chance(0.125),
    },
    rates: {
      partition: share(0.03),
      heal: round(0.01 * (1 + draw.below(10))),
      clog: share(0.02),
      crash: share(0.02),
      restart: round(0.005 * 2 ** draw.below(6)),
      pause: share(0.01),
      clock: share(0.01),
      diskError: share(0.01),
    },
    disk: {
      syncMaxMs: draw.pick([0, 0, 1, 10, 100]),
      torn: share(1),
      damaged: share(0.1),
      absent: share(0.1),
      rolledBack: share(0.1),
    },
    midStep: draw.chance(0.5),
    batchMaxMs: draw.pick([0, 0, 1, 20]),
    beyond: false,
  };
}

/** Rates with six digits: what a replay file says is what was used. */
const round = (value: number): number => Math.round(value * 1_000_000) / 1_000_000;
