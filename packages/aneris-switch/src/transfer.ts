import { mapDelete, nil, setAdd, setHas } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type Engine } from "@eunomia/engine";
import { SwitchError } from "./config.ts";
import {
  ageQuestions,
  askOn,
  begin,
  dropSource,
  fetchingOf,
  takeChunk,
  takeOffer,
} from "./transfer-fetch.ts";
import { ageReaders, mayQueue, noteReader, serveOn } from "./transfer-serve.ts";
import {
  TransferCommand,
  TransferConfig,
  TransferMessage,
  TransferOutput,
  TransferState,
  type TransferTypes,
} from "./transfer-types.ts";

type Out = Effects<TransferTypes>;
const on = actionsOf<TransferTypes>();

/** Everything of a transfer's configuration but its name. With chunks of 256 KiB it sends up to 80 MiB/s, to all peers together. */
export const transferDefaults: Omit<TransferConfig, "self"> = {
  tickMs: 50,
  maxInFlight: 8,
  patienceTicks: 20,
  strikesMax: 3,
  servePerTick: 16,
  maxQueued: 32,
  pinTicks: 600,
};

function handle(config: TransferConfig, state: TransferState, command: TransferCommand, out: Out): void {
  switch (command.kind) {
    case "peers":
      return setPeers(config, state, command.processes);
    case "offer": {
      const { to, slot, root } = command;
      return out.send([to], { kind: "offer", slot, root });
    }
    case "described":
      noteReader(state, out, command.to, command.manifest.slot);
      return out.send([command.to], { kind: "manifest", manifest: command.manifest });
    case "loaded": {
      const { to, slot, root, index, bytes } = command;
      return out.send([to], { kind: "chunk", slot, root, index, bytes });
    }
    case "gone": {
      const { to, slot, root } = command;
      return out.send([to], { kind: "gone", slot, root });
    }
    default:
      return fromStore(state, command, out);
  }
}

/** What the store says of the snapshot that is being fetched. */
function fromStore(
  state: TransferState,
  command: Extract<TransferCommand, { kind: "begun" | "damaged" | "ended" }>,
  out: Out,
): void {
  const fetching = fetchingOf(state, command);
  if (fetching === null) return;
  if (command.kind === "ended") state.fetching = null;
  else if (command.kind === "begun") begin(state, out, fetching, command.missing);
  else {
    fetching.wanted.push(command.index);
    dropSource(state, fetching, command.from);
  }
}

function setPeers(config: TransferConfig, state: TransferState, processes: readonly string[]): void {
  const peers: string[] = [];
  for (const process of processes) if (process !== config.self) setAdd(peers, process);
  state.peers = peers;
  state.queue = state.queue.filter(({ to }) => setHas(peers, to));
  for (const peer of [...state.readers.keys]) if (!setHas(peers, peer)) mapDelete(state.readers, peer);
  const { fetching } = state;
  for (const source of fetching === null ? [] : [...fetching.sources.keys])
    if (!setHas(peers, source)) dropSource(state, fetching!, source);
}

/** The timer runs while there is something to wait for. */
function wake(config: TransferConfig, state: TransferState, out: Out): void {
  const { fetching, queue, served, readers } = state;
  const busy = fetching !== null || queue.length > 0 || served > 0 || readers.keys.length > 0;
  if (busy === state.ticking) return;
  state.ticking = busy;
  if (busy) out.arm("tick", config.tickMs);
  else out.disarm("tick");
}

