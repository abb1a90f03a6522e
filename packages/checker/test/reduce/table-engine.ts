import { type Infer, id, list, nat, nil, record, setAdd, setHas, sortedSet, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import type { Model, ModelProcess, View } from "../../src/index.ts";

// Small engines by chance: what one does stands in a table of its configuration. Every step but "hear" goes up, so runs end.

const Id = id("peer");
const Entry = record({ up: nat(), say: nat() });
const Config = record({
  self: Id,
  peers: sortedSet(Id),
  /** By place and note: how far up, and which note goes to everybody; 0: nothing. */
  table: list(list(Entry)),
  quorum: nat(),
});
const State = record({ at: nat(), heard: sortedSet(Id) });
const Message = variant({ note: record({ tag: nat() }), vote: record({}) });

interface Table {
  Config: Infer<typeof Config>;
  State: Infer<typeof State>;
  Command: null;
  Message: Infer<typeof Message>;
  Timer: never;
  Record: null;
  Output: null;
}

/** What may be wrong with a declaration of the engine. */
export type Slip =
  /** Calls a note inert that may matter later. */
  | "inert for now"
  /** Calls an action collecting that sends. */
  | "collects too much"
  /** Shows what it has collected. */
  | "shows its box"
  /** Keeps the last it heard only, so the order matters, and never counts. */
  | "minds the order"
  /** Speaks to the first of its list, as if names had an order. */
  | "picks the first";

const top = ({ table }: Table["Config"]) => table.length;

/** @param slip a wrong declaration. */
export function tableEngine(slip?: Slip): Engine<Table> {
  const on = actionsOf<Table>();
  const entryOf = ({ table }: Table["Config"], at: number, tag: number) => {
    const entry = table[at]?.[tag];
    return entry === undefined || entry.up === 0 ? null : entry;
  };
  return {
    name: "table",
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
    init: () => ({ at: 0, heard: [] }),
    actions: [
      on.commands(
        "begin",
        () => ({}),
        ({ peers }, _state, _found, out) => {
          out.send(peers, { kind: "vote" });
          out.send(slip === "picks the first" ? peers.slice(0, 1) : peers, { kind: "note", tag: 1 });
        },
      ),
      on.message(
        "note",
        "go",
        (config, { at }, { tag }) => entryOf(config, at, tag),
        ({ peers }, state, { up, say }, out) => {
          state.at += up;
          if (say > 0) out.send(peers, { kind: "note", tag: say - 1 });
        },
      ),
      on.message(
        "vote",
        "tally",
        (config, { at, heard }, _vote, from) =>
          slip !== "minds the order" &&
          at < top(config) &&
          !setHas(heard, from) &&
          heard.length + 1 === config.quorum
            ? {}
            : null,
        ({ peers }, state, _found, out) => {
          state.at += 1;
          state.heard = [];
          out.send(peers, { kind: "note", tag: 0 });
        },
      ),
      on.message(
        "vote",
        "hear",
        (config, { at, heard }, _vote, from) => (at < top(config) && !setHas(heard, from) ? from : null),
        (_config, state, from) => {
          if (slip === "minds the order") state.heard = [from];
          else setAdd(state.heard, from);
        },
      ),
    ],
    compact: () => [],
    observe: (_config, { at, heard }) => (slip === "shows its box" ? [at, heard] : at),
    inert: (config, { at }, message) => {
      if (message.kind === "vote") return at >= top(config);
      const last = slip === "inert for now" ? at + 1 : top(config);
      for (let place = at; place < last; place++)
        if (entryOf(config, place, message.tag) !== null) return false;
      return true;
    },
    collects: slip === "collects too much" ? ["hear", "tally"] : ["hear"],
    fairness: { begin: "weak", go: "weak", tally: "weak", hear: "weak" },
  };
}

export interface Dice {
  below(bound: number): number;
}

/** Integers by chance, the same for the same seed. */
export function diceOf(seed: number): Dice {
  let state = (seed + 1) * 0x9e3779b1;
  return {
    below(bound) {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b1;
      return ((state ^ (state >>> 13)) >>> 0) % bound;
    },
  };
}

/** What else a model by chance may be told. */
export interface TableOptions {
  readonly slip?: Slip;
  readonly network?: Partial<Model["network"]>;
  readonly faults?: Model["faults"];
  /** Nothing is forbidden, so that the whole space is searched. */
  readonly lawless?: boolean;
}

/** A model of table engines: most have the same table, one may have its own; what is forbidden may happen or not. */
export function tableModel(
  seed: number,
  { slip, network, faults, lawless = false }: TableOptions = {},
): Model {
  const dice = diceOf(seed);
  const count = dice.below(4) === 0 ? 2 : 3;
  const keys = Array.from({ length: count }, (_, at) => `p${at}`);
  const places = 2;
  const table = () =>
    Array.from({ length: places }, () =>
      Array.from({ length: 2 }, () => ({ up: dice.below(2), say: dice.below(3) })),
    );
  const [common, own] = [table(), table()];
  const odd = dice.below(3) === 0 ? dice.below(count) : -1;
  const engine = tableEngine(slip);
  const beginners = 1 + dice.below(count);
  const quorum = count === 2 ? 1 : 1 + dice.below(2);
  const processes: Record<string, ModelProcess> = {};
  for (const [at, self] of keys.entries()) {
    const peers = keys.filter((key) => key !== self);
    const config = { self, peers, table: at === odd ? own : common, quorum };
    processes[self] = { engine, config, ...(at < beginners && { inputs: { begin: { commands: [null] } } }) };
  }
  const forbidden = keys.map((_, which) => (which === 0 ? 1 + dice.below(places) : dice.below(places + 1)));
  const at = (view: View, key: string): number => {
    const { observation } = view.of(key);
    return Array.isArray(observation) ? observation[0] : observation;
  };
  return {
    name: `table ${seed}`,
    processes,
    network: { order: "bag", ignored: "consume", ...network },
    ...(faults !== undefined && { faults }),
    invariants: [
      {
        name: "not there together",
        holds: (view) =>
          !lawless && keys.every((key, which) => at(view, key) === forbidden[which])
            ? `at ${forbidden}`
            : null,
      },
    ],
    witnesses: [{ name: "somebody moves", reached: (view) => keys.some((key) => at(view, key) > 0) }],
  };
}
