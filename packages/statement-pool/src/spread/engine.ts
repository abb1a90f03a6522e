import { mapDelete, mapGet, mapSet, nil, setAdd, setDelete } from "@eunomia/codec";
import { actionsOf, type Engine, type NodeId } from "@eunomia/engine";
import { asked, offered, pushed, relayed, type SpreadPorts, settled } from "./incoming.ts";
import { acknowledged, advance, begin, keep, type Out } from "./outgoing.ts";
import {
  type Sending,
  SpreadCommand,
  SpreadConfig,
  SpreadMessage,
  SpreadOutput,
  SpreadState,
  type SpreadTypes,
  type Stage,
} from "./types.ts";

/** Ids in one message. */
const idsMax = 1024;

/** Without `final`, sending directly comes last: then nothing is owed to a relay or to luck. */
function chain(stages: readonly Stage[], final: boolean): Stage[] {
  const last = stages.at(-1);
  if (final && last !== undefined) return [...stages];
  return last?.kind === "direct" && last.withinMs === 0
    ? [...stages]
    : [...stages, { kind: "direct", withinMs: 0 }];
}

function spread(
  config: SpreadConfig,
  state: SpreadState,
  command: Extract<SpreadCommand, { kind: "spread" }>,
  ports: SpreadPorts,
  out: Out,
): void {
  const { bundle, to, stages, final } = command;
  const id = ports.idOf(bundle);
  if (id === null) {
    out.output({ kind: "refused", from: config.self, reason: "no statement" });
    return;
  }
  const missing = to.filter((node) => node !== config.self);
  const eager = stages.some(({ kind }) => kind === "gossip");
  keep(config, state, id, { bundle, origin: config.self, eager });
  if (missing.length === 0 || mapGet(state.sending, id) !== undefined) return;
  const sending: Sending = {
    bundle,
    missing,
    stages: chain(stages, final),
    final,
    stage: 0,
    attempt: 0,
    nextTick: state.tick,
    untilTick: 0,
    relays: [],
  };
  mapSet(state.sending, id, sending);
  begin(config, state, id, sending, out);
  advance(config, state, id, ports.componentFor, out);
}

function want(config: SpreadConfig, state: SpreadState, ids: readonly string[], out: Out): void {
  for (const id of ids) setAdd(state.wanted, id);
  if (ids.length > 0) out.send(config.peers, { kind: "want", ids: ids.slice(0, idsMax) });
}

function drop(state: SpreadState, ids: readonly string[]): void {
  for (const id of ids) {
    mapDelete(state.sending, id);
    mapDelete(state.kept, id);
    setDelete(state.wanted, id);
  }
}

function command(
  config: SpreadConfig,
  state: SpreadState,
  one: SpreadCommand,
  ports: SpreadPorts,
  out: Out,
): void {
  if (one.kind === "spread") spread(config, state, one, ports, out);
  else if (one.kind === "admitted") settled(config, state, one.id, one.ok, out);
  else if (one.kind === "want") want(config, state, one.ids, out);
  else drop(state, one.ids);
}

/** A part of a list that moves on with each tick, so that all comes up in the end. */
function part(ids: readonly string[], tick: number): string[] {
  const from = (tick * idsMax) % Math.max(1, Math.ceil(ids.length / idsMax) * idsMax);
  return ids.slice(from, from + idsMax);
}

/** Gossip by name, to one peer after the other; wants are repeated; what is old is let go of. */
function heartbeat(config: SpreadConfig, state: SpreadState, out: Out): void {
  const { kept, tick } = state;
  for (let i = kept.keys.length - 1; i >= 0; i--)
    if (kept.values[i]!.untilTick <= tick) mapDelete(kept, kept.keys[i]!);
  const peer = config.peers[tick % Math.max(1, config.peers.length)];
  if (peer === undefined) return;
  const round = Math.floor(tick / config.peers.length);
  const ids = part(
    kept.keys.filter((_, i) => kept.values[i]!.eager),
    round,
  );
  if (ids.length > 0) out.send([peer], { kind: "have", ids, eager: true });
  const wanted = part(state.wanted, round);
  if (wanted.length > 0) out.send([peer], { kind: "want", ids: wanted });
}