/** The rules of the transfer (aneris 5.9). Peers are believed about their snapshots, as is their log; damage is not. */
const actions: readonly Action<TransferTypes>[] = [
  on.commands(
    "commands",
    (_config, _state, commands) => commands,
    (config, state, commands, out) => {
      for (const command of commands) handle(config, state, command, out);
      askOn(config, state, out);
      wake(config, state, out);
    },
  ),
  on.message(
    "offer",
    "offered",
    (_config, state, { slot, root }, from) => (setHas(state.peers, from) ? { from, slot, root } : null),
    (config, state, { from, slot, root }, out) => {
      takeOffer(state, out, from, { slot, root });
      askOn(config, state, out);
      wake(config, state, out);
    },
  ),
  on.message(
    "manifest",
    "described",
    (_config, state, { manifest }) => {
      const fetching = fetchingOf(state, manifest);
      return fetching !== null && !fetching.begun ? manifest : null;
    },
    (_config, _state, manifest, out) => out.output({ kind: "begin", manifest }),
  ),
  on.message(
    "chunk",
    "chunk",
    (_config, state, { slot, root, index, bytes }, from) => {
      const asked = fetchingOf(state, { slot, root })?.asked.some(
        (question) => question.index === index && question.peer === from,
      );
      return asked === true ? { slot, root, index, bytes, from } : null;
    },
    (config, state, chunk, out) => {
      takeChunk(state.fetching!, chunk.from, chunk.index);
      out.output({ kind: "put", ...chunk });
      askOn(config, state, out);
    },
  ),
  on.message(
    "gone",
    "gone",
    (_config, state, { slot, root }, from) => (fetchingOf(state, { slot, root }) === null ? null : from),
    (config, state, from, out) => {
      dropSource(state, state.fetching!, from);
      askOn(config, state, out);
      wake(config, state, out);
    },
  ),
  on.message(
    "seek",
    "sought",
    (_config, state, { slot, root }, from) => (setHas(state.peers, from) ? { to: from, slot, root } : null),
    (_config, _state, found, out) => out.output({ kind: "look", ...found }),
  ),
  on.message(
    "describe",
    "asked for a manifest",
    (_config, state, { slot, root }, from) => (setHas(state.peers, from) ? { to: from, slot, root } : null),
    (_config, _state, found, out) => out.output({ kind: "describe", ...found }),
  ),
  on.message(
    "fetch",
    "asked for a chunk",
    (config, state, { slot, root, index }, from) =>
      setHas(state.peers, from) && mayQueue(config, state, from) ? { to: from, slot, root, index } : null,
    (config, state, question, out) => {
      state.queue.push(question);
      noteReader(state, out, question.to, question.slot);
      serveOn(config, state, out);
      wake(config, state, out);
    },
  ),
  on.timeout(
    "tick",
    "tick",
    () => true,
    (config, state, _found, out) => {
      state.ticking = false;
      state.served = 0;
      ageQuestions(config, state);
      ageReaders(config, state, out);
      serveOn(config, state, out);
      askOn(config, state, out);
      wake(config, state, out);
    },
  ),
];

const positive = [
  "tickMs",
  "maxInFlight",
  "patienceTicks",
  "strikesMax",
  "servePerTick",
  "maxQueued",
  "pinTicks",
] as const;

/**
 * Carries snapshots between nodes as an engine: tells a peer that is too far behind which snapshot there is, serves its chunks
 * within a bound, fetches chunks from all peers that have the same one, and asks again for what was lost.
 *
 * @throws SwitchError when a limit is not at least 1.
 */
export function transferEngine(config: TransferConfig): Engine<TransferTypes> {
  for (const field of positive)
    if (!(config[field] >= 1)) throw new SwitchError(field, "an integer of at least 1", config[field]);
  return {
    name: "aneris-transfer",
    schema: {
      config: TransferConfig,
      state: TransferState,
      command: TransferCommand,
      message: TransferMessage,
      record: nil(),
      output: TransferOutput,
      timers: ["tick"],
    },
    self: (own) => own.self,
    init: () => ({
      peers: [],
      fetching: null,
      queue: [],
      served: 0,
      readers: { keys: [], values: [] },
      pinned: null,
      ticking: false,
    }),
    actions,
    compact: () => [],
    observe: (_config, state) => ({ fetching: state.fetching?.slot ?? null, pinned: state.pinned }),
    fairness: {
      commands: "weak",
      offered: "weak",
      described: "weak",
      chunk: "weak",
      gone: "weak",
      sought: "weak",
      "asked for a manifest": "weak",
      "asked for a chunk": "weak",
      tick: "weak",
    },
  };
}
