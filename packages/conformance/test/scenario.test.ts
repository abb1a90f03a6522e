import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkScenario, runScenario, type ScenarioEnvironment } from "../src/index.ts";
import { learner } from "../src/toy/learner.ts";
import { sequencer } from "../src/toy/sequencer.ts";

interface Entry {
  readonly kind?: string;
  readonly slot: number;
  readonly value: Uint8Array;
}
const short = ({ kind, slot, value }: Entry): string =>
  `${kind ?? ""} ${slot}=${String.fromCharCode(...value)}`.trim();
const values = ({ keys, values }: { keys: number[]; values: Uint8Array[] }): string =>
  keys.map((slot, at) => short({ slot, value: values[at]! })).join(" ") || "nothing";

const environment = (engine = sequencer()): ScenarioEnvironment => ({
  cluster: (names) => ({
    s: { engine, config: { self: "s", learners: names } },
    ...Object.fromEntries(
      names.map((self) => [self, { engine: learner(), config: { self, sequencer: "s", retryMs: 50 } }]),
    ),
  }),
  commands: (words) =>
    words.flatMap((word) => {
      const [slot, value = ""] = word.split("=");
      return value === ""
        ? []
        : [
            {
              kind: "propose",
              slot: Number(slot),
              value: Uint8Array.from(value, (letter) => letter.charCodeAt(0)),
            },
          ];
    }),
  describe: {
    message: (message) => short(message as Entry),
    command: (command) => short(command as Entry),
    record: (record) => short(record as Entry),
    output: (output) => short(output as Entry),
    state: (state) => {
      const {
        values: held,
        known,
        waiting,
      } = state as Record<string, { keys: number[]; values: Uint8Array[] }>;
      return held !== undefined ? values(held) : `known ${values(known!)}, waiting ${values(waiting!)}`;
    },
  },
});

const folder = new URL("scenarios/", import.meta.url);
for (const name of readdirSync(folder))
  test(`scenario ${name}`, () => {
    checkScenario(new URL(name, folder), environment());
  });

test("a script that shows something else is refused, with the line", () => {
  const text = readFileSync(new URL("restart.txt", folder), "utf8");
  expect(runScenario(text, environment())).toBe(text);
  expect(runScenario(text, environment(sequencer("late")))).not.toBe(text);
  const changed = new URL("restart.txt", folder);
  expect(() => checkScenario(changed, environment(sequencer("late")), false)).toThrow(
    /line \d+ of .*restart.txt expected .* got .*UPDATE=1/,
  );
  expect(() => runScenario("cluster r0\n", environment())).toThrow(/no "----" after "cluster r0"/);
});
