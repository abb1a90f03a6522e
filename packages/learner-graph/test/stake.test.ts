import { readFileSync } from "node:fs";
import {
  draftGraph,
  fromStake,
  GraphError,
  learnerGraph,
  probability,
  stakeMatrix,
  whatIf,
  worstCase,
} from "@eunomia/learner-graph";
import { type Expr, node, weightedOf } from "@eunomia/quorum-algebra";
import { cosmosValidators } from "@eunomia/quorum-algebra/import";
import {
  joinOperators,
  moreThan,
  sameAccount,
  sameId,
  sameIdentity,
  validatorSet,
} from "@eunomia/quorum-algebra/stake";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TwoShares } from "../src/labels/meets.ts";
import { naiveHas, naiveValid, refuted, seeded, setOf, tabulate } from "./naive.ts";

const ids = ["p1", "p2", "p3", "p4", "p5", "p6"];
const sets = 1 << ids.length;

const stakes = fc.array(fc.bigInt(1n, 9n), { minLength: ids.length, maxLength: ids.length });
const flat = fc.tuple(stakes, fc.integer({ min: 55, max: 95 })).map(([w, percent]) => {
  const total = w.reduce((a, b) => a + b, 0n);
  return weightedOf(
    (total * BigInt(percent)) / 100n + 1n,
    w.map((weight, i) => [weight, node(ids[i]!)] as const),
  );
});

const graphOf = (qa: Expr, qb: Expr) =>
  draftGraph({
    learners: { a: qa, b: qb },
    edges: [{ between: ["a", "b"], label: { meets: [["a", "b"]] } }],
  });

const tally = { pairs: 0, someSafe: 0, short: 0, shares: 0 };

/** Labels on stake: never "safe" where whole validators can be divided, monotone, and exact for validators cut in two. */
const careful = (shares = (graph: ReturnType<typeof graphOf>) => graph) =>
  fc.property(flat, flat, (qa, qb) => {
    const exact = tabulate({ a: qa, b: qb }, []).meets(0, 1);
    const graph = shares(graphOf(qa, qb));
    const answers = Array.from({ length: sets }, (_, set) => graph.isSafeSet("a", "b", setOf(ids, set)));
    tally.pairs++;
    if (graph.inside.labels[0]!.shares.length > 0) tally.shares++;
    if (answers.includes(true)) tally.someSafe++;
    for (let set = 0; set < sets; set++) {
      if (answers[set]) expect(exact[set]).toBe(1);
      else if (exact[set] === 1) tally.short++;
      for (let i = 0; i < ids.length; i++) if (answers[set]) expect(answers[set | (1 << i)]).toBe(true);
    }
  });

test("labels on stake are on the safe side, and monotone", () => {
  fc.assert(careful(), seeded(150));
  console.log(`stake labels: ${JSON.stringify(tally)}`);
  expect(Math.min(tally.someSafe, tally.shares)).toBeGreaterThan(50);
  const rash = (graph: ReturnType<typeof graphOf>) => ({
    ...graph,
    isSafeSet: (_a: string, _b: string, safe: Iterable<string>) => [...safe].length > 4,
  });
  expect(refuted(careful(rash))).toBe(true);
});

test("the condition on prices is enough, and decides alike when everybody is safe", () => {
  let holding = 0;
  fc.assert(
    fc.property(stakes, stakes, fc.bigInt(0n, 20n), fc.bigInt(0n, 20n), (a, b, slackA, slackB) => {
      const shares = new TwoShares({ weights: a, slack: slackA }, { weights: b, slack: slackB }, ids);
      const enough = naiveHas(shares.sufficient(), ids);
      for (let set = 0; set < sets; set++) {
        const unsafe = new Set(setOf(ids, sets - 1 - set));
        if (enough(set)) expect(shares.holdsWithout(unsafe)).toBe(true);
        if (enough(set)) holding++;
      }
      expect(enough(sets - 1)).toBe(shares.holdsWithout(new Set()));
    }),
    seeded(200),
  );
  expect(holding).toBeGreaterThan(200);
});