function tick(config: SpreadConfig, state: SpreadState, ports: SpreadPorts, out: Out): void {
  state.tick += 1;
  state.relayed = { keys: [], values: [] };
  for (const id of [...state.sending.keys]) advance(config, state, id, ports.componentFor, out);
  heartbeat(config, state, out);
  out.arm("tick", config.tickMs, config.tickMs >> 2);
}

const on = actionsOf<SpreadTypes>();

function actions(ports: SpreadPorts) {
  const named = (bundle: Uint8Array, from: NodeId) => ({ id: ports.idOf(bundle), from });
  return [
    on.start(
      "begin",
      () => true,
      (config, _state, _found, out) => out.arm("tick", config.tickMs, config.tickMs >> 2),
    ),
    on.commands(
      "take commands",
      (_config, _state, commands) => commands,
      (config, state, commands, out) => {
        for (const one of commands) command(config, state, one, ports, out);
      },
    ),
    on.message(
      "push",
      "take a statement",
      (_config, _state, { bundle, origin, fanout }, from) => ({
        ...named(bundle, from),
        bundle,
        origin,
        fanout,
      }),
      (config, state, { id, ...rest }, out) => {
        if (id === null) out.output({ kind: "refused", from: rest.from, reason: "no statement" });
        else pushed(config, state, { id, ...rest }, out);
      },
    ),
    on.message(
      "relay",
      "pass a statement on",
      (_config, _state, { bundle, destinations }, from) => ({ ...named(bundle, from), bundle, destinations }),
      (config, state, { id, ...rest }, out) => {
        if (id === null) out.output({ kind: "refused", from: rest.from, reason: "no statement" });
        else relayed(config, state, { id, ...rest }, out);
      },
    ),
    on.message(
      "ack",
      "count an acknowledgement",
      (_config, state, { id }, from) => (mapGet(state.sending, id) === undefined ? null : { id, from }),
      (_config, state, { id, from }, out) => {
        setDelete(state.suspects, from);
        acknowledged(state, id, from, out);
      },
    ),
    on.message(
      "relayed",
      "hear from a relay",
      (_config, state, { id }, from) =>
        mapGet(state.sending, id)?.relays.includes(from) ? { id, from } : null,
      (_config, state, { id, from }) => {
        setDelete(state.suspects, from);
        const sending = mapGet(state.sending, id)!;
        sending.relays = sending.relays.filter((relay) => relay !== from);
      },
    ),
    on.message(
      "have",
      "hear what a peer has",
      (_config, _state, { ids, eager }, from) => ({ ids, eager, from }),
      (_config, state, { ids, eager, from }, out) => offered(state, from, ids, eager, out),
    ),
    on.message(
      "want",
      "bring what is asked for",
      (_config, _state, { ids }, from) => ({ ids, from }),
      (config, state, { ids, from }, out) => asked(config, state, from, ids, ports.componentFor, out),
    ),
    on.timeout(
      "tick",
      "tick",
      () => true,
      (config, state, _found, out) => tick(config, state, ports, out),
    ),
  ];
}

/**
 * Brings statements to those who must hear them: directly, by gossip, on demand, or through relays, one stage after the other. Nothing
 * about it is trusted: evidence speaks for itself, and whoever passes on can lose, delay, repeat or leak, and no more.
 *
 * @example
 * const engine = spreadEngine({ idOf: (bundle) => bundleId(bundle), componentFor: onlyFor });
 */
export function spreadEngine(ports: SpreadPorts): Engine<SpreadTypes> {
  return {
    name: "spread",
    schema: {
      config: SpreadConfig,
      state: SpreadState,
      command: SpreadCommand,
      message: SpreadMessage,
      record: nil(),
      output: SpreadOutput,
      timers: ["tick"],
    },
    self: (config) => config.self,
    init: () => ({
      tick: 0,
      sending: { keys: [], values: [] },
      pending: { keys: [], values: [] },
      kept: { keys: [], values: [] },
      wanted: [],
      suspects: [],
      relayed: { keys: [], values: [] },
    }),
    actions: actions(ports),
    compact: () => [],
    observe: (_config, { kept, sending }) => ({ kept: [...kept.keys], sending: [...sending.keys] }),
    fairness: {
      begin: "none",
      "take commands": "weak",
      "take a statement": "weak",
      "pass a statement on": "weak",
      "count an acknowledgement": "weak",
      "hear from a relay": "weak",
      "hear what a peer has": "weak",
      "bring what is asked for": "weak",
      tick: "weak",
    },
  };
}
