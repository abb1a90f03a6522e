import { clone, encode } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import { actionsOf, type Choose, type Engine, EngineFault, step } from "../src/index.ts";
import { actions, type CounterTypes, counter } from "./support/counter.ts";

const config = { self: "a", others: ["b", "c"], echo: 0 };

describe("step", () => {
  test("runs the first enabled action, then internal actions until none is enabled", () => {
    const state = counter.init(config);
    const { fired, effects } = step(counter, config, state, {
      kind: "commands",
      commands: [{ kind: "add", by: 3 }],
    });
    expect(fired.map((entry) => entry.action)).toEqual(["owe", "pay", "pay", "pay"]);
    expect(state).toMatchObject({ sum: 3, owed: 0 });
    expect(effects.filter((effect) => effect.kind === "persist")).toHaveLength(3);
  });

  test("effects leave in the order in which actions wrote them", () => {
    const state = counter.init(config);
    const { effects } = step(counter, config, state, {
      kind: "commands",
      commands: [{ kind: "add", by: 1 }],
    });
    expect(effects.map((effect) => effect.kind)).toEqual(["persist", "send", "output"]);
  });

  test("a copy to oneself is handled inside the step and never leaves", () => {
    const state = counter.init(config);
    const { fired, effects } = step(counter, config, state, {
      kind: "commands",
      commands: [{ kind: "tell", by: 5 }],
    });
    expect(fired.map((entry) => entry.action)).toEqual(["owe", "add"]);
    expect(effects).toEqual([
      { kind: "send", to: ["b", "c"], message: { kind: "add", by: 5 } },
      { kind: "persist", record: { by: 5 } },
    ]);
    expect(state.sum).toBe(5);
  });

  test("no enabled action is an ordinary outcome: nothing fired, nothing changed", () => {
    const state = counter.init(config);
    const before = encode(counter.schema.state, state);
    const { fired, effects } = step(counter, config, state, {
      kind: "message",
      from: "b",
      message: { kind: "add", by: 0 },
    });
    expect(fired).toEqual([]);
    expect(effects).toEqual([]);
    expect(encode(counter.schema.state, state)).toEqual(before);
  });

  test("internal actions that never rest are a fault of the engine, not an endless loop", () => {
    const on = actionsOf<CounterTypes>();
    const restless: Engine<CounterTypes> = {
      ...counter,
      actions: [
        ...actions,
        on.internal(
          "spin",
          () => true,
          () => {},
        ),
      ],
    };
    expect(() => step(restless, config, restless.init(config), { kind: "start", records: [] })).toThrow(
      EngineFault,
    );
  });

  test("an action with choices takes what it is told to take, and the guard's answer in production", () => {
    const on = actionsOf<CounterTypes>();
    const guess = on.internal(
      "guess",
      (_config, state) => (state.acks === 0 ? 1 : null),
      (_config, state, found: number) => {
        state.acks = found;
      },
    );
    const guessing = { ...counter, actions: [{ ...guess, choices: () => [1, 2, 3] }] };
    const acks = (choose?: Choose) => {
      const state = guessing.init(config);
      step(guessing, config, state, { kind: "start", records: [] }, choose);
      return state.acks;
    };
    expect(acks()).toBe(1);
    expect(acks((action, found) => (action === "guess" ? found.length - 1 : 0))).toBe(3);
    const stuck = { ...counter, actions: [{ ...guess, choices: () => [] }] };
    const start = { kind: "start", records: [] } as const;
    expect(() => step(stuck, config, stuck.init(config), start, () => 0)).toThrow(EngineFault);
  });

  test("the same event on equal states gives equal effects", () => {
    const one = counter.init(config);
    const two = clone(counter.schema.state, one);
    const event = { kind: "commands", commands: [{ kind: "add", by: 2 }] } as const;
    expect(step(counter, config, one, event)).toEqual(step(counter, config, two, event));
    expect(one).toEqual(two);
  });
});
