import { fromHex, mapGet, setHas, toHex } from "@eunomia/codec";
import type { Action, Engine } from "@eunomia/engine";
import type { SignedEntry } from "./dag/entry.ts";
import { shelfGet } from "./dag/shelf.ts";
import { HeteroPaxosError } from "./errors.ts";
import type { HeteroPaxosMessage, Instance, Speech } from "./messages.ts";
import { begin, on, receiving, serving, takeCommand } from "./node/actions.ts";
import { type Delivery, deliver, deliverNext, fitting, nextDelivery, withRecent } from "./node/deliver.ts";
import { keeping } from "./node/door.ts";
import { engineOf } from "./node/engine.ts";
import { recordsOf, restore } from "./node/records.ts";
import { type Setup, setupOf, type Tools } from "./node/setup.ts";
import { isOpen, type Out, refuse } from "./node/slots.ts";
import type { NodeConfig, NodeState, NodeTypes } from "./node/types.ts";
import { speechId } from "./proof/header.ts";
import type { Sign } from "./scheme.ts";

/** What an acceptor says: its claims are what follows from the refs. */
function speak(
  setup: Setup,
  instance: Instance,
  refs: readonly string[],
  entry: SignedEntry,
): [string, Speech] {
  const { view, scheme, sign } = setup;
  const unsigned = {
    kind: entry.kind,
    instance,
    signer: view.acceptors[setup.voice]!,
    prev: entry.prev === null ? null : fromHex(entry.prev),
    refs: refs.map(fromHex),
    ballot: { number: entry.ballot.number, value: fromHex(entry.ballot.value) },
    learners: entry.kind === "2a" ? view.learnerNames(entry.learners) : [],
  };
  const id = speechId(scheme, unsigned);
  return [toHex(id), { ...unsigned, signature: sign(id) }];
}

/** One message in, at most one out (section 5). Both are durable before anybody hears of it. */
function answer(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  { slot: number, id }: Delivery,
  message: HeteroPaxosMessage,
  out: Out,
): void {
  const slot = mapGet(state.slots, number)!;
  const recent = withRecent(slot, id);
  const refs = fitting(config, slot, id, recent);
  const { voice: signer, view, judge } = setup;
  const entry = judge(view, config.rules, slot.known, { signer, prev: slot.prev, refs });
  // Nothing is said in a ballot whose value must not be voted for, or that nobody needs: as if this acceptor were slow.
  const needless = message.kind === "1a" && !isOpen(setup, slot);
  if (typeof entry === "string" || needless || setHas(slot.unfit, entry.ballot.value)) {
    if (message.kind !== "1a") slot.recent = recent;
    if (id !== slot.prev) out.persist({ kind: "delivered", message, answer: null });
    if (entry === "history too deep") refuse(out, entry, config.self);
    return;
  }
  const [own, speech] = speak(setup, { law: setup.law, slot: number }, refs, entry);
  out.persist({ kind: "delivered", message, answer: speech });
  slot.prev = own;
  slot.recent = [own, ...recent.filter((one) => !refs.includes(one))].sort();
  deliverNext(state, slot, number, own, speech);
  out.send(setup.others, speech);
}

/** After a restart the last word of every undecided slot is said again: it may not have left. */
function repeat(setup: Setup, state: Readonly<NodeState>, out: Out): void {
  for (const slot of state.slots.values) {
    const last = slot.prev === null ? undefined : shelfGet(slot.bodies, slot.prev);
    if (last !== undefined && isOpen(setup, slot)) out.send(setup.others, last);
  }
}

export const speaking = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.internal(
      "deliver and answer (5)",
      (_config, state) => nextDelivery(state),
      (config, state, delivery, out) => {
        const message = deliver(config, setup, state, delivery, out);
        if (message !== null) answer(config, setup, state, delivery, message, out);
      },
    ),
  ] as Action<NodeTypes>[];

/** Takes the durable messages in again, and says the last words once more. */
export const restarting = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.start(
      "restart (5)",
      (_config, _state, records) => ({ records }),
      (config, state, { records }, out) => {
        for (const record of records) restore(config, setup, state, record, out);
        repeat(setup, state, out);
        begin(config, setup, state, out);
      },
    ),
  ] as Action<NodeTypes>[];

const commanded = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.commands(
      "close, clock, judged",
      (_config, _state, commands) => ({ commands }),
      (config, state, { commands }, out) => {
        for (const command of commands)
          if (command.kind === "close" || command.kind === "clock" || command.kind === "judged")
            takeCommand(config, setup, state, command, out);
      },
    ),
  ] as Action<NodeTypes>[];

/** @throws HeteroPaxosError */
export function checkAcceptor({ self }: NodeConfig, { voice }: Setup): void {
  if (voice < 0) throw new HeteroPaxosError("process", "self", "the process of an acceptor", `"${self}"`);
}

/**
 * An acceptor of Heterogeneous Paxos 2.0: it joins ballots and votes for those learners whose quorums it has seen join.
 * Durable: every message that it delivered, with what it said to it.
 *
 * @param sign its signature, which `tools.scheme` checks under its name in the graph
 * @throws HeteroPaxosError
 * @example
 * const config = nodeConfig({ self: "p1", graph, graphDigest: graphDigest(graph), watchers: ["r"] });
 * const engine = acceptorEngine(config, { graph, scheme }, sign);
 */
export function acceptorEngine(config: NodeConfig, tools: Tools, sign: Sign): Engine<NodeTypes> {
  const setup = setupOf(config, tools, sign);
  checkAcceptor(config, setup);
  if (config.watchers.includes(config.self))
    throw new HeteroPaxosError(
      "process",
      "watchers",
      "no acceptor: `memberEngine` is both",
      `"${config.self}"`,
    );
  return acceptorOver(setup);
}

/** The engine without the check of its configuration; tests make wrong ones with it. */
export function acceptorOver(setup: Setup): Engine<NodeTypes> {
  const actions = [
    ...restarting(setup),
    ...commanded(setup),
    ...receiving(setup),
    ...serving(setup),
    ...keeping(setup),
    ...speaking(setup),
  ];
  return engineOf("hetero-paxos acceptor", actions, recordsOf);
}
