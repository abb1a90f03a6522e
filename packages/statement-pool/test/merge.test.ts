import { fromHex, mutateBytes } from "@eunomia/codec";
import {
  type Bundle,
  type Core,
  encodeBundle,
  type StatementPool,
  statementId,
} from "@eunomia/statement-pool";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mac, principal, sign } from "./support/schemes.ts";
import { content, core, idOf, poolOf, signed, vote } from "./support/world.ts";

/** Statements of a few issuers, with good evidence, bad evidence, or none. */
const bundles: fc.Arbitrary<Bundle> = fc
  .record({
    issuer: fc.constantFrom("a", "b", "c"),
    what: fc.oneof(
      fc.tuple(fc.nat({ max: 2 }), fc.constantFrom("X", "Y")).map(([n, value]) => vote(n, value)),
      fc
        .tuple(fc.constantFrom("a", "b"), fc.nat({ max: 2 }))
        .map(([who, n]) => content("Reply", [fromHex(statementId(core(who, vote(n)))), "hm"])),
    ),
    quiet: fc.boolean(),
    evidence: fc.subarray(["signature", "mac", "forged"] as const),
  })
  .map(({ issuer, what, quiet, evidence }) => {
    // Votes that are addressed to nobody come in only if somebody refers to them.
    const one = core(issuer, what, quiet && what.type === "Vote" ? {} : { auditors: [principal("Judge")] });
    const made = {
      signature: signed(one)[0]!,
      mac: mac(principal(issuer), [principal("Me")], idOf(one)),
      forged: sign(principal(issuer), new Uint8Array(32)),
    };
    return { core: one, evidence: evidence.map((name) => made[name]) };
  });

const pools = fc.array(bundles, { maxLength: 8 });

function poolWith(list: readonly Bundle[]): StatementPool {
  const pool = poolOf("Me");
  for (const { core: one, evidence } of list) pool.admit(one, evidence, principal("peer"));
  return pool;
}

/** What a pool holds, as a set: statements with their evidence. */
const held = (pool: StatementPool): string[] =>
  pool
    .snapshot()
    .entries.map(({ id, core: one, evidence }) =>
      [id, ...evidence.map((item) => encodeBundle({ core: one, evidence: [item] }).join()).sort()].join(" "),
    )
    .sort();

const into = (pool: StatementPool, other: StatementPool): StatementPool => {
  pool.merge(other.snapshot(), principal("peer"));
  return pool;
};

test("as sets, merge is commutative, associative and idempotent", () => {
  let grew = 0;
  fc.assert(
    fc.property(pools, pools, pools, (x, y, z) => {
      const [a, b, c] = [x, y, z].map((list) => () => poolWith(list)) as [
        () => StatementPool,
        () => StatementPool,
        () => StatementPool,
      ];
      const both = held(into(a(), b()));
      if (both.length > held(a()).length) grew++;
      expect(both).toEqual(held(into(b(), a())));
      expect(held(into(into(a(), b()), c()))).toEqual(held(into(a(), into(b(), c()))));
      expect(held(into(a(), a()))).toEqual(held(a()));
    }),
    { seed: 5, numRuns: 60 },
  );
  expect(grew).toBeGreaterThan(30);
});

test("what convinced another pool need not convince this one", () => {
  const one = core("a", vote(1));
  const other = poolOf("You");
  other.admit(one, [mac(principal("a"), [principal("You")], idOf(one))], principal("a"));
  expect(other.get(statementId(one))!.status).toBe("auditable");
  const pool = poolOf("Me");
  expect(pool.merge(other.snapshot(), principal("You"))).toEqual({ fresh: 1, refused: 0 });
  expect(pool.get(statementId(one))!.status).toBe("received");
});

test("statements that only others refer to come in with them, in whatever order they stand", () => {
  const target = core("a", vote(1), { verifiers: [principal("You")] });
  const reply = core("b", content("Reply", [fromHex(statementId(target)), "hm"]));
  const entries = [target, reply].map((one) => ({ id: statementId(one), core: one, evidence: signed(one) }));
  for (const order of [entries, entries.toReversed()])
    expect(poolOf("Me").merge({ entries: order, watermarks: new Map() }, principal("You"))).toEqual({
      fresh: 2,
      refused: 0,
    });
  const alone = { entries: entries.slice(0, 1), watermarks: new Map() };
  expect(poolOf("Me").merge(alone, principal("You"))).toEqual({ fresh: 0, refused: 1 });
});

test("the ids that a snapshot claims do not matter", () => {
  const one = core("a", vote(1));
  const pool = poolOf("Me");
  pool.merge(
    { entries: [{ id: "00".repeat(32), core: one, evidence: [] }], watermarks: new Map() },
    principal("x"),
  );
  expect(pool.get(statementId(one))).toBeDefined();
});

test("whatever bytes or values come in, nothing is thrown, and each is let in or counted by its name", () => {
  let state = 9;
  const source = { next: () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) };
  const pool = poolOf("Me");
  const sample: Core = core("b", content("Reply", [fromHex(statementId(core("a", vote(1)))), "hm"]));
  let taken = 0;
  const runs = 4000;
  for (let run = 0; run < runs; run++) {
    const base = encodeBundle({
      core: run % 2 === 0 ? sample : core("a", vote(run)),
      evidence: signed(sample),
    });
    const admission = pool.admitBytes(mutateBytes(base, source), principal("x"));
    if (admission.ok) taken++;
  }
  const refused = [...pool.counts].filter(([name]) => name === name.toUpperCase());
  expect(refused.reduce((sum, [, n]) => sum + n, 0) + taken).toBe(runs);
  expect(refused.length).toBeGreaterThan(4);
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (a, b) => {
      pool.admit(a as never, b as never, "x");
      pool.admit({ ...sample, content: a } as never, [b] as never, "x");
      pool.admit({ ...sample, content: { ...sample.content, body: [a, b] } } as never, [], "x");
      pool.merge({ entries: [{ id: a, core: { ...sample, verifiers: a }, evidence: b }] } as never, "x");
      pool.admitBytes(a as never, "x");
    }),
    { seed: 2, numRuns: 300 },
  );
});
