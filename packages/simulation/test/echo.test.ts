import {
  type Adversary,
  adaptive,
  calmProfile,
  collusion,
  counted,
  type Draw,
  delaying,
  drawAdversary,
  flooding,
  following,
  Knowledge,
  mutation,
  type RunPlan,
  resending,
  type Strategy,
  selectiveSilence,
  shrink,
  silence,
  simulate,
  twins,
  withholding,
} from "@eunomia/simulation";
import { describe, expect, test } from "vitest";
import { echoPeers, echoSystem } from "./support/echo-system.ts";

const seeds = 16;

const plan = (seed: string, needed: number, adversary: (draw: Draw) => Adversary): RunPlan<null> => ({
  system: echoSystem(needed),
  seed,
  profile: calmProfile,
  wire: "value",
  adversary: (_config, draw) => adversary(draw),
  limits: { virtualMs: 400 },
});

interface Score {
  /** Runs in which the strategy did not leave every packet as it was. */
  acted: number;
  broke: number;
  /** Deliveries of broadcasts of honest processes by honest processes. */
  delivered: number;
}

async function score(needed: number, adversary: (draw: Draw) => Adversary): Promise<Score> {
  const sum: Score = { acted: 0, broke: 0, delivered: 0 };
  for (let seed = 0; seed < seeds; seed += 1) {
    const { outcome, counts, marks } = await simulate(plan(`${seed}`, needed, adversary));
    if (Object.keys(counts).some((name) => name.startsWith("byzantine: "))) sum.acted += 1;
    if (outcome.kind === "violated") {
      expect(outcome.property).toBe("consistent broadcast");
      sum.broke += 1;
    }
    sum.delivered += marks["an honest broadcast is delivered"] ?? 0;
  }
  return sum;
}

const liars = (nodes: readonly string[], make: (knowledge: Knowledge) => Strategy) => (): Adversary => {
  const knowledge = new Knowledge();
  return following("one", nodes, counted("one", make(knowledge)), knowledge);
};

const alone: [string, (knowledge: Knowledge) => Strategy][] = [
  ["silence", () => silence()],
  ["selective silence", selectiveSilence],
  ["withholding", withholding],
  ["delay", () => delaying(200)],
  ["resending", () => resending()],
  ["flooding", () => flooding()],
  ["mutation", () => mutation()],
  ["mutation by what was heard", (knowledge) => mutation(0.5, knowledge)],
  ["collusion", collusion],
  ["adaptive", (knowledge) => adaptive(knowledge)],
];

/** All that the three honest processes broadcast reaches all three. */
const everything = seeds * 3 * 3 * 6;

describe("one of four lies", () => {
  test.each(alone)("%s acts, and three echoes bear it", async (_name, make) => {
    const { acted, broke, delivered } = await score(3, liars(["d"], make));
    expect(broke).toBe(0);
    expect(delivered).toBe(everything);
    expect(acted).toBeGreaterThanOrEqual(seeds / 2);
  });

  test("twins and drawn mixtures of all strategies are borne as well", async () => {
    const doubled = await score(3, (draw) => twins(draw, ["d"], echoPeers));
    expect(doubled).toMatchObject({ broke: 0, delivered: everything });
    const drawn = await score(3, (draw) => drawAdversary(draw, ["d"], echoPeers));
    expect(drawn).toMatchObject({ broke: 0, delivered: everything });
    expect(drawn.acted).toBeGreaterThanOrEqual(seeds / 2);
  });
});

describe("a threshold that is off by one", () => {
  test("is found by lies of one process: made up, heard, and according to a plan", async () => {
    expect(
      (
        await score(
          2,
          liars(["d"], () => mutation()),
        )
      ).broke,
    ).toBeGreaterThanOrEqual(1);
    expect(
      (
        await score(
          2,
          liars(["d"], (known) => mutation(0.5, known)),
        )
      ).broke,
    ).toBeGreaterThanOrEqual(4);
    expect((await score(2, liars(["d"], collusion))).broke).toBeGreaterThanOrEqual(4);
    expect(
      (
        await score(
          2,
          liars(["d"], (known) => adaptive(known)),
        )
      ).broke,
    ).toBeGreaterThanOrEqual(seeds / 2);
    expect((await score(2, (draw) => drawAdversary(draw, ["d"], echoPeers))).broke).toBeGreaterThanOrEqual(1);
  });

  test("a drawn adversary is made again by its seed and the choices of its run", async () => {
    for (let seed = 0; seed < 4; seed += 1) {
      const given = plan(`${seed}`, 2, (draw) => drawAdversary(draw, ["d"], echoPeers));
      const first = await simulate(given);
      expect(await simulate({ ...given, choices: first.choices })).toEqual(first);
    }
  });

  test("the violation stays when its run is made small", async () => {
    for (let seed = 0; ; seed += 1) {
      const failing = plan(`${seed}`, 2, liars(["d"], collusion));
      const result = await simulate(failing);
      if (result.outcome.kind !== "violated") continue;
      const small = await shrink(failing, result);
      expect(small.result.outcome).toMatchObject({ kind: "violated", property: "consistent broadcast" });
      expect(small.after.steps).toBeLessThan(small.before.steps);
      expect(await simulate(small.plan)).toEqual(small.result);
      return;
    }
  });
});

test("of two that lie, those with a common plan split what those that lie alone hardly do", async () => {
  const apart = await score(
    3,
    liars(["c", "d"], () => mutation()),
  );
  const together = await score(3, liars(["c", "d"], collusion));
  expect(together.broke).toBeGreaterThanOrEqual(3);
  expect(together.broke).toBeGreaterThan(apart.broke);
  const adapting = await score(
    3,
    liars(["c", "d"], (known) => adaptive(known)),
  );
  expect(adapting.broke).toBeGreaterThan(together.broke);
});
