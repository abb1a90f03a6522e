import { type Adversary, calmProfile, type RunPlan, simulate, type Watch } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Toy, toySystem } from "./support/toy-system.ts";

const plan = (adversary: Adversary): RunPlan<Toy> => ({
  system: toySystem(),
  seed: "adversary",
  config: { learners: 2 },
  profile: calmProfile,
  wire: "value",
  adversary: () => adversary,
  limits: { virtualMs: 1000 },
});

test("an adversary that leaves packets as they are changes nothing", async () => {
  const honest = await simulate(plan({ name: "nobody", nodes: [] }));
  const idle = await simulate(
    plan({ name: "idle", nodes: ["s"], intercept: (packet, _copy, stage) => stage.emit(packet) }),
  );
  expect(idle.outcome).toEqual({ kind: "ok" });
  expect(idle.fired).toEqual(honest.fired);
  expect(idle.counts["byzantine packets"]).toBeGreaterThan(10);
});

test("twins of the sequencer, each of which talks to one learner, break agreement", async () => {
  const { outcome } = await simulate(
    plan({
      name: "twins",
      nodes: ["s"],
      copies: () => 2,
      route: (from, fromCopy, to, toCopy) =>
        (from !== "s" || (to === "r0") === (fromCopy === 0)) &&
        (to !== "s" || (from === "r0") === (toCopy === 0)),
    }),
  );
  expect(outcome).toMatchObject({ kind: "violated", property: "agreement and validity" });
});

test("a changed message is the sender's; one in somebody else's name is refused", async () => {
  const lies: Adversary = {
    name: "lies",
    nodes: ["s"],
    intercept: (packet, _copy, stage) => {
      stage.emit({ ...packet, from: "r0" });
      stage.emit({ ...packet, fromNode: "r0", from: "r0" });
      stage.emit({
        ...packet,
        message: { ...(packet.message as { kind: "told"; slot: number }), value: Uint8Array.of(9) } as never,
      });
    },
  };
  const { outcome, counts } = await simulate(plan(lies));
  expect(outcome).toMatchObject({ kind: "violated", property: "agreement and validity" });
  expect(counts["forgeries refused"]).toBeGreaterThanOrEqual(2);
});

test("watches hear nothing of Byzantine nodes unless they ask for it", async () => {
  const heard = { by: new Set<string>(), everybody: new Set<string>() };
  const ear = (nodes: Set<string>, everybody: boolean): Watch => {
    const hear = (node: string): null => {
      nodes.add(node);
      return null;
    };
    return {
      property: "hearing",
      everybody,
      step: ({ node }) => hear(node),
      sent: ({ fromNode }) => hear(fromNode),
      output: ({ node }) => hear(node),
    };
  };
  const base = plan({ name: "idle", nodes: ["r0"] });
  const system = {
    ...base.system,
    build: (...given: Parameters<typeof base.system.build>) => {
      const cluster = base.system.build(...given);
      return {
        ...cluster,
        watches: [...cluster.watches, ear(heard.by, false), ear(heard.everybody, true)],
      };
    },
  };
  expect((await simulate({ ...base, system })).outcome).toEqual({ kind: "ok" });
  expect([...heard.by].sort()).toEqual(["r1", "s"]);
  expect([...heard.everybody].sort()).toEqual(["r0", "r1", "s"]);
});

test("silence, overhearing and acting later are up to the adversary; choices of its own are part of the run", async () => {
  let heard = 0;
  const silent: Adversary = {
    name: "silent",
    nodes: ["s"],
    overhear: () => {
      heard += 1;
    },
    intercept: (packet, _copy, stage) => {
      if (stage.draw.chance(0.5)) stage.later(20 + stage.draw.below(8), () => stage.emit(packet));
    },
  };
  const first = await simulate(plan(silent));
  expect(first.outcome).toEqual({ kind: "ok" });
  expect(heard).toBeGreaterThan(50);
  expect(first.choices.some(({ stream }) => stream === "byz")).toBe(true);
  expect(await simulate({ ...plan(silent), choices: first.choices })).toEqual(first);
});
