import { type Infer, list, nat, record, text, variant } from "@eunomia/codec";
import { type Action, actionsOf, type Engine } from "../../src/index.ts";

/** A replicated counter with every kind of effect: small enough to read, rich enough to test the loop. */
const Config = record({ self: text(), others: list(text()), echo: nat() });
const State = record({ sum: nat(), owed: nat(), acks: nat(), restored: nat() });
const Message = variant({ add: record({ by: nat() }), ack: record({ by: nat() }) });
const Command = variant({ add: record({ by: nat() }), tell: record({ by: nat() }) });
const Record = record({ by: nat() });
const Output = variant({ total: record({ sum: nat() }), acks: record({ count: nat() }) });

export interface CounterTypes {
  Config: Infer<typeof Config>;
  State: Infer<typeof State>;
  Command: Infer<typeof Command>;
  Message: Infer<typeof Message>;
  Timer: "report";
  Record: Infer<typeof Record>;
  Output: Infer<typeof Output>;
}
const on = actionsOf<CounterTypes>();

export const actions: readonly Action<CounterTypes>[] = [
  on.start(
    "restart",
    (_config, _state, records) => records,
    (_config, state, records, out) => {
      for (const { by } of records) state.sum += by;
      state.restored = records.length;
      out.arm("report", 10);
    },
  ),
  on.commands(
    "owe",
    (_config, _state, commands) => commands,
    (config, state, commands, out) => {
      for (const command of commands) {
        if (command.kind === "tell")
          out.send([...config.others, config.self], { kind: "add", by: command.by });
        else state.owed += command.by;
      }
    },
  ),
  on.internal(
    "pay",
    (_config, state) => (state.owed > 0 ? 1 : null),
    (config, state, by, out) => {
      state.owed -= by;
      state.sum += by;
      out.persist({ by });
      out.send(config.others, { kind: "add", by });
      out.output({ kind: "total", sum: state.sum });
    },
  ),
  on.message(
    "add",
    "add",
    (_config, _state, message, from) => (message.by > 0 ? { by: message.by, from } : null),
    (config, state, { by, from }, out) => {
      state.sum += by;
      out.persist({ by });
      if (from !== config.self) out.send([from], { kind: "ack", by });
    },
  ),
  on.message(
    "ack",
    "count an ack",
    () => true,
    (_config, state, _found, out) => {
      state.acks += 1;
      out.output({ kind: "acks", count: state.acks });
    },
  ),
  on.timeout(
    "report",
    "report",
    () => true,
    (_config, state, _found, out) => out.output({ kind: "total", sum: state.sum }),
  ),
];

export const counter: Engine<CounterTypes> = {
  name: "counter",
  schema: {
    config: Config,
    state: State,
    command: Command,
    message: Message,
    record: Record,
    output: Output,
    timers: ["report"],
  },
  self: (config) => config.self,
  init: () => ({ sum: 0, owed: 0, acks: 0, restored: 0 }),
  actions,
  compact: (_config, state) => (state.sum > 0 ? [{ by: state.sum }] : []),
  observe: (_config, state) => ({ sum: state.sum }),
  fairness: {
    restart: "weak",
    owe: "weak",
    pay: "weak",
    add: "weak",
    "count an ack": "weak",
    report: "weak",
  },
};
