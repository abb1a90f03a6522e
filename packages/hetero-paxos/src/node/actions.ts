import { equalBytes, fromHex, mapGet, toHex } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { isAbove } from "../ballot.ts";
import { signedEntry } from "../dag/known.ts";
import { shelfGet } from "../dag/shelf.ts";
import type { Speech } from "../messages.ts";
import { reportStuck } from "../outlook/stuck.ts";
import { openingId } from "../proof/header.ts";
import { readDecision, takeDecision } from "./decide.ts";
import { remind } from "./door.ts";
import { askHost, readyDue, takeProposal, takeVerdict } from "./proposals.ts";
import { type Read, readProposal, readSpeech } from "./read.ts";
import type { Setup } from "./setup.ts";
import { armRetry, isOpen, type Out, openSlot, raiseFloor, refuse } from "./slots.ts";
import type { NodeCommand, NodeConfig, NodeState, NodeTypes, SlotState } from "./types.ts";
import { ask, fileSpeech, lacking, touch } from "./waiting.ts";

export const on = actionsOf<NodeTypes>();

type Found<M> = { readonly read: Read; readonly message: M; readonly from: NodeId };

function takeSpeech(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  { read, message, from }: Found<Speech>,
  out: Out,
): void {
  if (read.kind !== "take") {
    if (read.kind === "refuse") refuse(out, read.reason, from);
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
      (config, state, { read, message, from }, out) => {
        if (read.kind === "open") takeProposal(config, setup, state, read, message, out);
        else if (read.kind === "refuse") refuse(out, read.reason, from);
      },
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
        const bodies = [...new Set(ids.map(toHex))].flatMap((id) => shelfGet(slot.bodies, id) ?? []);
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
/** Gaps that are asked about at once, from the lowest on, and slots of each. */
const gapsMax = 8;
const slotsMax = 8;

/** Slots that nothing was heard of: in the lowest gaps, and above the highest slot. */
function unheard({ floor, slots }: Readonly<NodeState>): { first: number; count: number }[] {
  const heard = [floor, ...slots.keys];
  const gaps = heard.flatMap((number, i) => {
    const between = (heard[i + 1] ?? number) - number - 1;
    return between > 0 ? [{ first: number + 1, count: Math.min(between, slotsMax) }] : [];
  });
  const above = { first: heard.at(-1)! + 1, count: slotsMax };
  return [...gaps.slice(0, gapsMax), ...(Number.isSafeInteger(above.first) ? [above] : [])];
}

/**
 * Hands the 1a that this acceptor has joined on to those of which no message of that ballot is here, once per 1a: a proposer
 * may have reached only some. Not at once: mostly it has, and whoever hears of the ballot from others asks for it.
 */
function forward(config: NodeConfig, setup: Setup, number: number, slot: SlotState, out: Out): void {
  const last = slot.prev === null ? undefined : signedEntry(slot.known, slot.prev);
  if (last === undefined) return;
  const { ballot } = last;
  const stamp = { number: ballot.number, value: fromHex(ballot.value) };
  const id = toHex(openingId(setup.scheme, { law: setup.law, slot: number }, stamp));
  if (id === slot.forwarded) return;
  slot.forwarded = id;
  const silent = config.acceptors.filter(({ process }, p) => {
    const tip = slot.tips[p]!;
    return process !== config.self && (tip === null || isAbove(ballot, signedEntry(slot.known, tip)!.ballot));
  });
  out.send(
    silent.map(({ process }) => process),
    shelfGet(slot.bodies, id)!,
  );
}

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
    // By attempts, not by ticks: as many of these lie between two as there may be acceptors, and then it is always the same one.
    const next = slot.attempts % Math.max(1, servers.length);
    const asked = servers.slice(next, next + 1);
    const last = slot.prev === null ? undefined : shelfGet(slot.bodies, slot.prev);
    if (last !== undefined) out.send(setup.others, last);
    forward(config, setup, number, slot, out);
    askHost(config, setup, state, number, slot, out);
    ask(setup, number, lacking(slot), asked, out);
    query(setup, number, 1, asked, out);
    if (config.watchers.includes(self) && slot.attempts > 1) reportStuck(config, setup, number, slot, out);
  }
  state.retrying = false;
  if (config.watchers.includes(self)) {
    for (const { first, count } of unheard(state)) query(setup, first, count, server, out);
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

/** Commands that every process takes; only acceptors ask about values. */
export function takeCommand(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  command: Extract<NodeCommand, { readonly kind: "close" | "clock" | "judged" }>,
  out: Out,
): void {
  if (command.kind === "clock") state.now = Math.max(state.now, command.ticks);
  else if (command.kind === "judged") takeVerdict(config, setup, state, command, out);
  else if (command.slot > state.floor) raiseFloor(state, command.slot, out);
}
