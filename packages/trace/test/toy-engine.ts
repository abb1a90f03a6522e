import { bigint, bytes, type Infer, id, list, nat, record, text, variant } from "@eunomia/codec";
import { actionsOf, type Engine, type EngineTypes } from "@eunomia/engine";

const Config = record({ self: id("node"), others: list(id("node"), 4) });
const State = record({ sum: bigint(0n, 1n << 60n), last: bytes(8), waiting: nat(), ticks: nat() });
const Command = record({ add: nat(), note: bytes(8) });
const Message = variant({ added: record({ sum: bigint(0n, 1n << 60n) }), ack: record({ of: nat() }) });
const Entry = record({ sum: bigint(0n, 1n << 60n), last: bytes(8) });
const Output = record({ text: text(64) });

interface Adder extends EngineTypes {
  Config: Infer<typeof Config>;
  State: Infer<typeof State>;
  Command: Infer<typeof Command>;
  Message: Infer<typeof Message>;
  Timer: "tick";
  Record: Infer<typeof Entry>;
  Output: Infer<typeof Output>;
}

/**
 * Adds up what it is told, writes it down and tells others, who acknowledge: every kind of event and effect, bigints and bytes.
 *
 * @param wrong adds one too much from a sum of 10 on.
 */
export function adder(wrong = false): Engine<Adder> {
  const on = actionsOf<Adder>();
  return {
    name: "adder",
    schema: {
      config: Config,
      state: State,
      command: Command,
      message: Message,
      record: Entry,
      output: Output,
      timers: ["tick"],
    },
    self: (config) => config.self,
    init: () => ({ sum: 0n, last: new Uint8Array(), waiting: 0, ticks: 0 }),
    actions: [
      on.start(
        "restore",
        (_config, _state, records) => records,
        (_config, state, records, out) => {
          const last = records.at(-1);
          if (last !== undefined) Object.assign(state, last);
          out.arm("tick", 10, 5);
        },
      ),
      on.commands(
        "add",
        (_config, _state, commands) => commands,
        (config, state, commands, out) => {
          for (const { add, note } of commands) {
            state.sum += BigInt(add) + (wrong && state.sum >= 10n ? 1n : 0n);
            state.last = note;
          }
          state.waiting += config.others.length;
          out.persist({ sum: state.sum, last: state.last });
          out.send(config.others, { kind: "added", sum: state.sum });
        },
      ),
      on.message(
        "added",
        "acknowledge",
        (_config, _state, { sum }, from) => ({ sum, from }),
        (_config, _state, { sum, from }, out) => out.send([from], { kind: "ack", of: Number(sum % 7n) }),
      ),
      on.message(
        "ack",
        "count",
        (_config, state) => (state.waiting > 0 ? {} : null),
        (_config, state, _found, out) => {
          state.waiting -= 1;
          if (state.waiting === 0) out.output({ text: `all know ${state.sum}` });
        },
      ),
      on.timeout(
        "tick",
        "tick",
        (_config, state) => state.ticks,
        (_config, state, ticks, out) => {
          state.ticks = ticks + 1;
          if (ticks < 20) out.arm("tick", 10, 5);
        },
      ),
    ],
    compact: (_config, { sum, last }) => [{ sum, last }],
    observe: (_config, { sum }) => sum,
    fairness: {},
  };
}
