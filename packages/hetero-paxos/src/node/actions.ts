import { equalBytes, mapGet, mapSet, toHex } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { withBit } from "../bits.ts";
import { shelfGet } from "../dag/shelf.ts";
import type { Proposal, Speech } from "../messages.ts";
import { reportStuck } from "../outlook/stuck.ts";
import { readDecision, takeDecision } from "./decide.ts";
import { remind } from "./door.ts";
import { type Read, readProposal, readSpeech } from "./read.ts";
import type { Setup } from "./setup.ts";
import { armRetry, isOpen, type Out, openSlot, raiseFloor, refuse } from "./slots.ts";
import type { NodeConfig, NodeState, NodeTypes, SlotState } from "./types.ts";
import { ask, fileProposal, fileSpeech, lacking, touch } from "./waiting.ts";

export const on = actionsOf<NodeTypes>();

/** A 1a is due by the own count of ticks, or because a quorum of some learner has joined it: late clocks only delay. */
function isDue(
  config: NodeConfig,
  { view }: Setup,
  state: Readonly<NodeState>,
  slot: Readonly<SlotState> | undefined,
  id: string,
  number: number,
): boolean {
  if (config.tickMs === 0 || number <= state.now) return true;
  const blocked = slot === undefined ? [] : (mapGet(slot.blocks, id) ?? []);
  const joined = blocked.reduce((signers, other) => {
    const { message } = mapGet(slot!.waiting, other)!;
    const signer = message.kind === "1b" ? view.acceptor(message.signer) : -1;
    return signer < 0 ? signers : withBit(signers, signer);
  }, view.nobody);
  return view.learners.some((_, a) => view.isQuorum(a, joined));
}

/** Readies the 1a that have become due. */
function readyDue(config: NodeConfig, setup: Setup, state: NodeState, number: number, slot: SlotState): void {
  if (config.tickMs === 0) return;
  slot.waiting.keys.forEach((id, i) => {
    const { message } = slot.waiting.values[i]!;
    if (message.kind !== "1a" || slot.ready.includes(id)) return;
    if (!isDue(config, setup, state, slot, id, message.number)) return;
    slot.ready.push(id);
    touch(state, number, slot);
  });
}

type Found<M> = { readonly read: Read; readonly message: M; readonly from: NodeId };

function takeProposal(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  { read, message, from }: Found<Proposal>,
  out: Out,
): void {
  if (read.kind === "refuse") {
    refuse(out, read.reason, from);
    return;
  }
  const slot = openSlot(setup, state, read.slot);
  const due = isDue(config, setup, state, slot, read.id, message.number);
  fileProposal(slot, read.id, message, due);
  mapSet(slot.opened, message.number, (mapGet(slot.opened, message.number) ?? 0) + 1);
  touch(state, read.slot, slot);
  armRetry(config, setup, state, out);
}

function takeSpeech(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  { read, message, from }: Found<Speech>,
  out: Out,
): void {
  if (read.kind === "refuse") {
    refuse(out, read.reason, from);
    return;
  }
  const slot = openSlot(setup, state, read.slot);
  const missing = fileSpeech(config, setup, slot, read.id, message, out);
  ask(setup, read.slot, missing, [from], out);
  touch(state, read.slot, slot);
  readyDue(config, setup, state, read.slot, slot);
  armRetry(config, setup, state, out);
}

/** How messages come in, at every kind of process. */
export const receiving = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.message(
      "1a",
      "1a: receive (5)",
      (config, state, message, from) => {
        const read = readProposal(config, setup, state, message);
        return read === null ? null : { read, message, from };
      },
      (config, state, found, out) => takeProposal(config, setup, state, found, out),
    ),
    on.message(
      "1b",
      "1b: receive (5)",
      (config, state, message, from) => {
        const read = readSpeech(config, setup, state, message);
        return read === null ? null : { read, message: message as Speech, from };
      },
      (config, state, found, out) => takeSpeech(config, setup, state, found, out),
    ),
    on.message(
      "2a",
      "2a: receive (5)",
      (config, state, message, from) => {
        const read = readSpeech(config, setup, state, message);
        return read === null ? null : { read, message: message as Speech, from };
      },
      (config, state, found, out) => takeSpeech(config, setup, state, found, out),
    ),
  ] as Action<NodeTypes>[];

