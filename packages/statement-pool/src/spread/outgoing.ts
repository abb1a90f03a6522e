import { mapDelete, mapGet, mapSet, setAdd, setDelete } from "@eunomia/codec";
import type { Effects, NodeId } from "@eunomia/engine";
import type { Sending, SpreadConfig, SpreadState, SpreadTypes, Stage } from "./types.ts";

export type Out = Effects<SpreadTypes>;

/** Cuts what only others need out of a bundle that goes to one process; the identity where that is not known. */
export type ComponentFor = (bundle: Uint8Array, to: NodeId) => Uint8Array;

/** Retransmission backs off to every 2^6 ticks. */
const backoffMax = 6;
/** An optimistic stage without a deadline of its own gets four ticks: four round trips, if a tick is one. */
const optimisticTicks = 4;

/** Ticks that a stage may take; 0: as long as it has to. Gossip and pulling are over when history is. */
function ticksOf({ tickMs, historyTicks }: SpreadConfig, { kind, withinMs }: Stage): number {
  if (withinMs > 0) return Math.ceil(withinMs / tickMs);
  return kind === "direct" ? 0 : kind === "optimistic" ? optimisticTicks : historyTicks;
}

/** Peers that gossip of this statement goes to from here: as many as said, from a place on that the id and the process settle. */
export function gossipPeers(
  { self, peers }: SpreadConfig,
  id: string,
  fanout: number,
  without: NodeId,
): NodeId[] {
  const others = peers.filter((peer) => peer !== without);
  let start = 0;
  for (const character of `${id.slice(0, 8)}${self}`)
    start = (start * 31 + character.charCodeAt(0)) % 1_000_003;
  return Array.from(
    { length: Math.min(fanout, others.length) },
    (_, i) => others[(start + i) % others.length]!,
  );
}

/** The first set of relays in which none has failed lately; the first one if there is none. */
function relaysOf(
  stage: Extract<Stage, { kind: "optimistic" }>,
  suspects: readonly NodeId[],
): readonly NodeId[] {
  return stage.relays.find((set) => set.every((relay) => !suspects.includes(relay))) ?? stage.relays[0] ?? [];
}

/** Begins the stage that `sending.stage` names, or ends the sending. */
export function begin(
  config: SpreadConfig,
  state: SpreadState,
  id: string,
  sending: Sending,
  out: Out,
): void {
  const stage = sending.stages[sending.stage];
  if (stage === undefined) {
    mapDelete(state.sending, id);
    out.output({ kind: "gaveUp", id, missing: [...sending.missing] });
    return;
  }
  const ticks = ticksOf(config, stage);
  sending.attempt = 0;
  sending.untilTick = ticks === 0 ? 0 : state.tick + ticks;
  sending.nextTick = state.tick;
  sending.relays = stage.kind === "optimistic" ? [...relaysOf(stage, state.suspects)] : [];
}

/** Keeps a statement for whoever asks for it; the oldest goes if there are too many. */
export function keep(
  config: SpreadConfig,
  state: SpreadState,
  id: string,
  kept: { readonly bundle: Uint8Array; readonly origin: NodeId; readonly eager: boolean },
): void {
  mapSet(state.kept, id, { ...kept, untilTick: state.tick + config.historyTicks });
  if (state.kept.keys.length <= config.maxHeld) return;
  let oldest = 0;
  state.kept.values.forEach(({ untilTick }, i) => {
    if (untilTick < state.kept.values[oldest]!.untilTick) oldest = i;
  });
  mapDelete(state.kept, state.kept.keys[oldest]!);
}

/** What a stage does each time that its turn comes. */
function transmit(
  config: SpreadConfig,
  id: string,
  sending: Sending,
  componentFor: ComponentFor,
  out: Out,
): void {
  const { bundle, missing, attempt } = sending;
  const origin = config.self;
  const stage = sending.stages[sending.stage]!;
  switch (stage.kind) {
    case "direct":
      for (const to of missing)
        out.send([to], { kind: "push", bundle: componentFor(bundle, to), origin, fanout: 0 });
      return;
    case "gossip":
      if (attempt === 0)
        out.send(gossipPeers(config, id, stage.fanout, origin), {
          kind: "push",
          bundle,
          origin,
          fanout: stage.fanout,
        });
      return;
    case "pull":
      out.send([...missing], { kind: "have", ids: [id], eager: false });
      return;
    case "optimistic":
      if (attempt === 0) out.send(sending.relays, { kind: "relay", bundle, destinations: [...missing] });
  }
}

/** A tick for a statement on its way: its turn, or the next stage. */
export function advance(
  config: SpreadConfig,
  state: SpreadState,
  id: string,
  componentFor: ComponentFor,
  out: Out,
): void {
  const sending = mapGet(state.sending, id);
  if (sending === undefined) return;
  if (sending.untilTick !== 0 && state.tick >= sending.untilTick) {
    for (const relay of sending.relays) setAdd(state.suspects, relay);
    sending.stage += 1;
    begin(config, state, id, sending, out);
    if (mapGet(state.sending, id) === undefined) return;
  }
  if (state.tick < sending.nextTick) return;
  transmit(config, id, sending, componentFor, out);
  sending.nextTick = state.tick + 2 ** Math.min(sending.attempt, backoffMax);
  sending.attempt += 1;
}

/** A process has it: it said so itself, and nobody can for it. */
export function acknowledged(state: SpreadState, id: string, from: NodeId, out: Out): void {
  const sending = mapGet(state.sending, id);
  if (sending === undefined) return;
  setDelete(sending.missing, from);
  if (sending.missing.length > 0) return;
  mapDelete(state.sending, id);
  out.output({ kind: "reached", id });
}
