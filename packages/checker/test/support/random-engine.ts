import { type Infer, list, nat, record, text, variant } from "@eunomia/codec";
import type { SeededRandom } from "@eunomia/conformance";
import { type Action, actionsOf, type Effects, type Engine } from "@eunomia/engine";
import type { Model, ModelProcess } from "../../src/index.ts";

// Engines whose rules are drawn: tables from (number, argument) to a new number and effects. They mean nothing, and show what
// a checker gets wrong. Each has fuel, so that whatever the tables say the states come to an end.

const Config = record({ self: text(), others: list(text()) });
const State = record({ number: nat(), fuel: nat() });
const Message = variant({ red: record({ value: nat() }), blue: record({ value: nat() }) });

interface Types {
  Config: Infer<typeof Config>;
  State: Infer<typeof State>;
  Command: number;
  Message: Infer<typeof Message>;
  Timer: "tick";
  Record: number;
  Output: number;
}

const numbers = 3;

type Rule = { to: number[]; effects: ("persist" | "red" | "blue" | "arm" | "disarm" | "output")[] } | null;

function drawRules(random: SeededRandom): Rule[] {
  const effects = ["persist", "red", "blue", "arm", "disarm", "output"] as const;
  return Array.from({ length: numbers * numbers }, () => {
    if (random.below(3) === 0) return null;
    const to = Array.from({ length: random.below(5) === 0 ? 2 : 1 }, () => random.below(numbers));
    return { to, effects: effects.filter(() => random.below(3) === 0) };
  });
}

function play(
  config: Types["Config"],
  state: Types["State"],
  found: { rule: Rule; to: number },
  out: Effects<Types>,
): void {
  state.number = found.to;
  if (state.fuel === 0) return;
  state.fuel -= 1;
  for (const effect of found.rule!.effects) {
    if (effect === "persist") out.persist(state.number);
    else if (effect === "arm") out.arm("tick", 1);
    else if (effect === "disarm") out.disarm("tick");
    else if (effect === "output") out.output(state.number);
    else out.send(config.others, { kind: effect, value: state.number });
  }
}

/** An engine with drawn rules. */
export function randomEngine(random: SeededRandom, fuel: number): Engine<Types> {
  const on = actionsOf<Types>();
  const tables = {
    red: drawRules(random),
    blue: drawRules(random),
    command: drawRules(random),
    tick: drawRules(random),
  };
  type Found = { rule: Rule; to: number };
  const find = (table: Rule[], state: Readonly<Types["State"]>, argument: number): Found | null => {
    const rule = table[state.number * numbers + (argument % numbers)]!;
    return rule === null ? null : { rule, to: rule.to[0]! };
  };
  const all = (found: Found | null): Found[] =>
    (found?.rule?.to ?? []).map((to) => ({ rule: found!.rule, to }));
  const choosing = <A extends Action<Types>>(action: A): A => ({
    ...action,
    choices: (config, state, event) => all(action.guard(config, state, event) as Found | null),
  });
  const actions = [
    on.start(
      "restore",
      (_config, _state, records) => (records.length > 0 ? records : null),
      (_config, state, records) => {
        state.number = records.at(-1)!;
      },
    ),
    choosing(on.message("red", "red", (_config, state, { value }) => find(tables.red, state, value), play)),
    choosing(
      on.message("blue", "blue", (_config, state, { value }) => find(tables.blue, state, value), play),
    ),
    choosing(
      on.commands(
        "command",
        (_config, state, commands) => find(tables.command, state, commands[0] ?? 0),
        play,
      ),
    ),
    choosing(on.timeout("tick", "tick", (_config, state) => find(tables.tick, state, 0), play)),
  ];
  return {
    name: "random",
    schema: {
      config: Config,
      state: State,
      command: nat(),
      message: Message,
      record: nat(),
      output: nat(),
      timers: ["tick"],
    },
    self: ({ self }) => self,
    init: () => ({ number: 0, fuel }),
    actions,
    compact: (_config, { number }) => [number],
    observe: (_config, { number }) => number,
    fairness: {},
  };
}

/** A model of two or three such engines under drawn faults. */
export function randomModel(random: SeededRandom): Model {
  const keys = ["a", "b", "c"].slice(0, 2 + random.below(2));
  const twins = keys.length === 3 && random.below(3) === 0;
  const idOf = (key: string) => (twins && key === "c" ? "b" : key);
  const processes: Record<string, ModelProcess> = {};
  const together = random.below(2) === 0;
  const engines = keys.map(() => randomEngine(random, 1 + random.below(2)));
  for (const [at, key] of keys.entries()) {
    const self = idOf(key);
    const others = [...new Set(keys.map(idOf))].filter((id) => id !== self);
    processes[key] = {
      engine: twins && key === "c" ? engines[1]! : engines[at]!,
      config: { self, others },
      id: self,
      ...(together && key !== "c" && { node: "n" }),
      ...(random.below(3) > 0 && {
        inputs: {
          one: { commands: [random.below(3)] },
          two: { commands: [random.below(3)], after: ["one"] },
        },
      }),
      timers: { tick: random.below(2) },
      ...(random.below(3) === 0 && {
        history: { schema: nat(), start: 0, fold: (sum: number, output: number) => (sum + output) % 3 },
      }),
    };
  }
  const order = (["bag", "fifo", "soup"] as const)[random.below(3)]!;
  const [x, y] = [random.below(3), random.below(3)];
  return {
    name: "random",
    processes,
    network: {
      order,
      ...(order !== "soup" && {
        loss: [0, 0, 1, true][random.below(4)] as number | true,
        duplicates: random.below(4) === 0 ? 1 : 0,
      }),
      ignored: random.below(2) === 0 ? "consume" : "stay",
    },
    faults: { crashes: random.below(2), recover: random.below(2) === 0, splitFlush: random.below(2) === 0 },
    ...(together &&
      random.below(2) === 0 && {
        routes: (key, output) => (key === "a" ? [{ to: "b", command: output as number }] : []),
      }),
    invariants: [
      {
        name: "never both",
        holds: (view) =>
          view.of("a").observation === x && view.of("b").observation === y && x + y > 2 ? "both" : null,
      },
    ],
    witnesses: [],
  };
}
