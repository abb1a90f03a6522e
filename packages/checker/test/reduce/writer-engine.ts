import { id, nat, nil, record, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import type { Model } from "../../src/index.ts";

const Id = id("writer");
const Config = record({ self: Id, peer: Id });
const State = record({ at: nat(1) });
const Message = variant({ told: record({}) });

interface Writer {
  Config: { self: string; peer: string };
  State: { at: number };
  Command: null;
  Message: { kind: "told" };
  Timer: never;
  Record: null;
  Output: null;
}

const on = actionsOf<Writer>();

/** Tells its peer before it writes down what it tells. */
const writer: Engine<Writer> = {
  name: "late writer",
  schema: {
    config: Config,
    state: State,
    command: nil(),
    message: Message,
    record: nil(),
    output: nil(),
    timers: [],
  },
  self: ({ self }) => self,
  init: () => ({ at: 0 }),
  actions: [
    on.start(
      "restore",
      (_config, _state, records) => (records.length > 0 ? {} : null),
      (_config, state) => {
        state.at = 1;
      },
    ),
    on.commands(
      "tell and write",
      () => ({}),
      ({ peer }, state, _found, out) => {
        state.at = 1;
        out.send([peer], { kind: "told" });
        out.persist(null);
      },
    ),
    on.message(
      "told",
      "hear",
      () => ({}),
      (_config, state) => {
        state.at = 1;
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { at }) => at,
  fairness: {},
};

/** What the peer was told may be forgotten by who told it: seen only where a crash falls between send and write. */
export function lateWriter(): Model {
  return {
    name: "late writer",
    processes: {
      a: { engine: writer, config: { self: "a", peer: "b" }, inputs: { go: { commands: [null] } } },
      b: { engine: writer, config: { self: "b", peer: "a" } },
    },
    network: { order: "bag", ignored: "consume" },
    faults: { crashes: 1, recover: true, splitFlush: true },
    invariants: [
      {
        name: "who told remembers",
        holds: (view) =>
          view.of("b").observation === 1 && view.of("a").observation === 0 ? "forgotten" : null,
      },
    ],
    witnesses: [],
  };
}
