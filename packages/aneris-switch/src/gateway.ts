import { compareBytes, encode, mapDelete, mapGet, mapHas, mapSet, nil } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type Engine } from "@eunomia/engine";
import { encodeRegistration, joinBatch, readBatch } from "./entry.ts";
import { pump, sendSlot, sendSlots } from "./gateway-slots.ts";
import {
  GatewayCommand,
  GatewayConfig,
  GatewayOutput,
  GatewayState,
  type GatewayTypes,
} from "./gateway-types.ts";
import { ownerOf } from "./ownership.ts";
import type { Delivery } from "./state.ts";
import { ClientMessage, Operation, type Run } from "./wire.ts";

type Out = Effects<GatewayTypes>;
const on = actionsOf<GatewayTypes>();

/** Registrations and control commands whose asker is remembered. */
const waitingMax = 1024;

function deliverSlot(config: GatewayConfig, state: GatewayState, out: Out, delivery: Delivery): void {
  const { slot, epoch, protocol, vector, chain } = delivery;
  state.delivered = slot;
  state.epoch = epoch;
  state.protocol = protocol;
  state.nextControl += delivery.controls.length;
  state.chain = chain;
  sendSlot(state, out, { slot, epoch, vector, chain });
  replyAll(state, out, delivery.runs);
  for (const { nonce, client, owner } of delivery.registered) {
    const waiting = state.registrations.findIndex(
      (entry) => compareBytes(entry.nonce, nonce) === 0 && ownerOf(config, entry.process) === owner,
    );
    if (waiting < 0) continue;
    const [{ process } = { process: "" }] = state.registrations.splice(waiting, 1);
    mapSet(state.attached, client, process);
    out.send([process], { kind: "registered", nonce, client, slot });
  }
  for (const { n, operation } of delivery.controls)
    tellTaken(state, out, n, encode(Operation, operation), slot);
}

/** One reply per process and slot, whatever the number of commands. */
function replyAll(state: GatewayState, out: Out, runs: readonly Run[]): void {
  const byProcess = new Map<string, Run[]>();
  for (const run of runs) {
    const process = mapGet(state.attached, run.client);
    if (process === undefined) continue;
    const list = byProcess.get(process);
    if (list === undefined) byProcess.set(process, [run]);
    else list.push(run);
  }
  for (const [process, list] of byProcess) out.send([process], { kind: "reply", runs: list });
}

/** Number `n` took effect in `slot`: whoever asked for the same operation hears so, others that they came too late. */
function tellTaken(state: GatewayState, out: Out, n: number, operation: Uint8Array, slot: number): void {
  const asked = state.controls.filter((entry) => entry.n === n);
  state.controls = state.controls.filter((entry) => entry.n !== n);
  const same = asked.filter((entry) => compareBytes(entry.operation, operation) === 0);
  const other = asked.filter((entry) => compareBytes(entry.operation, operation) !== 0);
  tell(out, same, { kind: "controlled", n, slot, reason: "" });
  tell(out, other, { kind: "controlled", n, slot: null, reason: `number: ${n} went to another command` });
}

function tellControl(state: GatewayState, out: Out, n: number, reason: string): void {
  const asked = state.controls.filter((entry) => entry.n === n);
  state.controls = state.controls.filter((entry) => entry.n !== n);
  tell(out, asked, { kind: "controlled", n, slot: null, reason });
}

function tell(out: Out, asked: readonly { readonly process: string }[], message: ClientMessage): void {
  if (asked.length > 0) out.send([...new Set(asked.map((entry) => entry.process))], message);
}

function forget(state: GatewayState, process: string): void {
  mapDelete(state.subscribers, process);
  for (const client of [...state.attached.keys])
    if (mapGet(state.attached, client) === process) mapDelete(state.attached, client);
  state.registrations = state.registrations.filter((entry) => entry.process !== process);
  state.controls = state.controls.filter((entry) => entry.process !== process);
}

function handle(config: GatewayConfig, state: GatewayState, command: GatewayCommand, out: Out): void {
  switch (command.kind) {
    case "delivered":
      return deliverSlot(config, state, out, command);
    case "reply":
      return replyAll(state, out, [
        {
          client: command.client,
          seq: command.seq,
          count: command.count,
          slot: command.slot,
          index: command.index,
        },
      ]);
    case "rejected": {
      const process = mapGet(state.attached, command.client);
      if (process !== undefined) out.send([process], { ...command, kind: "rejected" });
      return;
    }
    case "controlRejected":
      return tellControl(state, out, command.n, command.reason);
    case "attached":
      return attach(config, state, command.client, command.process);
    case "foreign":
      // As for a session that does not exist, so that nobody learns which ones do.
      return out.send([command.process], {
        kind: "rejected",
        client: command.client,
        seq: command.seq,
        reason: "session",
      });
    case "restored": {
      const { delivered, epoch, protocol, nextControl, chain } = command;
      Object.assign(state, { delivered, epoch, protocol, nextControl, chain });
      // Somebody may have subscribed before it was known what is there.
      for (const process of state.subscribers.keys) pump(config, state, out, process);
      return;
    }
    case "slots":
      return sendSlots(config, state, out, command.to, command.slots);
    case "trimmed":
      // The subscription is over: it begins elsewhere, or anew from where this log begins.
      if (mapDelete(state.subscribers, command.to))
        out.send([command.to], { kind: "trimmed", first: command.first });
      return;
    case "answered": {
      const { to, nonce, slot, body } = command;
      return out.send([to], { kind: "answer", nonce, slot, body });
    }
    case "unanswered":
      return out.send([command.to], { kind: "unanswered", nonce: command.nonce, reason: command.reason });
    case "gone":
      return forget(state, command.process);
  }
}

