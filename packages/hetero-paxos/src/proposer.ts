import { fromHex, mapGet, mapHas, toHex } from "@eunomia/codec";
import type { Action, Engine } from "@eunomia/engine";
import { hasBit } from "./bits.ts";
import { shelfGet } from "./dag/shelf.ts";
import { HeteroPaxosError } from "./errors.ts";
import { starting, watching } from "./learner.ts";
import type { Proposal } from "./messages.ts";
import { on, receiving, serving, takeCommand } from "./node/actions.ts";
import { following, takeLogCommand } from "./node/door.ts";
import { engineOf } from "./node/engine.ts";
import { numberMax } from "./node/read.ts";
import { type Setup, setupOf, type Tools } from "./node/setup.ts";
import { type Out, openSlot, within } from "./node/slots.ts";
import type { NodeConfig, NodeState, NodeTypes, SlotState } from "./node/types.ts";
import { prospectOf, servedBy, votedValues } from "./outlook/prospect.ts";
import { openingId } from "./proof/header.ts";

/** Ballots of a window: hidden votes and evidence come out, a value is fixed, it is decided (section 8.1). */
const ballotsPerWindow = 3;

/** Has every learner that this process acts for decided? */
const isServed = ({ learners }: NodeConfig, { decided }: Readonly<SlotState>): boolean =>
  learners.every((learner) => mapHas(decided, learner));

/**
 * The value for the next ballot: that which serves most learners that wait, ties to the one voted for at the highest ballot;
 * the own value only if no other serves as many.
 */
function chooseValue(
  config: NodeConfig,
  setup: Setup,
  slot: Readonly<SlotState>,
  instance: Proposal["instance"],
  own: Uint8Array,
): Uint8Array {
  const { view, scheme } = setup;
  const prospect = prospectOf(view, slot);
  const waiting = view.learners.map((learner) => !mapHas(slot.decided, learner));
  const score = (value: string): number => {
    const served = servedBy(view, config.rules.unlock, prospect, value);
    return waiting.filter((waits, a) => waits && hasBit(served, a)).length;
  };
  let best: { readonly value: Uint8Array; readonly score: number } | null = null;
  for (const ballot of votedValues(prospect)) {
    const stamp = { number: ballot.number, value: fromHex(ballot.value) };
    const opening = shelfGet(slot.bodies, toHex(openingId(scheme, instance, stamp))) as Proposal;
    const points = score(ballot.value);
    if (best === null || points > best.score) best = { value: opening.value, score: points };
  }
  if (best === null) return own;
  return best.score >= score(toHex(scheme.digest(own))) ? best.value : own;
}

/** Opens a ballot above all that are known. Later ones are preceded by what acceptors said last: some may have missed it. */
function openBallot(config: NodeConfig, setup: Setup, state: NodeState, number: number, out: Out): void {
  const slot = mapGet(state.slots, number)!;
  if (slot.highest >= numberMax) return;
  const instance = { law: setup.law, slot: number };
  const value = chooseValue(config, setup, slot, instance, slot.offer!.value);
  const acceptors = config.acceptors.map(({ process }) => process);
  for (const tip of slot.tips)
    if (tip !== null && slot.highest > 0) out.send(acceptors, shelfGet(slot.bodies, tip)!);
  const opening: Proposal = { kind: "1a", instance, number: slot.highest + 1, value };
  out.send([...setup.others, config.self], opening);
}

/** One step of the schedule of a slot (section 8.2): windows go round, and become longer. */
function turn(config: NodeConfig, setup: Setup, state: NodeState, number: number, out: Out): void {
  const slot = mapGet(state.slots, number)!;
  const offer = slot.offer!;
  if (offer.ballots === ballotsPerWindow) {
    offer.window += 1;
    offer.ballots = 0;
  }
  offer.ballots += 1;
  offer.ticksLeft = offer.window + 1;
  const owner = config.order[(number + offer.window) % config.order.length];
  if (owner === config.self || (config.eager && slot.highest === 0))
    openBallot(config, setup, state, number, out);
}

/** Slots with a value to propose and somebody who waits for it. */
const offering = (config: NodeConfig, { slots }: Readonly<NodeState>): number[] =>
  slots.keys.filter((_, i) => slots.values[i]!.offer !== null && !isServed(config, slots.values[i]!));

function takePropose(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  { slot: number, value }: { readonly slot: number; readonly value: Uint8Array },
  out: Out,
): void {
  if (!within(config, state, number)) return;
  const slot = openSlot(setup, state, number);
  if (slot.offer !== null || isServed(config, slot)) return;
  if (offering(config, state).length === 0) out.arm("window", config.spacingMs);
  slot.offer = { value, window: 0, ticksLeft: 0, ballots: 0 };
  turn(config, setup, state, number, out);
}

export const proposing = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.commands(
      "propose, close, clock, trim, highest",
      (_config, _state, commands) => ({ commands }),
      (config, state, { commands }, out) => {
        for (const command of commands)
          if (command.kind === "propose") takePropose(config, setup, state, command, out);
          else if (command.kind === "trim" || command.kind === "highest")
            takeLogCommand(config, setup, state, command, out);
          else if (command.kind !== "judged" || setup.voice >= 0)
            takeCommand(config, setup, state, command, out);
      },
    ),
    on.timeout(
      "window",
      "window: propose again (8.2)",
      (config, state) => ({ open: offering(config, state) }),
      (config, state, { open }, out) => {
        if (open.length > 0) out.arm("window", config.spacingMs);
        for (const number of open) {
          const offer = mapGet(state.slots, number)!.offer!;
          offer.ticksLeft -= 1;
          if (offer.ticksLeft <= 0) turn(config, setup, state, number, out);
        }
      },
    ),
  ] as Action<NodeTypes>[];

/** @throws HeteroPaxosError */
export function checkProposer({ order, self }: NodeConfig): void {
  if (!order.includes(self)) throw new HeteroPaxosError("process", "self", "one of `order`", `"${self}"`);
}

/**
 * A process that opens ballots and learns what comes of them. Any number of them may do so at any time; their windows only
 * keep them out of each other's way.
 *
 * @throws HeteroPaxosError
 */
export function proposerEngine(config: NodeConfig, tools: Tools): Engine<NodeTypes> {
  const setup = setupOf(config, tools);
  checkProposer(config);
  const actions = [
    ...starting(setup),
    ...proposing(setup),
    ...receiving(setup),
    ...serving(setup),
    ...following(setup),
    ...watching(setup),
  ];
  return engineOf("hetero-paxos proposer", actions, ({ floor }) => [{ kind: "floor", floor }]);
}
