import { clone, equalBytes, toHex } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type Engine } from "@eunomia/engine";
import { genesisChain } from "./chain.ts";
import { agreedPart, installCheckpoint } from "./checkpoint.ts";
import { validateConfig } from "./config.ts";
import { deliveryOf, drain, install, learn } from "./deliver.ts";
import { epochAt, lastEpoch } from "./epochs.ts";
import { executeSlot } from "./execute.ts";
import { isPeer, mayBeDismissed, mayHandOn, spawnEpoch, tellPeers } from "./membership.ts";
import { propose, request, submit } from "./queue.ts";
import { settleReads, takeAnswer, takeRead } from "./reads.ts";
import {
  Checkpoint,
  ReplicaCommand,
  ReplicaConfig,
  ReplicaMessage,
  type ReplicaOracles,
  ReplicaOutput,
  ReplicaRecord,
  ReplicaState,
  type ReplicaTypes,
} from "./state.ts";
import { becameStable, heardFrom, leave, retireEpochs, tellHead, tick } from "./upkeep.ts";

const on = actionsOf<ReplicaTypes>();

type CommandOf<K> = Extract<ReplicaCommand, { kind: K }>;

/** One action per kind of command; a frame holds commands of any kinds, taken in order. */
function handle(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  command: ReplicaCommand,
  out: Effects<ReplicaTypes>,
): void {
  switch (command.kind) {
    case "submit":
      return submit(config, state, oracles, out, command.batch);
    case "request":
      return request(config, state, oracles, out, command);
    case "decided":
      learn(config, state, out, command.epoch, command.slot, command.value);
      return drain(config, state, oracles, out);
    case "trimmed":
      state.highestSeen = Math.max(state.highestSeen, command.floor);
      return;
    case "duty":
      return takeDuty(state, command);
    case "readIndex":
      return takeRead(config, state, out, command.nonce);
    case "highest":
      return takeAnswer(state, command.epoch, command.nonce, command.slot);
    case "stable":
      if (command.slot > state.stable) becameStable(state, out, command.slot);
      return retireEpochs(config, state, out);
    case "serve":
      return out.send([command.to], { kind: "log", last: command.last, slots: command.slots });
    case "install":
      installCheckpoint(config, state, out, command.checkpoint);
      drain(config, state, oracles, out);
      return retireEpochs(config, state, out);
  }
}

function takeDuty(state: ReplicaState, command: CommandOf<"duty">): void {
  if (command.epoch === lastEpoch(state).id) state.duty = command.replica;
}

/** One record of an earlier life; false if it leads elsewhere now than it did then. */
function restore(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  entry: ReplicaRecord,
  out: Effects<ReplicaTypes>,
): boolean {
  if (entry.kind === "checkpoint") Object.assign(state, clone(Checkpoint, agreedPart(entry)));
  else if (entry.slot === state.slotOut) {
    const epoch = epochAt(state, entry.slot);
    const done = executeSlot(config, state, oracles, entry.vector);
    out.output({ kind: "replayed", ...deliveryOf(state, epoch, entry.slot, done) });
    return equalBytes(state.chain, entry.chain);
  }
  return true;
}

/** Takes up where the records end: soft state begins anew, the processes of the current epochs are asked for. */
function restart(
  config: ReplicaConfig,
  state: ReplicaState,
  oracles: ReplicaOracles,
  records: readonly ReplicaRecord[],
  out: Effects<ReplicaTypes>,
): void {
  const strange = records.filter((entry) => !restore(config, state, oracles, entry, out));
  if (strange[0]?.kind === "delivered")
    out.output({ kind: "alarm", slot: strange[0].slot, reason: "the log is of another configuration" });
  state.slotIn = state.slotOut;
  state.flushTo = lastEpoch(state).from - 1;
  state.stable = state.slotOut - 1;
  state.lastSlotOut = state.slotOut;
  state.highestSeen = state.slotOut - 1;
  const current = epochAt(state, state.slotOut);
  tellPeers(state, out);
  for (const epoch of state.epochs) if (epoch.id >= current.id) spawnEpoch(config, out, epoch);
  out.output({
    kind: "restored",
    delivered: state.slotOut - 1,
    epoch: current.id,
    protocol: current.protocol.name,
    nextControl: state.nextControl,
    chain: state.chain,
  });
  tellHead(config, state, out);
  out.arm("tick", config.tickMs);
}

/** How far others are, and who is not needed any more (aneris 5.6, 5.9, 5.11). */
const heads: readonly Action<ReplicaTypes>[] = [
  on.message(
    "head",
    "peer's head",
    (config, state, message, from) => (isPeer(config, state, from) ? { from, head: message } : null),
    (config, state, { from, head }, out) => {
      heardFrom(state, from, head);
      retireEpochs(config, state, out);
      settleReads(config, state, out);
    },
  ),
  on.message(
    "head",
    "former member's head",
    (config, state, _message, from) => (mayBeDismissed(config, state, from) ? from : null),
    (_config, state, from, out) => out.send([from], { kind: "dismissed", from: state.epochs[0]!.from }),
  ),
  on.message(
    "dismissed",
    "dismissed",
    (config, state, message, from) => (isPeer(config, state, from) && !state.left ? message : null),
    (config, state, { from }, out) => {
      leave(config, state, out, from);
      settleReads(config, state, out);
    },
  ),
];

