import { runTwins, TwinsScenarios, type TwinsScope, type TwinsSubject } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Echo, echo } from "./support/echo.ts";
import { echoPeers } from "./support/echo-system.ts";

const scope: TwinsScope = {
  nodes: echoPeers,
  copies: { d: 2 },
  rounds: 2,
  interchangeable: [["a", "b", "c"]],
};

/** Copies of the leader are asked for different values; whoever leads asks for slot 0, and so for the same broadcast again. */
const subject = (needed: number): TwinsSubject => ({
  engineOf: (self) => ({ engine: echo, config: { self, peers: echoPeers, needed } }),
  commands: (round, _leader, copy) => [{ slot: round === 1 ? 0 : round, value: copy === 0 ? "red" : "blue" }],
});

/** Do honest processes deliver different values of one broadcast? And how many deliveries were there? */
function splits(
  needed: number,
  rounds: Parameters<typeof runTwins>[1],
): { split: boolean; delivered: number } {
  const seen = new Map<string, string>();
  let [split, delivered] = [false, 0];
  for (const { node, output } of runTwins(subject(needed), rounds).outputs) {
    if (node === "d") continue;
    const { origin, slot, value } = output as Echo["Output"];
    const key = `${origin} ${slot}`;
    delivered += 1;
    if ((seen.get(key) ?? value) !== value) split = true;
    seen.set(key, value);
  }
  return { split, delivered };
}

test("no scenario of twins splits honest processes that need three echoes of four; many split those that need two", () => {
  const sum = { scenarios: 0, sound: 0, broken: 0, delivered: 0 };
  for (const rounds of new TwinsScenarios(scope).all()) {
    const sound = splits(3, rounds);
    sum.scenarios += 1;
    sum.delivered += sound.delivered;
    if (sound.split) sum.sound += 1;
    if (splits(2, rounds).split) sum.broken += 1;
  }
  expect(sum.sound).toBe(0);
  expect(sum.broken).toBeGreaterThan(10);
  expect(sum.delivered).toBeGreaterThan(sum.scenarios);
});

const text = (rounds: Parameters<typeof runTwins>[1]): string => JSON.stringify(rounds);

test("scenarios that symmetries leave are one of each class, and none is told twice", () => {
  // Renamings of a, b and c times the two numbers of the copies of d.
  const pruned = new TwinsScenarios(scope);
  expect(pruned.symmetries).toBe(12);
  // Five ends in at most two blocks, times four leaders.
  expect(pruned.kinds.length).toBe(16 * 4);
  expect(pruned.unpruned).toBe(64 ** 2);
  const all = [...pruned.all()].map(text);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBe(classesOf(scope));
  const none = new TwinsScenarios({ ...scope, copies: {}, interchangeable: [] });
  expect(none.symmetries).toBe(1);
  expect([...none.all()].length).toBe(none.unpruned);
});

/** The classes of scenarios under renaming, counted by going through all scenarios and naming the least of each class. */
function classesOf({ interchangeable = [], ...rest }: TwinsScope): number {
  const plain = new TwinsScenarios({ ...rest, copies: { d: 2 } });
  const [a, b, c] = interchangeable[0]!;
  const renamings = [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ].map((to) => new Map([a, b, c].map((from, at) => [from!, to[at]!])));
  const classes = new Set<string>();
  const seen = new Map<string, string>();
  const kinds = plain.kinds;
  const named = (renaming: Map<string, string>, flip: boolean, kind: (typeof kinds)[number]): string => {
    const cached = `${renaming.get(a!)}${renaming.get(b!)}${flip}${JSON.stringify(kind)}`;
    let found = seen.get(cached);
    if (found === undefined) {
      const partition = kind.partition.map((block) =>
        block
          .map(({ node, copy }) => `${renaming.get(node) ?? node}${flip && node === "d" ? 1 - copy : copy}`)
          .sort()
          .join(),
      );
      found = `${renaming.get(kind.leader) ?? kind.leader}:${partition.sort().join(";")}`;
      seen.set(cached, found);
    }
    return found;
  };
  for (const first of kinds)
    for (const second of kinds) {
      const images = renamings.flatMap((renaming) =>
        [false, true].map((flip) => `${named(renaming, flip, first)} ${named(renaming, flip, second)}`),
      );
      classes.add(images.sort()[0]!);
    }
  return classes.size;
}

test("a scenario has a name to find it again, and engines that talk for ever are stopped", () => {
  const scenarios = new TwinsScenarios(scope);
  for (const rounds of [...scenarios.all()].slice(0, 50))
    expect(scenarios.named(scenarios.nameOf(rounds))).toEqual(rounds);
  for (const wrong of ["", "1", "1.2.3", "1.64", "1.x"])
    expect(() => scenarios.named(wrong)).toThrow(/expected 2 numbers below 64 with dots between them, got/);
  const steps: string[] = [];
  const [first] = scenarios.all();
  const sound = runTwins(subject(3), first!, ({ node, event }) => steps.push(`${node} ${event.kind}`));
  expect([sound.endless, steps.length]).toEqual([false, sound.steps]);
  // Whoever hears of a broadcast begins it again.
  const chatter: typeof echo = {
    ...echo,
    actions: echo.actions.map((action) =>
      action.on !== "message:init"
        ? action
        : {
            ...action,
            guard: (_config, _state, event) =>
              event.kind === "message" && event.message.kind === "init" ? event.message : null,
            act: ({ peers, self }, _state, found, out) =>
              out.send(
                peers.filter((name) => name !== self),
                found as Echo["Message"],
              ),
          },
    ),
  };
  const endless = runTwins(
    {
      ...subject(3),
      engineOf: (self) => ({ engine: chatter, config: { self, peers: echoPeers, needed: 3 } }),
    },
    first!,
  );
  expect([endless.endless, endless.steps]).toEqual([true, 20_000]);
});

test("random scenarios are among all, and a scope that makes no sense is refused", () => {
  const scenarios = new TwinsScenarios({ ...scope, rounds: 5 });
  let next = 1;
  const below = (arity: number): number => {
    next = (next * 48_271) % 2_147_483_647;
    return next % arity;
  };
  const draw = {
    below,
    chance: () => false,
    pick: <T>(items: readonly T[]): T => items[below(items.length)]!,
  };
  let broken = 0;
  for (let run = 0; run < 200; run += 1) {
    const rounds = scenarios.random(draw);
    expect(rounds.length).toBe(5);
    expect(splits(3, rounds).split).toBe(false);
    if (splits(2, rounds).split) broken += 1;
  }
  expect(broken).toBeGreaterThan(10);
  for (const wrong of [
    { copies: { x: 2 } },
    { copies: { d: 0 } },
    { rounds: 0 },
    { leaders: [] },
    { copies: { d: 9 } },
  ])
    expect(() => new TwinsScenarios({ ...scope, ...wrong })).toThrow(/expected .* got/);
});
