import type { Checkpoint, Epoch, ReplicaConfig } from "./state.ts";

/** The epoch that a slot belongs to, by what is known so far: the one with the largest `from` up to it (cfg(s)). */
export function epochAt(state: Readonly<Pick<Checkpoint, "epochs">>, slot: number): Epoch {
  const epochs = state.epochs;
  for (let i = epochs.length - 1; i > 0; i -= 1) if (epochs[i]!.from <= slot) return epochs[i]!;
  return epochs[0]!;
}

export function lastEpoch(state: Readonly<Pick<Checkpoint, "epochs">>): Epoch {
  return state.epochs[state.epochs.length - 1]!;
}

/** The first slot of the epoch that a change delivered in `slot` begins (aneris 5.6). */
export function effectiveFrom(
  config: ReplicaConfig,
  state: Readonly<Pick<Checkpoint, "mode">>,
  slot: number,
): number {
  return state.mode.kind === "window" ? slot + config.alpha : slot + 1;
}
