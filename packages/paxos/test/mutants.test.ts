import { readVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { type Makers, soundMakers } from "./support/cluster.ts";
import { explore, type Schedule } from "./support/explore.ts";
import { acceptorAlone, leaderAlone, learnerAlone } from "./support/lone.ts";
import { mutants, without } from "./support/mutants.ts";
import { acceptorRules } from "./support/rules-acceptor.ts";
import { leaderRules } from "./support/rules-leader.ts";
import { learnerRules } from "./support/rules-learner.ts";
import { paxosAdapter } from "./support/vector-adapter.ts";

const vectors = readVectors(new URL("./vectors.jsonl", import.meta.url));
const schedules: readonly Schedule[] = [
  { shape: { acceptors: 3, q1: 2, q2: 2 } },
  { shape: { acceptors: 3, q1: 2, q2: 2, announce: "reference" } },
];

/** Who refuses the set-up: a vector, the test of a rule, or the explorer with a seed; null if nobody does. */
function killer(makers: Makers, seeds: number): string | null {
  for (const vector of vectors) {
    try {
      runVector(vector, paxosAdapter(makers));
    } catch (error) {
      return `${vector.id}: ${String(error).slice(0, 100)}`;
    }
  }
  for (const [name, check] of [acceptorRules, leaderRules, learnerRules].flatMap((rules) =>
    Object.entries(rules),
  )) {
    try {
      check(makers);
    } catch {
      return `rule "${name}"`;
    }
  }
  for (const schedule of schedules) {
    const { failure } = explore({ ...schedule, makers, safetyOnly: true }, seeds);
    if (failure !== null) return `seed ${failure.seed}: ${failure.reason}`;
  }
  return null;
}

test("the sound engines survive", () => expect(killer(soundMakers, 100)).toBeNull());

for (const [name, makers] of Object.entries(mutants))
  test(`killed: ${name}`, () => {
    const by = killer(makers, 2_000);
    console.log(`${name}: ${by}`);
    expect(by).not.toBeNull();
  });

const roles = [
  { role: "acceptor", alone: acceptorAlone, rules: acceptorRules },
  { role: "leader", alone: leaderAlone, rules: leaderRules },
  { role: "learner", alone: learnerAlone, rules: learnerRules },
] as const;

for (const { role, alone, rules } of roles)
  test(`no action of the ${role} can be left out without failing the test of its name`, () => {
    const survivors = Object.entries(rules).filter(([name, check]) => {
      const makers = { ...soundMakers, [role]: (config: never) => without(soundMakers[role](config), name) };
      try {
        check(makers);
        return true;
      } catch {
        return false;
      }
    });
    expect(alone(soundMakers).engine.actions).toHaveLength(Object.keys(rules).length);
    expect(survivors.map(([name]) => name)).toEqual([]);
  });
