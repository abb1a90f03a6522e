import { setAdd } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";
import { calmProfile, type RunEyes, simulate } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { courier } from "./support/courier.ts";
import { courierSystem } from "./support/courier-system.ts";

const wrap = (change: (action: AnyEngine["actions"][number]) => AnyEngine["actions"][number]): AnyEngine => {
  const engine: AnyEngine = courier();
  return { ...engine, actions: engine.actions.map(change) };
};
let outside = 0;

/** Each breaks one rule of determinism. */
const twins: readonly { readonly rule: string; readonly engine: AnyEngine }[] = [
  {
    rule: "a step is a function",
    engine: wrap((action) => ({
      ...action,
      act: (config, state, found, out) => {
        action.act(config, state, found, out);
        outside += 1;
        if (action.name === "hear") out.arm("retry", 50 + (outside % 2));
      },
    })),
  },
  {
    rule: "guards change nothing",
    engine: wrap((action) => ({
      ...action,
      guard: (config, state, event) => {
        const { early } = state as { early: number[] };
        if (action.name === "hear") setAdd(early, 1_000_000 + early.length);
        return action.guard(config, state, event);
      },
    })),
  },
  {
    rule: "states fit their schema",
    engine: wrap((action) => ({
      ...action,
      act: (config, state, found, out) => {
        action.act(config, state, found, out);
        (state as { surplus?: number }).surplus = 1;
      },
    })),
  },
  {
    rule: "events are not changed",
    engine: wrap((action) => ({
      ...action,
      guard: (config, state, event) => {
        const found = action.guard(config, state, event);
        if (event.kind === "message" && event.message.kind === "ack") (event.message as { n: number }).n += 1;
        return found;
      },
    })),
  },
  {
    rule: "messages are not changed after they were sent",
    engine: ((): AnyEngine => {
      const sent: { n: number }[] = [];
      return wrap((action) => ({
        ...action,
        act: (config, state, found, out) =>
          action.act(config, state, found, {
            ...out,
            persist: (record) => out.persist(record),
            arm: (timer, delayMs, jitterMs) => out.arm(timer, delayMs, jitterMs),
            disarm: (timer) => out.disarm(timer),
            spawn: (engine, key, given) => out.spawn(engine, key, given),
            output: (output) => out.output(output),
            send: (to, message) => {
              out.send(to, message);
              sent.push(message as unknown as { n: number });
              if (sent.length > 40) sent.shift()!.n = 9999;
            },
          }),
      }));
    })(),
  },
  {
    rule: "an engine never throws",
    engine: wrap((action) => ({
      ...action,
      guard: (config, state, event) => {
        if ((state as { last: number }).last > 20) throw new Error("enough");
        return action.guard(config, state, event);
      },
    })),
  },
];

const run = async (engine: AnyEngine, eyes: RunEyes = {}) =>
  (
    await simulate(
      {
        system: courierSystem({ engine }),
        seed: "examine",
        profile: calmProfile,
        wire: "value",
        limits: { virtualMs: 4000 },
      },
      eyes,
    )
  ).outcome;

for (const { rule, engine } of twins)
  test(`a sampled look refuses an engine that breaks "${rule}"`, async () => {
    expect(await run(engine)).toMatchObject({ kind: "violated", property: rule });
  });

test("a sound engine passes, however closely one looks", async () => {
  expect(await run(courier(), { checkEvery: 1 })).toEqual({ kind: "ok" });
});

test("nobody looks when nobody should: the same engine gets through", async () => {
  expect(await run(twins[2]!.engine, { checkEvery: 0 })).toEqual({ kind: "ok" });
});
