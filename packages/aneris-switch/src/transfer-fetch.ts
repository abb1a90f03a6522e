import { equalBytes, mapDelete, mapGet, mapHas, mapSet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import type { Fetching, TransferConfig, TransferState, TransferTypes } from "./transfer-types.ts";

type Out = Effects<TransferTypes>;
interface Named {
  readonly slot: number;
  readonly root: Uint8Array;
}

/** The snapshot that is being fetched, if it is this one. */
export function fetchingOf(state: Readonly<TransferState>, { slot, root }: Named): Fetching | null {
  const { fetching } = state;
  return fetching !== null && fetching.slot === slot && equalBytes(fetching.root, root) ? fetching : null;
}

/** A peer has a snapshot of slots that this node lacks: fetch it, or take the peer as one more source of it. */
export function takeOffer(state: TransferState, out: Out, from: string, { slot, root }: Named): void {
  const known = fetchingOf(state, { slot, root });
  if (known !== null) {
    if (!mapHas(known.sources, from)) mapSet(known.sources, from, 0);
    return;
  }
  // One at a time: what was begun ends, or runs out of sources, before a later one is worth beginning.
  if (state.fetching !== null) return;
  state.fetching = {
    slot,
    root,
    begun: false,
    complete: false,
    wanted: [],
    asked: [],
    sources: { keys: [from], values: [0] },
    ticks: 0,
  };
  out.send([from], { kind: "describe", slot, root });
}

/** The store says what is missing: from now on chunks are fetched, from everybody who has them. */
export function begin(state: TransferState, out: Out, fetching: Fetching, missing: readonly number[]): void {
  const first = !fetching.begun;
  fetching.begun = true;
  fetching.complete = false;
  fetching.asked = [];
  fetching.wanted = [...missing].reverse();
  const { slot, root, sources } = fetching;
  const others = state.peers.filter((peer) => !mapHas(sources, peer));
  if (first && others.length > 0) out.send(others, { kind: "seek", slot, root });
}

/** Asks for chunks while there is room, each of the source that has the fewest questions open. */
export function askOn(config: TransferConfig, state: TransferState, out: Out): void {
  const { fetching } = state;
  if (fetching === null || !fetching.begun || fetching.complete) return;
  const { slot, root, wanted, asked, sources } = fetching;
  if (wanted.length === 0 && asked.length === 0) {
    fetching.complete = true;
    return out.output({ kind: "finish", slot, root });
  }
  while (asked.length < config.maxInFlight && wanted.length > 0 && sources.keys.length > 0) {
    const open = (peer: string): number => asked.filter((question) => question.peer === peer).length;
    const peer = sources.keys.reduce((least, other) => (open(other) < open(least) ? other : least));
    const index = wanted.pop()!;
    asked.push({ index, peer, ticks: 0 });
    out.send([peer], { kind: "fetch", slot, root, index });
  }
}

/** A chunk that was asked for has come. The store says later whether it is right. */
export function takeChunk(fetching: Fetching, from: string, index: number): void {
  fetching.asked = fetching.asked.filter((question) => question.index !== index);
  if (mapHas(fetching.sources, from)) mapSet(fetching.sources, from, 0);
}

/** This peer is of no use for the snapshot: its chunks are to come from others. Without a source the fetch is over. */
export function dropSource(state: TransferState, fetching: Fetching, peer: string): void {
  mapDelete(fetching.sources, peer);
  const { asked } = fetching;
  for (const question of asked) if (question.peer === peer) fetching.wanted.push(question.index);
  fetching.asked = asked.filter((question) => question.peer !== peer);
  if (fetching.sources.keys.length === 0 && !fetching.complete) state.fetching = null;
}

/** Questions that wait for too long are asked again, of others once a source has lost several. */
export function ageQuestions(config: TransferConfig, state: TransferState): void {
  const { fetching } = state;
  if (fetching === null || fetching.complete) return;
  if (!fetching.begun) {
    fetching.ticks += 1;
    if (fetching.ticks > config.patienceTicks) state.fetching = null;
    return;
  }
  if (fetching.sources.keys.length === 0) {
    state.fetching = null;
    return;
  }
  const losers = new Set<string>();
  fetching.asked = fetching.asked.filter((question) => {
    question.ticks += 1;
    if (question.ticks <= config.patienceTicks) return true;
    fetching.wanted.push(question.index);
    losers.add(question.peer);
    return false;
  });
  for (const peer of losers) {
    const strikes = (mapGet(fetching.sources, peer) ?? 0) + 1;
    if (strikes >= config.strikesMax) dropSource(state, fetching, peer);
    else if (mapHas(fetching.sources, peer)) mapSet(fetching.sources, peer, strikes);
  }
}