/** The rules of the replica (aneris section 5), in order of priority. */
function actions(oracles: ReplicaOracles): readonly Action<ReplicaTypes>[] {
  return [
    on.start(
      "restart",
      (_config, _state, records) => records,
      (config, state, records, out) => restart(config, state, oracles, records, out),
    ),
    on.commands(
      "commands",
      (_config, _state, commands) => commands,
      (config, state, commands, out) => {
        for (const command of commands) handle(config, state, oracles, command, out);
        propose(config, state, out);
        settleReads(config, state, out);
      },
    ),
    on.message(
      "forward",
      "forwarded entries",
      (config, state, message, from) => (mayHandOn(config, state, from) ? message.batch : null),
      (config, state, batch, out) => {
        submit(config, state, oracles, out, batch);
        propose(config, state, out);
      },
    ),
    ...heads,
    on.message(
      "get",
      "serve a lagging replica",
      (config, state, message, from) =>
        message.from < state.slotOut && isPeer(config, state, from) ? { from, first: message.from } : null,
      (config, _state, { from, first }, out) =>
        out.output({ kind: "read", to: from, from: first, maxBytes: config.catchUpBytes }),
    ),
    on.message(
      "log",
      "catch up",
      (config, state, message, from) =>
        isPeer(config, state, from) && message.slots.some((entry) => entry.slot === state.slotOut)
          ? { from, last: message.last, slots: message.slots }
          : null,
      (config, state, { from, last, slots }, out) => {
        const before = state.slotOut;
        install(config, state, oracles, out, slots);
        drain(config, state, oracles, out);
        if (state.slotOut > before && state.slotOut <= last)
          out.send([from], { kind: "get", from: state.slotOut });
        propose(config, state, out);
        settleReads(config, state, out);
      },
    ),
    on.timeout(
      "tick",
      "tick",
      () => true,
      (config, state, _found, out) => {
        tick(config, state, out);
        settleReads(config, state, out);
      },
    ),
  ];
}

/**
 * The Aneris replica as an engine: turns commands into proposals for the protocol of the current epoch, delivers decided
 * slots in order exactly once, and executes the control commands it finds in the order (aneris section 5).
 *
 * @throws SwitchError when the configuration cannot work; the message says which field, what was expected and what was got.
 */
export function replicaEngine(config: ReplicaConfig, oracles: ReplicaOracles): Engine<ReplicaTypes> {
  validateConfig(config, oracles);
  return {
    name: "aneris-replica",
    schema: {
      config: ReplicaConfig,
      state: ReplicaState,
      command: ReplicaCommand,
      message: ReplicaMessage,
      record: ReplicaRecord,
      output: ReplicaOutput,
      timers: ["tick"],
    },
    self: (own) => own.self,
    init: (own) => initialState(own, oracles),
    actions: actions(oracles),
    compact: (_config, state) => [{ kind: "checkpoint", ...agreedPart(state) }],
    observe: (_config, state) => ({
      delivered: state.slotOut - 1,
      epoch: epochAt(state, state.slotOut).id,
      nextControl: state.nextControl,
      chain: toHex(state.chain),
    }),
    phase: (_config, state) => epochAt(state, state.slotOut).protocol.name,
    fairness: {
      restart: "weak",
      commands: "weak",
      "forwarded entries": "weak",
      "peer's head": "weak",
      "former member's head": "weak",
      dismissed: "weak",
      "serve a lagging replica": "weak",
      "catch up": "weak",
      tick: "weak",
    },
  };
}

function initialState(config: ReplicaConfig, oracles: ReplicaOracles): ReplicaState {
  return {
    slotOut: 1,
    epochs: [{ id: 0, from: 1, protocol: config.initial, membership: config.membership }],
    retired: [],
    mode: config.mode,
    controllers: config.controllers,
    nextControl: 1,
    lastChange: 0,
    chain: genesisChain(oracles.sha256, config.cluster),
    sessions: { keys: [], values: [] },
    unsavedBytes: 0,
    slotIn: 1,
    flushTo: 0,
    pending: [],
    offered: { keys: [], values: [] },
    inflight: { keys: [], values: [] },
    known: { keys: [], values: [] },
    highestSeen: 0,
    stable: 0,
    peers: { keys: [], values: [] },
    duty: null,
    stuckTicks: 0,
    lastSlotOut: 1,
    ticks: 0,
    held: 0,
    left: false,
    reads: { epoch: 0, waiting: [], asked: [], behind: [] },
  };
}