function attach(config: GatewayConfig, state: GatewayState, client: number, process: string): void {
  if (mapGet(state.attached, client) === process) return;
  if (!mapHas(state.attached, client) && state.attached.keys.length >= config.maxClients)
    mapDelete(state.attached, state.attached.keys[0]!);
  mapSet(state.attached, client, process);
}

/** Remembers who wants to hear of the control commands in a batch. */
function noteControls(state: GatewayState, batch: Uint8Array, process: string): void {
  for (const entry of readBatch(batch) ?? [])
    if (entry.kind === "control") state.controls.push({ n: entry.n, operation: entry.operation, process });
  if (state.controls.length > waitingMax) state.controls.splice(0, state.controls.length - waitingMax);
}

/** The rules of the gateway. It trusts nobody: whatever a client sends is a request at most. */
const actions: readonly Action<GatewayTypes>[] = [
  on.commands(
    "commands",
    (_config, _state, commands) => commands,
    (config, state, commands, out) => {
      for (const command of commands) handle(config, state, command, out);
    },
  ),
  on.message(
    "request",
    "request",
    (_config, _state, message, from) => ({ from, client: message.client, batch: message.batch }),
    (config, state, { from, client, batch }, out) => {
      if (client === 0) noteControls(state, batch, from);
      const owner = ownerOf(config, from);
      if (owner !== "") return out.output({ kind: "request", client, owner, process: from, batch });
      if (client > 0) attach(config, state, client, from);
      out.output({ kind: "submit", batch });
    },
  ),
  on.message(
    "register",
    "register",
    (_config, _state, message, from) => ({ process: from, nonce: message.nonce }),
    (config, state, entry, out) => {
      const owner = ownerOf(config, entry.process);
      const known = state.registrations.some(
        (other) => compareBytes(other.nonce, entry.nonce) === 0 && ownerOf(config, other.process) === owner,
      );
      if (!known) state.registrations.push(entry);
      if (state.registrations.length > waitingMax) state.registrations.shift();
      out.output({ kind: "submit", batch: joinBatch([encodeRegistration(entry.nonce, owner)]) });
    },
  ),
  on.message(
    "subscribe",
    "subscribe",
    (config, state, message, from) =>
      message.next >= 1 &&
      (mapHas(state.subscribers, from) || state.subscribers.keys.length < config.maxSubscribers)
        ? { from, next: message.next, creditBytes: message.creditBytes }
        : null,
    (config, state, { from, next, creditBytes }, out) => {
      const reading = mapGet(state.subscribers, from)?.reading ?? false;
      mapSet(state.subscribers, from, { next, creditBytes, reading });
      pump(config, state, out, from);
    },
  ),
  on.message(
    "credit",
    "credit",
    (_config, state, message, from) =>
      mapHas(state.subscribers, from) ? { from, bytes: message.bytes } : null,
    (config, state, { from, bytes }, out) => {
      const subscriber = mapGet(state.subscribers, from)!;
      subscriber.creditBytes = Math.min(Number.MAX_SAFE_INTEGER, subscriber.creditBytes + bytes);
      pump(config, state, out, from);
    },
  ),
  on.message(
    "ask",
    "status",
    (_config, _state, message, from) => ({ from, nonce: message.nonce }),
    (_config, state, { from, nonce }, out) => {
      const { delivered, epoch, protocol, nextControl, chain } = state;
      const subscribers = state.subscribers.keys.length;
      out.send([from], {
        kind: "status",
        nonce,
        delivered,
        epoch,
        protocol,
        nextControl,
        chain,
        subscribers,
      });
    },
  ),
  on.message(
    "query",
    "query",
    (_config, _state, { nonce, level, body }, from) => ({ to: from, nonce, level, body }),
    (_config, _state, query, out) => out.output({ kind: "query", ...query }),
  ),
];

/**
 * The gateway of a node as an engine: between clients and subscribers on one side, the node's replica and its log on the
 * other. Replies and slots are sent in runs; subscribers pay with credit, so a slow one costs nothing but its own delay.
 */
export const gatewayEngine: Engine<GatewayTypes> = {
  name: "aneris-gateway",
  schema: {
    config: GatewayConfig,
    state: GatewayState,
    command: GatewayCommand,
    message: ClientMessage,
    record: nil(),
    output: GatewayOutput,
    timers: [],
  },
  self: (config) => config.self,
  init: () => ({
    attached: { keys: [], values: [] },
    registrations: [],
    controls: [],
    subscribers: { keys: [], values: [] },
    delivered: 0,
    epoch: 0,
    protocol: "",
    nextControl: 1,
    chain: new Uint8Array(0),
  }),
  actions,
  compact: () => [],
  observe: (_config, state) => ({ delivered: state.delivered, subscribers: state.subscribers.keys }),
  fairness: {
    commands: "weak",
    request: "weak",
    register: "weak",
    subscribe: "weak",
    credit: "weak",
    status: "weak",
    query: "weak",
  },
};
