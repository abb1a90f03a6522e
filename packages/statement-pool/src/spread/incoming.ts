import { equalBytes, mapDelete, mapGet, mapHas, mapSet, setAdd, setDelete, setHas } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { type ComponentFor, gossipPeers, keep, type Out } from "./outgoing.ts";
import type { Pending, SpreadConfig, SpreadState } from "./types.ts";

/** What the engine is given besides its configuration: pure functions. */
export interface SpreadPorts {
  /** The id of the statement in a bundle; null: it is none. */
  readonly idOf: (bundle: Uint8Array) => string | null;
  readonly componentFor: ComponentFor;
}

const pendingOf = (state: Readonly<SpreadState>, from: NodeId): number =>
  state.pending.values.reduce((count, pending) => count + (pending.from === from ? 1 : 0), 0);

/** The statement that waits to be admitted, begun if it is new; null: this peer has too many waiting. */
function pending(
  config: SpreadConfig,
  state: SpreadState,
  id: string,
  from: NodeId,
  bundle: Uint8Array,
  out: Out,
): Pending | null {
  const known = mapGet(state.pending, id);
  if (known !== undefined) return known;
  if (pendingOf(state, from) >= config.maxPending) {
    out.output({ kind: "refused", from, reason: "too many waiting" });
    return null;
  }
  const begun: Pending = { from, bundle, origins: [], fanout: 0, relay: { keys: [], values: [] } };
  mapSet(state.pending, id, begun);
  out.output({ kind: "arrived", from, id, bundle });
  return begun;
}

/** A statement comes from its issuer or over others. */
export function pushed(
  config: SpreadConfig,
  state: SpreadState,
  found: {
    readonly id: string;
    readonly from: NodeId;
    readonly bundle: Uint8Array;
    readonly origin: NodeId;
    readonly fanout: number;
  },
  out: Out,
): void {
  const { id, from, bundle, origin, fanout } = found;
  const kept = mapGet(state.kept, id);
  // It was admitted; whoever sends it again has not heard of that. Other evidence may tell the pool more.
  if (kept !== undefined && origin !== config.self) out.send([origin], { kind: "ack", id });
  if (kept !== undefined && equalBytes(kept.bundle, bundle)) return;
  const waiting = pending(config, state, id, from, bundle, out);
  if (waiting === null) return;
  setAdd(waiting.origins, origin);
  waiting.fanout = Math.max(waiting.fanout, fanout);
}

/** Passes a bundle on, within what one peer may ask for in a tick. */
function passOn(
  config: SpreadConfig,
  state: SpreadState,
  origin: NodeId,
  bundle: Uint8Array,
  destinations: readonly NodeId[],
  out: Out,
): void {
  const spent = mapGet(state.relayed, origin) ?? 0;
  const allowed = destinations.slice(0, Math.max(0, config.maxRelayed - spent));
  mapSet(state.relayed, origin, spent + allowed.length);
  out.send(allowed, { kind: "push", bundle, origin, fanout: 0 });
  if (allowed.length < destinations.length)
    out.output({ kind: "refused", from: origin, reason: "too much to pass on" });
}

/** Somebody asks to pass a statement on. Whoever is a destination too looks at it first; others pass it on within their quota. */
export function relayed(
  config: SpreadConfig,
  state: SpreadState,
  found: {
    readonly id: string;
    readonly from: NodeId;
    readonly bundle: Uint8Array;
    readonly destinations: readonly NodeId[];
  },
  out: Out,
): void {
  const { id, from, bundle, destinations } = found;
  const others = [...new Set(destinations)].filter((to) => to !== config.self && to !== from).sort();
  if (!destinations.includes(config.self) || mapHas(state.kept, id)) {
    if (destinations.includes(config.self)) out.send([from], { kind: "ack", id });
    passOn(config, state, from, bundle, others, out);
    out.send([from], { kind: "relayed", id });
    return;
  }
  const waiting = pending(config, state, id, from, bundle, out);
  if (waiting === null) return;
  setAdd(waiting.origins, from);
  mapSet(waiting.relay, from, others);
}

/** The pool has looked at a statement that arrived. */
export function settled(config: SpreadConfig, state: SpreadState, id: string, ok: boolean, out: Out): void {
  const waiting = mapGet(state.pending, id);
  if (waiting === undefined) return;
  mapDelete(state.pending, id);
  if (!ok) return;
  const { bundle, from, fanout, origins, relay } = waiting;
  const origin = origins[0] ?? from;
  setDelete(state.wanted, id);
  // What convinced first stays: bytes that come later may have gained nothing but bad evidence.
  if (mapHas(state.kept, id)) return;
  keep(config, state, id, { bundle, origin, eager: fanout > 0 });
  for (const one of origins) if (one !== config.self) out.send([one], { kind: "ack", id });
  if (fanout > 0) out.send(gossipPeers(config, id, fanout, from), { kind: "push", bundle, origin, fanout });
  for (const [i, asked] of relay.keys.entries()) {
    passOn(config, state, asked, bundle, relay.values[i]!, out);
    out.send([asked], { kind: "relayed", id });
  }
}

/** A peer names what it has: ask for what is wanted, and under gossip for whatever is not here. */
export function offered(
  state: SpreadState,
  from: NodeId,
  ids: readonly string[],
  eager: boolean,
  out: Out,
): void {
  const missing = ids.filter((id) => !mapHas(state.kept, id) && !mapHas(state.pending, id));
  const asked = eager ? missing : missing.filter((id) => setHas(state.wanted, id));
  if (asked.length > 0) out.send([from], { kind: "want", ids: asked });
  const offers = missing.filter((id) => !asked.includes(id));
  if (offers.length > 0) out.output({ kind: "offered", from, ids: offers });
}

/** A peer asks: it gets what is here. */
export function asked(
  config: SpreadConfig,
  state: Readonly<SpreadState>,
  from: NodeId,
  ids: readonly string[],
  componentFor: ComponentFor,
  out: Out,
): void {
  for (const id of ids) {
    const kept = mapGet(state.kept, id);
    if (kept === undefined) continue;
    const { origin, bundle, eager } = kept;
    const fanout = eager ? 1 : 0;
    const given = fanout === 0 ? componentFor(bundle, from) : bundle;
    out.send([from], { kind: "push", bundle: given, origin: eager ? origin : config.self, fanout });
  }
}
