import { nat, nil, record, text, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import {
  calmProfile,
  engineNodes,
  type Profile,
  type RunPlan,
  type RunResult,
  type System,
  simulate,
  stormProfile,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Toy, toySystem } from "./support/toy-system.ts";

// Everything that a script tells: nodes that gather, slow disks, deaths in the midst of a move, restarts. What comes together
// after a pause comes one by one in a script, and no frame in it is damaged.
const profile: Profile = {
  ...stormProfile,
  network: { ...stormProfile.network, corrupt: 0 },
  rates: { ...stormProfile.rates, crash: 0.04, restart: 0.2, pause: 0 },
  disk: { ...stormProfile.disk, syncMaxMs: 5 },
  batchMaxMs: 5,
  midStep: true,
};
const planOf = (seed: number): RunPlan<Toy> => ({
  system: toySystem(),
  seed: `script ${seed}`,
  profile,
  limits: { mode: "safety", virtualMs: 600 },
});

interface Told {
  readonly result: RunResult;
  readonly moves: readonly string[];
  readonly steps: readonly string[];
}

async function told<C>(plan: RunPlan<C>): Promise<Told> {
  const moves: string[] = [];
  const steps: string[] = [];
  const result = await simulate(plan, {
    onMove: (label) => moves.push(label),
    onStep: ({ process, event }) => steps.push(`${process} ${JSON.stringify(event)}`),
  });
  return { result, moves, steps };
}

const scripted = ({ result, moves }: Told, seed: number, script = moves): Promise<Told> =>
  told({ ...planOf(seed), config: result.config as Toy, choices: result.choices, script });

test("the moves of a run are a script that makes it again, step by step", async () => {
  let slow = 0;
  let died = 0;
  let others = 0;
  for (let seed = 0; seed < 12; seed += 1) {
    const timed = await told(planOf(seed));
    const again = await scripted(timed, seed);
    expect(again.steps).toEqual(timed.steps);
    expect(again.result.outcome).toEqual(timed.result.outcome);
    const inMoves = timed.moves.filter((line) => line.startsWith("^"));
    slow += inMoves.filter((line) => !line.includes(" dies ")).length;
    died += inMoves.filter((line) => line.includes(" dies ")).length;
    // Without what happens within moves it is another run: those lines are needed.
    const outside = timed.moves.filter((line) => !line.startsWith("^"));
    if ((await scripted(timed, seed, outside)).steps.join() !== timed.steps.join()) others += 1;
  }
  expect(slow).toBeGreaterThan(500);
  expect(died).toBeGreaterThan(5);
  expect(others).toBe(12);
});

test("any part of a script is a legal run, and the moves of that one are its script", async () => {
  let left = 0;
  for (let seed = 0; seed < 4; seed += 1) {
    const timed = await told(planOf(seed));
    for (const keep of [2, 3, 5, 7]) {
      const part = await scripted(
        timed,
        seed,
        timed.moves.filter((_, at) => at % keep !== 0),
      );
      expect(part.result.outcome).toEqual({ kind: "ok" });
      const again = await scripted(part, seed);
      expect(again.moves).toEqual(part.moves);
      expect(again.result.digest).toBe(part.result.digest);
      left += part.steps.length;
    }
  }
  expect(left).toBeGreaterThan(1000);
});

interface Teller {
  Config: { self: string; other: string };
  State: { told: number };
  Command: null;
  Message: { kind: "count"; told: number } | { kind: "name"; self: string };
  Timer: never;
  Record: null;
  Output: number;
}
const on = actionsOf<Teller>();
const teller: Engine<Teller> = {
  name: "teller",
  schema: {
    config: record({ self: text(), other: text() }),
    state: record({ told: nat() }),
    command: nil(),
    message: variant({ count: record({ told: nat() }), name: record({ self: text() }) }),
    record: nil(),
    output: nat(),
    timers: [],
  },
  self: ({ self }) => self,
  init: () => ({ told: 0 }),
  actions: [
    on.commands(
      "tell",
      (_config, state) => state.told + 1,
      ({ self, other }, state, count, out) => {
        state.told = count;
        out.send([other], { kind: "count", told: count });
        out.send([other], { kind: "count", told: 100 + count });
        out.send([other], { kind: "name", self });
      },
    ),
    on.message(
      "count",
      "hear",
      (_config, _state, message) => message.told,
      (_config, _state, count, out) => out.output(count),
    ),
  ],
  compact: () => [],
  observe: (_config, state) => state,
  fairness: { tell: "weak", hear: "weak" },
};

test("a line takes what the same move sent in the same place, whatever that says where other moves were left out", async () => {
  const heard: unknown[] = [];
  const system: System<null> = {
    name: "tellers",
    draw: () => null,
    build: (_config, scene) => ({
      ...engineNodes(scene, {
        a: { engine: teller, config: { self: "a", other: "b" } },
        b: { engine: teller, config: { self: "b", other: "a" } },
      }),
      clients: [{ id: "client", act: () => (scene.command("a", null) ? "tell" : null) }],
      watches: [{ property: "hears", output: ({ output }) => (heard.push(output) < 0 ? "never" : null) }],
    }),
  };
  const plan: RunPlan<null> = {
    system,
    seed: "1",
    profile: calmProfile,
    limits: { virtualMs: 200 },
    wire: "value",
  };
  const { moves } = await told(plan);
  const turns = moves.filter((line) => line.startsWith("?client "));
  expect(turns.length).toBeGreaterThan(3);
  const third = Number(turns[2]!.split(" @")[1]!.split(" ")[0]);
  const arrivals = moves.filter((line) => line.includes(" count ") && line.includes(` <${third}`));
  expect(arrivals).toHaveLength(2);
  heard.length = 0;
  // Of five turns only the third is left: what it sends second is heard, and says 101 instead of 103.
  const [, second] = (await told({ ...plan, script: moves })).moves.filter(
    (line) => line.includes(" count ") && line.includes(` <${third}`),
  );
  heard.length = 0;
  const part = await told({ ...plan, script: [turns[2]!, second!] });
  expect(part.moves).toHaveLength(2);
  expect(heard).toEqual([101]);
});
