import { mapDelete, mapGet, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import type { TransferConfig, TransferState, TransferTypes } from "./transfer-types.ts";

type Out = Effects<TransferTypes>;

/** A peer fetches a snapshot here: as long as it does, that one and the log behind it are to stay. */
export function noteReader(state: TransferState, out: Out, peer: string, slot: number): void {
  mapSet(state.readers, peer, { slot, idleTicks: 0 });
  tellPinned(state, out);
}

/** Readers that ask for nothing any more are forgotten. */
export function ageReaders(config: TransferConfig, state: TransferState, out: Out): void {
  for (const peer of [...state.readers.keys]) {
    const reader = mapGet(state.readers, peer)!;
    reader.idleTicks += 1;
    if (reader.idleTicks > config.pinTicks) mapDelete(state.readers, peer);
  }
  tellPinned(state, out);
}

function tellPinned(state: TransferState, out: Out): void {
  const slots = state.readers.values.map(({ slot }) => slot);
  const lowest = slots.length === 0 ? null : Math.min(...slots);
  if (lowest === state.pinned) return;
  state.pinned = lowest;
  out.output({ kind: "pinned", slot: lowest });
}

/** Loads what was asked for, so much in a tick: a snapshot must not push the protocol's own messages aside. */
export function serveOn(config: TransferConfig, state: TransferState, out: Out): void {
  while (state.served < config.servePerTick) {
    const next = state.queue.shift();
    if (next === undefined) return;
    state.served += 1;
    out.output({ kind: "load", ...next });
  }
}

/** Whether a further question of this peer may wait here. */
export function mayQueue(config: TransferConfig, state: Readonly<TransferState>, peer: string): boolean {
  return state.queue.filter(({ to }) => to === peer).length < config.maxQueued;
}
