import { describe, expect, test } from "vitest";
import { type CheckOptions, check, type Model, openSpace } from "../src/index.ts";
import { goldenModel } from "./support/golden.ts";
import { refused } from "./support/refused.ts";

const model = goldenModel(3, 2);

describe("impossible options are refused with what was expected, what was got and what to do", () => {
  const options: [string, CheckOptions, RegExp][] = [
    [
      "mode",
      { mode: "sideways" as never },
      /"mode" expected one of bfs, dfs, best-first, walk, got "sideways"/,
    ],
    ["an option of another name", { maxStates: 3 } as never, /"options" expected .*; got "maxStates"/],
    [
      "a reduction that was not called",
      { reductions: [(() => null) as never] },
      /"reductions" expected a list of reductions, such as \[inertMessages\]/,
    ],
    ["score is missing", { mode: "best-first" }, /"score" expected a function .* give one/],
    ["score is too much", { score: () => 0 }, /"score" expected the mode "best-first", got "bfs"/],
    ["walks are missing", { mode: "walk" }, /"walks" expected \{ count, steps, seed \}/],
    ["walks are too much", { walks: { count: 1, steps: 1, seed: 1 } }, /"walks" expected the mode "walk"/],
    [
      "walks.count",
      { mode: "walk", walks: { count: 0, steps: 1, seed: 1 } },
      /"walks.count" expected a positive/,
    ],
    [
      "walks.steps",
      { mode: "walk", walks: { count: 1, steps: 0.5, seed: 1 } },
      /"walks.steps" expected a positive/,
    ],
    [
      "walks.seed",
      { mode: "walk", walks: { count: 1, steps: 1, seed: 0.5 } },
      /"walks.seed" expected an integer/,
    ],
    ["memory", { memory: -1 }, /"memory" expected a positive integer, got -1/],
    ["states", { states: 0 }, /"states" expected a positive integer, got 0/],
    ["depth", { depth: Number.NaN }, /"depth" expected a positive integer, got NaN/],
    ["depth without levels", { mode: "dfs", depth: 3 }, /"depth" expected the mode "bfs", got "dfs"/],
  ];
  for (const [name, given, text] of options)
    test(name, () => {
      const { code, message } = refused(() => check(model, given));
      expect(code).toBe("option");
      expect(message).toMatch(text);
    });
  test("memory that does not hold the first states", () => {
    const { code, message } = refused(() => check(model, { memory: 1000 }));
    expect(code).toBe("memory");
    expect(message).toMatch(/give more/);
  });
});

describe("impossible models are refused", () => {
  const { a0, p0 } = model.processes as Required<Model["processes"]>;
  const network = { order: "bag", ignored: "consume" } as const;
  const models: [string, Partial<Model>, RegExp][] = [
    ["no process", { processes: {} }, /"processes" expected 1 to 64, got 0/],
    [
      "order",
      { network: { ...network, order: "pile" as never } },
      /"network.order" expected bag, fifo or soup, got "pile"/,
    ],
    [
      "soup with loss",
      { network: { ...network, order: "soup", loss: 1 } },
      /no "loss" and no "duplicates" for a soup/,
    ],
    ["loss", { network: { ...network, loss: -1 } }, /"network.loss" expected an integer from 0/],
    ["duplicates", { network: { ...network, duplicates: 0.5 } }, /"network.duplicates" expected an integer/],
    [
      "crashes",
      { faults: { crashes: 5000, recover: true, splitFlush: false } },
      /"faults.crashes" expected an integer from 0 to 4095/,
    ],
    [
      "a key that is not the id",
      { processes: { other: a0! } },
      /"other" expected the id "other", but its engine calls itself "a0"/,
    ],
    ["a key of another name", { invariant: [] } as never, /"model" expected .*; got "invariant"/],
    ["no network", { network: undefined as never }, /"network" expected an object, got undefined/],
    ["no invariants", { invariants: undefined as never }, /"invariants" expected a list, got undefined/],
    ["no witnesses", { witnesses: undefined as never }, /"witnesses" expected a list, got undefined/],
    [
      "an invariant without its function",
      { invariants: [{ name: "i", check: () => null } as never] },
      /"invariants" .* "i" expected a function "holds"/,
    ],
    [
      "ignored",
      { network: { order: "bag", ignored: "drop" as never } },
      /"network.ignored" expected consume or stay, got "drop"/,
    ],
    ["delays", { delays: "remember" as never }, /"delays" expected forget or keep, got "remember"/],
    ["a network's key", { network: { ...network, lossy: 1 } as never }, /"network" expected .*; got "lossy"/],
    [
      "a key of faults",
      { faults: { crashes: 1, recovers: true, splitFlush: false } as never },
      /"faults" expected crashes, recover, splitFlush; got "recovers"/,
    ],
    [
      "faults in part",
      { faults: { crashes: 1, splitFlush: false } as never },
      /"faults.recover" expected true or false, got undefined/,
    ],
    [
      "a key of a process",
      { processes: { p0: { ...p0!, timer: { again: 1 } } as never } },
      /"p0" expected .*; got "timer"/,
    ],
    [
      "no engine",
      { processes: { p0: { ...p0!, engine: undefined as never } } },
      /"p0.engine" expected an engine, got undefined/,
    ],
    [
      "an input that is no frame",
      { processes: { p0: { ...p0!, inputs: { go: { write: 1 } as never } } } },
      /"p0.inputs.go" expected commands, after; got "write"/,
    ],
    [
      "inputs that wait for each other",
      {
        processes: {
          p0: {
            ...p0!,
            inputs: { one: { commands: [null], after: ["two"] }, two: { commands: [null], after: ["one"] } },
          },
        },
      },
      /"p0.inputs" expected an order, but one, two wait for each other/,
    ],
    [
      "a command that is none",
      { processes: { p0: { ...p0!, inputs: { go: { commands: ["sing"] } } } } },
      /"p0.inputs.go.commands" expected commands of "golden proposer"/,
    ],
    [
      "a timer that the engine lacks",
      { processes: { a0: { ...a0!, timers: { tick: 1 } } } },
      /"a0.timers" expected timers of "golden acceptor"/,
    ],
    [
      "an input after nothing",
      { processes: { p0: { ...p0!, inputs: { go: { commands: [null], after: ["stop"] } } } } },
      /"p0.inputs.go.after" expected other inputs of p0, got "stop"/,
    ],
    [
      "two properties of one name",
      { invariants: [...model.invariants, ...model.invariants] },
      /distinct names of properties/,
    ],
    [
      "an excuse for nothing",
      { excused: { "golden acceptor: sing": "it is mute" } },
      /"excused" expected one of .*got "golden acceptor: sing"/,
    ],
  ];
  for (const [name, part, text] of models)
    test(name, () => {
      const { code, message } = refused(() => check({ ...model, ...part }));
      expect(code).toBe("model");
      expect(message).toMatch(text);
    });
  test("a property that asks for a process that is not there", () => {
    const space = openSpace(model);
    expect(refused(() => space.view(space.initial).of("nobody")).message).toMatch(
      /asks for "nobody"; the model has a0/,
    );
  });
});