/** Any chains: the graph is valid by brute force, and worst cases are exact for whole validators where the pair stands alone. */
test("graphs from stake are valid, and their worst cases exact", () => {
  let agreeing = 0;
  fc.assert(
    fc.property(
      fc.array(stakes, { minLength: 2, maxLength: 3 }),
      fc.constantFrom("2/3", "3/4", "9/10"),
      (weights, part) => {
        const chains = weights.map((w, c) =>
          validatorSet({ chain: `c${c}`, validators: w.map((stake, i) => ({ id: ids[i]!, stake })) }),
        );
        const joined = joinOperators(chains, [sameId]);
        const input = fromStake(joined, moreThan(part));
        const graph = learnerGraph(input);
        const tables = tabulate(Object.fromEntries(input.learners as Map<string, Expr>), []);
        const labels = graph.learners.map((a) =>
          graph.learners.map((b) =>
            Uint8Array.from({ length: sets }, (_, set) => Number(graph.isSafeSet(a, b, setOf(ids, set)))),
          ),
        );
        expect(naiveValid(tables, labels)).toBe(true);
        for (const { a, b, possible, leastOperators } of stakeMatrix(joined, moreThan(part)).pairs) {
          const meets = tables.meets(tables.learners.indexOf(a), tables.learners.indexOf(b));
          expect(possible).toBe(meets[sets - 1] === 1);
          const least = Math.min(
            ...Array.from(meets, (holds, safe) => (holds ? 99 : ids.length - setOf(ids, safe).length)),
          );
          expect(leastOperators).toMatchObject({ kind: "exact", value: BigInt(least) });
          if (possible) agreeing++;
          const { nodes } = worstCase(graph, a, b);
          if (nodes !== null && nodes.length > 0)
            expect(
              graph.isSafeSet(
                a,
                b,
                ids.filter((id) => !nodes.includes(id)),
              ),
            ).toBe(false);
        }
      },
    ),
    seeded(40),
  );
  expect(agreeing).toBeGreaterThan(40);
});

test("the chance that two chains are freed lies within the bounds", () => {
  const names = Array.from({ length: 24 }, (_, i) => `v${String(i).padStart(2, "0")}`);
  const chain = (name: string, stake: (i: number) => number) =>
    validatorSet({ chain: name, validators: names.map((id, i) => ({ id, stake: BigInt(stake(i)) })) });
  const joined = joinOperators([chain("x", (i) => 10 + i), chain("y", (i) => 34 - ((7 * i) % 24))], [sameId]);
  const graph = learnerGraph(fromStake(joined, moreThan("4/5")));
  const answer = probability(graph, "x", "y", 0.02);
  expect(answer.kind).toBe("bounds");
  if (answer.kind !== "bounds") return;
  expect(answer.low).toBeGreaterThan(0);
  expect(answer.high).toBeLessThan(1e-3);
  // Each single chain is freed when its own quorums part: that alone is a lower bound.
  const single = probability(graph, "x", "x", 0.02);
  expect(single.kind).not.toBe("unknown");
});

test("chains need names of their own, and a rule each", () => {
  const set = validatorSet({ chain: "x", validators: [{ id: "a", stake: 1n }] });
  const joined = joinOperators([set, set], [sameId]);
  expect(() => fromStake(joined, moreThan("2/3"))).toThrow(GraphError);
  expect(() => fromStake(joinOperators([set], [sameId]), [])).toThrow(
    "rules expected one per chain (1), got 0",
  );
});

test("the Cosmos Hub and Osmosis", () => {
  const read = (file: string, chain: string) => {
    const text = readFileSync(new URL(`../../quorum-algebra/data/${file}`, import.meta.url), "utf8");
    return cosmosValidators(text, { chain }).set;
  };
  const hub = read("cosmoshub-4-2022-10.json", "hub");
  const osmosis = read("osmosis-1-2021-07-23.json", "osmosis");
  const joined = joinOperators([hub, osmosis], [sameAccount, sameIdentity]);

  const usual = learnerGraph(fromStake(joined, moreThan("2/3")));
  expect(usual.connected([])).toEqual([["hub"], ["osmosis"]]);
  expect(whatIf(usual, {}).pairs[1]).toMatchObject({
    a: "hub",
    b: "osmosis",
    mustAgree: false,
    disagreement: { can: true },
  });

  const strict = learnerGraph(fromStake(joined, moreThan("9/10")));
  expect(strict.connected([])).toEqual([["hub", "osmosis"]]);
  const { nodes, cost } = worstCase(strict, "hub", "osmosis");
  expect(cost).toMatchObject({ kind: "exact", value: 2 });
  expect(strict.connected(nodes!)).toEqual([["hub"], ["osmosis"]]);
});
