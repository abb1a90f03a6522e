import { type Draw, type Scene, simulate, stormProfile, type Watch } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { adversary, base, lost, other } from "./support/wrong.ts";

const live = { mode: "liveness", virtualMs: 200 } as const;

test.each<[string, unknown, RegExp]>([
  [
    "throws",
    () => {
      throw new Error("lost");
    },
    /the watch itself failed: Error: lost/,
  ],
  ["answers false", () => false, /the watch expected to answer null or what is wrong, got false/],
  ["answers nothing", () => undefined, /the watch expected to answer null or what is wrong, got undefined/],
])("a watch that %s is told by its own name, whatever it hears", async (_name, hears, detail) => {
  for (const ear of ["output", "step", "sent", "fate", "end"] as const) {
    const watch = { property: "mine", [ear]: hears } as unknown as Watch;
    const { outcome } = await simulate({
      ...base,
      ...other({ watches: [watch] }),
      limits: { virtualMs: 1000 },
    });
    expect(outcome).toMatchObject({ kind: "violated", property: "mine" });
    expect((outcome as { detail: string }).detail).toMatch(detail);
  }
});

/** How a run ends whose system has another client. */
async function endOf(act: (draw: Draw, scene: Scene) => unknown, more: object = {}) {
  const { system } = base;
  const build: typeof system.build = (config, scene) => {
    const cluster = system.build(config, scene);
    const own = { id: "c", act: (draw: Draw) => act(draw, scene) as null };
    return { ...cluster, clients: [own], ...more };
  };
  const { outcome } = await simulate({ ...base, system: { ...system, build } });
  return outcome;
}

test.each<[string, (draw: Draw, scene: Scene) => unknown, string, RegExp]>([
  ["throws", lost, 'the client "c" never throws', /Error: lost/],
  ["answers nothing", () => {}, 'the client "c" answers a text or null', /it answers undefined/],
  [
    "draws of nothing",
    (draw) => draw.below(0),
    'the client "c" never throws',
    /"below" .* 1 to 65 536 .* got 0/,
  ],
  ["draws of too much", (draw) => draw.below(1e6), 'the client "c" never throws', /"below" .* got 1000000/],
  ["draws half of one", (draw) => draw.below(2.5), 'the client "c" never throws', /"below" .* got 2.5/],
  ["picks of nothing", (draw) => draw.pick([]), 'the client "c" never throws', /"pick" .* at least one item/],
  ["has no chance", (draw) => draw.chance(Number.NaN), 'the client "c" never throws', /"chance" .* got NaN/],
  ["is too sure", (draw) => draw.chance(2), 'the client "c" never throws', /"chance" .* 0 to 1, got 2/],
  [
    "waits for nothing",
    (_, scene) => scene.later(Number.NaN, lost),
    'the client "c" never throws',
    /"later" .* NaN/,
  ],
  [
    "fails later",
    (_, scene) => {
      scene.later(1, lost);
      return null;
    },
    'what was given to "later" never throws',
    /Error: lost/,
  ],
])(
  "a client that %s is told by its own name, and no node is blamed",
  async (_name, act, property, detail) => {
    const outcome = await endOf(act);
    expect(outcome).toMatchObject({ kind: "violated", property, detail: expect.stringMatching(detail) });
  },
);

test.each<[string, object, string, RegExp]>([
  ["throws", { done: lost }, '"done" never throws', /Error: lost/],
  ["answers nothing", { done: () => {} }, '"done" answers true or false', /it answers undefined/],
  [
    "never",
    { done: () => false, patienceMs: 100, describe: lost },
    "the core makes progress",
    /"describe" throws Error/,
  ],
])("a cluster that is done: %s", async (_name, part, property, detail) => {
  const { outcome } = await simulate({ ...base, ...other(part), limits: live });
  expect(outcome).toMatchObject({ property, detail: expect.stringMatching(detail) });
});

test("a node that starts as nothing, an adversary that throws, a budget that throws", async () => {
  const strange = { id: "n", start: () => undefined };
  const started = await simulate({ ...base, ...other({ nodes: [strange] }) });
  expect(started.outcome).toMatchObject({
    detail: expect.stringMatching(/"start" expected a node that runs, or null/),
  });
  for (const hook of ["overhear", "intercept"]) {
    const wicked = adversary({ name: "x", nodes: ["s"], [hook]: lost });
    const { outcome } = await simulate({ ...base, ...wicked });
    expect(outcome).toMatchObject({ property: `"${hook}" of the adversary "x" never throws` });
  }
  await expect(
    simulate({
      ...base,
      ...other({ budget: { tolerates: lost } }),
      profile: stormProfile,
      limits: { virtualMs: 5000 },
    }),
  ).rejects.toMatchObject({ code: "bad-system", message: expect.stringMatching(/"tolerates"|the budget/) });
});