/** Questions, their answers, and time. */
export const serving = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.message(
      "want",
      "want: serve (5)",
      (_config, state, { instance, ids }, from) => {
        const slot = equalBytes(instance.law, setup.law) ? mapGet(state.slots, instance.slot) : undefined;
        if (slot === undefined) return null;
        const bodies = ids.flatMap((id) => shelfGet(slot.bodies, toHex(id)) ?? []);
        return bodies.length === 0 ? null : { from, bodies };
      },
      (_config, _state, { from, bodies }, out) => {
        for (const body of bodies) out.send([from], body);
      },
    ),
    on.message(
      "query",
      "query: answer with decisions (11)",
      (_config, state, { instance, count }, from) => {
        if (!equalBytes(instance.law, setup.law)) return null;
        const slots = Array.from({ length: count }, (_, i) => mapGet(state.slots, instance.slot + i));
        const decisions = slots.flatMap((slot) => slot?.decided.values.map(({ message }) => message) ?? []);
        const closed = instance.slot <= state.floor;
        return decisions.length === 0 && !closed ? null : { from, decisions, closed };
      },
      (_config, state, { from, decisions, closed }, out) => {
        if (closed) out.send([from], { kind: "closed", law: setup.law, floor: state.floor });
        for (const decision of decisions) out.send([from], decision);
      },
    ),
    on.message(
      "decision",
      "decision: check and take (11)",
      (config, state, decision, from) => {
        const read = readDecision(config, setup, state, decision);
        return read === null ? null : { ...read, decision, from };
      },
      (config, state, { problem, decision, from }, out) => {
        if (problem === null) takeDecision(config, setup, state, decision, out);
        else refuse(out, problem, from);
      },
    ),
    on.timeout(
      "tick",
      "tick: ballots become due (8.2)",
      () => ({}),
      (config, state, _found, out) => {
        state.now += 1;
        for (const number of state.slots.keys)
          readyDue(config, setup, state, number, mapGet(state.slots, number)!);
        out.arm("tick", config.tickMs);
      },
    ),
    on.timeout(
      "retry",
      "retry: send again, ask again (5)",
      (_config, { slots }) => ({
        due: slots.keys.filter((_, i) => isOpen(setup, slots.values[i]!) && slots.values[i]!.retryTicks <= 1),
      }),
      (config, state, { due }, out) => retry(config, setup, state, due, out),
    ),
  ] as Action<NodeTypes>[];

/** Retransmission backs off to every 2^3 retry ticks. */
const backoffMax = 3;

function retry(config: NodeConfig, setup: Setup, state: NodeState, due: readonly number[], out: Out): void {
  const { acceptors, self } = config;
  const servers = acceptors.map(({ process }) => process).filter((process) => process !== self);
  state.asked = (state.asked + 1) % Math.max(1, servers.length);
  const server = servers.slice(state.asked, state.asked + 1);
  state.slots.values.forEach((slot) => {
    slot.retryTicks -= slot.retryTicks > 0 ? 1 : 0;
  });
  for (const number of due) {
    const slot = mapGet(state.slots, number)!;
    slot.attempts += 1;
    slot.retryTicks = 2 ** Math.min(slot.attempts, backoffMax);
    const last = slot.prev === null ? undefined : shelfGet(slot.bodies, slot.prev);
    if (last !== undefined) out.send(setup.others, last);
    ask(setup, number, lacking(slot), server, out);
    query(setup, number, 1, server, out);
    if (config.watchers.includes(self) && slot.attempts > 1) reportStuck(config, setup, number, slot, out);
  }
  state.retrying = false;
  if (config.watchers.includes(self)) {
    const top = Math.max(state.floor, ...state.slots.keys.slice(-1));
    query(setup, top + 1, 8, server, out);
    remind(config, setup, state, server, out);
    state.retrying = true;
    out.arm("retry", config.retryMs, config.retryMs >> 2);
  } else armRetry(config, setup, state, out);
}

function query(setup: Setup, slot: number, count: number, to: readonly NodeId[], out: Out): void {
  if (to.length > 0) out.send(to, { kind: "query", instance: { law: setup.law, slot }, count });
}

/** Begins a life: timers, and for a watcher the question what it has missed. */
export function begin(config: NodeConfig, setup: Setup, state: NodeState, out: Out): void {
  if (config.tickMs > 0) out.arm("tick", config.tickMs);
  if (config.watchers.includes(config.self) && config.retryMs > 0) {
    state.retrying = true;
    out.arm("retry", config.retryMs, config.retryMs >> 2);
  } else armRetry(config, setup, state, out);
}

/** Commands that every process takes. */
export function takeCommand(
  state: NodeState,
  command:
    | { readonly kind: "close"; readonly slot: number }
    | { readonly kind: "clock"; readonly ticks: number },
  out: Out,
): void {
  if (command.kind === "clock") state.now = Math.max(state.now, command.ticks);
  else if (command.slot > state.floor) raiseFloor(state, command.slot, out);
}
