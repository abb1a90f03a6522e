import { type Infer, id, list, nat, nil, record, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";

const config = record({ self: id("node"), peers: list(id("node")), needed: nat() });
/** Whoever broadcasts says `init`; everybody who hears it echoes it once to everybody. */
const message = variant({
  init: record({ slot: nat(), value: id("value") }),
  echo: record({ origin: id("node"), slot: nat(), value: id("value") }),
});
const broadcast = record({ origin: id("node"), slot: nat() });
const state = record({
  /** What this process echoed, and nothing else for the same broadcast. */
  echoed: list(record({ of: broadcast, value: id("value") })),
  /** Who echoed what: the first echo of a process for each broadcast counts. */
  heard: list(record({ of: broadcast, value: id("value"), from: id("node") })),
  delivered: list(broadcast),
});
const output = record({ origin: id("node"), slot: nat(), value: id("value") });

export interface Echo {
  Config: Infer<typeof config>;
  State: Infer<typeof state>;
  Command: { readonly slot: number; readonly value: string };
  Message: Infer<typeof message>;
  Timer: never;
  Record: null;
  Output: Infer<typeof output>;
}

type Broadcast = Infer<typeof broadcast>;

const same = (a: Broadcast, b: Broadcast): boolean => a.slot === b.slot && a.origin === b.origin;

const on = actionsOf<Echo>();

/**
 * Consistent broadcast by echoes, for n = 3f + 1 processes of which f lie: a value that n - f have echoed is delivered, and two
 * sets of n - f share an honest process, which echoes one value only. With `needed` one lower they need not.
 */
export const echo: Engine<Echo> = {
  name: "echo",
  schema: {
    config,
    state,
    command: record({ slot: nat(), value: id("value") }),
    message,
    record: nil(),
    output,
    timers: [],
  },
  self: ({ self }) => self,
  init: () => ({ echoed: [], heard: [], delivered: [] }),
  actions: [
    on.commands(
      "broadcast",
      (_config, _state, commands) => commands,
      ({ peers }, _state, commands, out) => {
        for (const { slot, value } of commands) out.send(peers, { kind: "init", slot, value });
      },
    ),
    on.message(
      "init",
      "echo",
      (_config, { echoed }, { slot, value }, origin) =>
        echoed.some(({ of }) => same(of, { origin, slot })) ? null : { of: { origin, slot }, value },
      ({ peers }, { echoed }, { of, value }, out) => {
        echoed.push({ of, value });
        out.send(peers, { kind: "echo", ...of, value });
      },
    ),
    on.message(
      "echo",
      "hear",
      (_config, { heard }, { origin, slot, value }, from) =>
        heard.some((one) => one.from === from && same(one.of, { origin, slot }))
          ? null
          : { of: { origin, slot }, value, from },
      ({ needed }, { heard, delivered }, found, out) => {
        heard.push(found);
        const { of, value } = found;
        const count = heard.filter((one) => one.value === value && same(one.of, of)).length;
        if (count < needed || delivered.some((one) => same(one, of))) return;
        delivered.push(of);
        out.output({ ...of, value });
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { delivered }) => delivered,
  fairness: { broadcast: "weak", echo: "weak", hear: "weak" },
};
