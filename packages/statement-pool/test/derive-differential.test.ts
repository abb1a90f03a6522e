import { and, node, or, thresholdOf } from "@eunomia/quorum-algebra";
import { checkProof, contentId, delegation, groupId, type Quorum } from "@eunomia/statement-pool";
import fc from "fast-check";
import { expect, test } from "vitest";
import { closure, type Fact, groupSaysNaively, type Made } from "./support/naive-says.ts";
import { principal, threshold } from "./support/schemes.ts";
import { core, door, idOf, poolOf, tell } from "./support/world.ts";

const names = ["a", "b", "c", "d", "e"];
const someone = fc.constantFrom(...names);
const leaf = (name: string): Quorum => node(principal(name));
const some = fc.uniqueArray(someone, { minLength: 2, maxLength: 4 });
const groups: fc.Arbitrary<Quorum> = fc.oneof(
  fc
    .tuple(some, fc.integer({ min: 1, max: 3 }))
    .map(([of, k]) => thresholdOf(Math.min(k, of.length), of.map(leaf))),
  fc.tuple(someone, some).map(([first, rest]) => and(leaf(first), or(...rest.map(leaf)))),
);
const goals = fc.oneof(groups, someone.map(leaf));
const handed = (targets: fc.Arbitrary<Quorum>) =>
  fc.record({
    by: fc.oneof(someone, { weight: 3, arbitrary: fc.constant("the issuer meant") }),
    delegate: someone,
    for: targets,
    types: fc.constantFrom(["Door"], ["Door", "@delegation"], ["Door", "@delegation"], ["@delegation"]),
    depth: fc.nat({ max: 2 }),
  });

const story = (targets: fc.Arbitrary<Quorum>) =>
  fc.record({
    signed: fc.array(fc.tuple(someone, fc.constantFrom("open", "open", "open", "shut")), { maxLength: 4 }),
    sealed: fc.array(groups, { maxLength: 2 }),
    handed: fc.array(handed(targets), { maxLength: 5 }),
    goals: fc.array(goals, { minLength: 3, maxLength: 3 }),
  });

type Story = (typeof story extends (targets: never) => fc.Arbitrary<infer S> ? S : never) & object;

const first = (who: Quorum, what: string, root: string | null): Fact => ({
  who,
  what,
  root,
  hops: 0,
  types: null,
  depth: Number.POSITIVE_INFINITY,
});

/** Tells a pool and the definition the same; answers what each derives of each goal. */
function both({ signed, sealed, handed: hands, goals: wanted }: Story, countAuthority = false) {
  const pool = poolOf("Me", { groups: sealed });
  const leaves: Fact[] = [];
  const made: Made[] = [];
  const types = new Map<string, string>();
  for (const [name, state] of signed) {
    tell(pool, name, door(state));
    leaves.push(first(leaf(name), contentId(door(state)), principal(name)));
    types.set(contentId(door(state)), "Door");
  }
  for (const group of sealed) {
    const one = core("a", door(), { issuer: group });
    pool.admit(one, [threshold(groupId(group), idOf(one))], principal("a"));
    leaves.push(first(group, contentId(door()), null));
    types.set(contentId(door()), "Door");
  }
  for (const { by, ...one } of hands) {
    const deed = { ...one, delegate: principal(one.delegate) };
    const what = delegation(door().ctx, deed);
    const speakers =
      by !== "the issuer meant"
        ? [by]
        : names.filter((name) => JSON.stringify(one.for).includes(principal(name)));
    for (const name of speakers) {
      tell(pool, name, what);
      leaves.push(first(leaf(name), contentId(what), principal(name)));
    }
    made.push({ ...deed, types: [...deed.types].sort(), what: contentId(what) });
    types.set(contentId(what), "@delegation");
  }
  const facts = closure(leaves, made, (what) => types.get(what)!);
  return wanted.map((group) => {
    const proof = pool.derive({ principal: group, content: door(), countAuthority });
    if (proof !== null) expect(checkProof(proof, pool.proofContext())).toBe(true);
    return { fast: proof !== null, slow: groupSaysNaively(facts, group, contentId(door())) };
  });
}

const runs = Number(process.env.STATEMENT_POOL_RUNS ?? 60);

test("derives exactly what the definition says, where individuals are spoken for", () => {
  const seen = { yes: 0, no: 0, delegated: 0 };
  fc.assert(
    fc.property(story(someone.map(leaf)), (one) => {
      const direct = both({ ...one, handed: [] });
      both(one).forEach(({ fast, slow }, i) => {
        expect(fast).toBe(slow);
        seen[fast ? "yes" : "no"]++;
        if (fast && !direct[i]!.fast) seen.delegated++;
      });
    }),
    { seed: 11, numRuns: runs },
  );
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(20);
  expect(seen.delegated).toBeGreaterThan(4);
});

test("derives nothing that the definition does not, where groups are spoken for too", () => {
  let spoken = 0;
  fc.assert(
    fc.property(story(goals), (one) => {
      for (const { fast, slow } of both(one)) {
        if (fast) expect(slow).toBe(true);
        if (fast && slow) spoken++;
      }
    }),
    { seed: 12, numRuns: runs },
  );
  expect(spoken).toBeGreaterThan(20);
});

test("a pool that counts one root twice is found out", () => {
  const twin = fc.check(
    fc.property(story(someone.map(leaf)), (one) => both(one, true).every(({ fast, slow }) => fast === slow)),
    { seed: 11, numRuns: 200 },
  );
  expect(twin.failed).toBe(true);
});
