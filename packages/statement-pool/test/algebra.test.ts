import { and, node, or, parse, rename } from "@eunomia/quorum-algebra";
import {
  checkProof,
  delegation,
  groupId,
  type Proof,
  type Quorum,
  quotation,
  type StatementPool,
} from "@eunomia/statement-pool";
import { describe, expect, test } from "vitest";
import { groupTag, mac, notarised, principal, threshold } from "./support/schemes.ts";
import { content, core, door, idOf, poolOf, signed, tell } from "./support/world.ts";

const group = (text: string): Quorum => rename(parse(text), principal);
const ctx = door().ctx;

function derives(
  pool: StatementPool,
  who: Quorum,
  what = door(),
  observer?: string,
  countAuthority = false,
): boolean {
  const proof = pool.derive(
    { principal: who, content: what, countAuthority },
    observer && principal(observer),
  );
  if (proof !== null && observer === undefined) expect(checkProof(proof, pool.proofContext())).toBe(true);
  return proof !== null;
}

const hand = (
  pool: StatementPool,
  by: string,
  delegate: string,
  whom: string,
  types = ["Door"],
  depth = 0,
  epoch = 7,
) =>
  tell(
    pool,
    by,
    delegation({ ...ctx, epoch }, { delegate: principal(delegate), for: group(whom), types, depth }),
  );

describe("the table of the definition", () => {
  test("I issued it and You signed it: We said it", () => {
    const pool = poolOf("Me", { log: { append: () => 1 } });
    pool.publish(core("Me", door()));
    expect(derives(pool, group("Me & You"))).toBe(false);
    pool.durable(1);
    tell(pool, "You", door());
    expect(derives(pool, group("Me & You"))).toBe(true);
  });

  test("a MAC for me convinces me and no judge", () => {
    const pool = poolOf("Me");
    tell(pool, "Me", door());
    const one = core("You", door());
    expect(
      pool.admit(one, [mac(principal("You"), [principal("Me")], idOf(one))], principal("You")),
    ).toMatchObject({
      status: "auditable",
    });
    expect(derives(pool, group("Me & You"))).toBe(true);
    expect(derives(pool, group("Me & You"), door(), "Judge")).toBe(false);
    expect(derives(pool, group("Me"), door(), "Judge")).toBe(true);
  });

  test("a threshold signature of three of four says what two of them, or two of three, say; not more", () => {
    const four = group("{g, h, i, j} >= 3");
    const pool = poolOf("Me", { groups: [four] });
    const one = core("g", door(), { issuer: four });
    expect(pool.admit(one, [threshold(groupId(four), idOf(one))], principal("g"))).toMatchObject({
      status: "auditable",
    });
    for (const text of ["{g, h, i, j} >= 2", "{g, h, i} >= 2", "{g, h, i, j} >= 3"])
      expect(derives(pool, group(text)), text).toBe(true);
    for (const text of ["{g, h, i} >= 3", "g", "g & h"]) expect(derives(pool, group(text)), text).toBe(false);
  });

  test("a group is spoken for once the group says so, not one member", () => {
    const pool = poolOf("Me");
    tell(pool, "d", door());
    hand(pool, "g", "d", "{g, h, i} >= 2");
    expect(derives(pool, group("{g, h, i} >= 2"))).toBe(false);
    hand(pool, "h", "d", "{g, h, i} >= 2");
    expect(derives(pool, group("{g, h, i} >= 2"))).toBe(true);
  });

  test("a group MAC says that one of the others said it, and that only to the holder who looked", () => {
    const pool = poolOf("Me");
    const one = core("a", door());
    expect(pool.admit(one, [groupTag(idOf(one))], principal("a"))).toMatchObject({ status: "received" });
    expect(derives(pool, group("a | b"))).toBe(true);
    expect(derives(pool, group("a"))).toBe(false);
    expect(derives(pool, group("a | b"), door(), "b")).toBe(false);
    expect(derives(pool, group("a | b"), door(), "Judge")).toBe(false);
  });

  test("what a trusted notary attests was said; another notary's word is hearsay", () => {
    for (const [trusts, known] of [
      [["z"], true],
      [["y"], false],
    ] as const) {
      const pool = poolOf("Me", { trusts: trusts.map(principal) });
      const one = core("x", door());
      pool.admit(one, [notarised(principal("z"), principal("x"), idOf(one))], principal("z"));
      tell(pool, "z", quotation(node(principal("w")), door("shut")));
      expect(derives(pool, group("x"))).toBe(known);
      expect(derives(pool, group("w"), door("shut"))).toBe(known);
      expect(derives(pool, group("z"), quotation(node(principal("x")), door()))).toBe(true);
    }
  });
});

describe("never derivable", () => {
  test("hearsay", () => {
    const pool = poolOf("Me");
    tell(pool, "b", quotation(node(principal("a")), door()));
    expect(derives(pool, group("a"))).toBe(false);
    expect(derives(pool, group("b"), quotation(node(principal("a")), door()))).toBe(true);
  });

  test("an individual from a threshold, even of all", () => {
    const both = group("g & h");
    const pool = poolOf("Me", { groups: [both] });
    const one = core("g", door(), { issuer: both });
    pool.admit(one, [threshold(groupId(both), idOf(one))], principal("g"));
    expect(derives(pool, both)).toBe(true);
    expect(derives(pool, group("g"))).toBe(false);
  });

  test("two contents, or two contexts, added up", () => {
    const pool = poolOf("Me");
    tell(pool, "a", door("open"));
    tell(pool, "b", door("shut"));
    tell(pool, "b", content("Door", ["open"], 7, "other"));
    expect(derives(pool, group("a & b"))).toBe(false);
    tell(pool, "b", door("open"));
    expect(derives(pool, group("a & b"))).toBe(true);
  });

  test("a type outside of the delegation, an epoch that is over, a self-appointed delegate", () => {
    const pool = poolOf("Me");
    tell(pool, "d", door());
    hand(pool, "a", "d", "a", ["Vote"]);
    hand(pool, "a", "d", "a", ["Door"], 0, 6);
    hand(pool, "d", "d", "a");
    expect(derives(pool, group("a"))).toBe(false);
    hand(pool, "a", "d", "a");
    expect(derives(pool, group("a"))).toBe(true);
    pool.beginEpoch(8);
    expect(derives(pool, group("a"))).toBe(false);
  });

  test("a delegate's delegate beyond the depth, or of more types than the chain allows", () => {
    const chain = (depth: number, types: readonly string[]) => {
      const pool = poolOf("Me");
      tell(pool, "e", door());
      hand(pool, "a", "d", "a", [...types, "@delegation"], depth);
      hand(pool, "d", "e", "a", ["Door"], 5);
      return derives(pool, group("a"));
    };
    expect(chain(1, ["Door"])).toBe(true);
    expect(chain(0, ["Door"])).toBe(false);
    expect(chain(1, ["Vote"])).toBe(false);
  });

  test("a word that comes over more delegations than the last one allows", () => {
    for (const [depth, expected] of [
      [0, false],
      [1, true],
    ] as const) {
      const pool = poolOf("Me");
      tell(pool, "e", door());
      hand(pool, "d", "e", "d");
      hand(pool, "a", "d", "a", ["Door"], depth);
      expect(derives(pool, group("a"))).toBe(expected);
      expect(derives(pool, group("d"))).toBe(true);
    }
  });

  test("one root counted twice, unless the group counts authority", () => {
    const pool = poolOf("Me");
    tell(pool, "d", door());
    hand(pool, "a", "d", "a");
    hand(pool, "b", "d", "b");
    expect(derives(pool, group("a"))).toBe(true);
    expect(derives(pool, group("{a, b, c} >= 2"))).toBe(false);
    expect(derives(pool, group("{a, d} >= 2"))).toBe(false);
    expect(derives(pool, group("{a, b, c} >= 2"), door(), undefined, true)).toBe(true);
    tell(pool, "c", door());
    expect(derives(pool, group("{a, b, c} >= 2"))).toBe(true);
    // a by d and b by itself, though d came first for both.
    tell(pool, "b", door());
    expect(derives(pool, group("{a, b} >= 2"))).toBe(true);
  });

  test("delegates in a circle, as deep as can be", () => {
    const pool = poolOf("Me");
    const depth = Number.MAX_SAFE_INTEGER;
    for (const [by, delegate] of ["ab", "bc", "ca"]) hand(pool, by!, delegate!, by!, ["Door"], depth);
    expect(derives(pool, group("a"))).toBe(false);
    tell(pool, "c", door());
    expect(derives(pool, group("a"))).toBe(true);
    expect(derives(pool, group("a & b"))).toBe(false);
  });
});

describe("values that grow", () => {
  test("whoever said a log said its beginnings; a quorum says what its members share", () => {
    const pool = poolOf("Me");
    const log = (...items: readonly string[]) => content("Log", [items]);
    tell(pool, "a", log("x", "y", "z"));
    tell(pool, "b", log("x", "y"));
    expect(derives(pool, group("a & b"), log("x"))).toBe(true);
    expect(derives(pool, group("a & b"), log("x", "y"))).toBe(true);
    expect(derives(pool, group("a & b"), log("x", "y", "z"))).toBe(false);
    expect(derives(pool, group("a & b"), log("y"))).toBe(false);
  });

  test("two compatible values are said together", () => {
    const pool = poolOf("Me");
    const seen = (...items: readonly number[]) => content("Seen", [items]);
    tell(pool, "a", seen(1));
    tell(pool, "a", seen(2, 3));
    tell(pool, "b", seen(1, 2, 9));
    expect(derives(pool, group("a & b"), seen(1, 2))).toBe(true);
    expect(derives(pool, group("a"), seen(1, 2, 3))).toBe(true);
    expect(derives(pool, group("a"), seen(4))).toBe(false);
  });
});

describe("proofs are checked again", () => {
  const pool = poolOf("Me");
  tell(pool, "d", door());
  tell(pool, "c", door());
  hand(pool, "a", "d", "a");
  const proof = pool.derive({ principal: group("{a, b, c} >= 2"), content: door() })!;

  test("every change of it is found", () => {
    const [first, second] = proof.premises as [Proof, Proof];
    const speaks = [first, second].find(({ rule }) => rule === "SPEAKS")!;
    const admit = [first, second].find(({ rule }) => rule === "ADMIT")!;
    const twins: readonly Proof[] = [
      { ...proof, premises: [first] },
      { ...proof, premises: [first, first] },
      { ...proof, premises: [] },
      { ...proof, rule: "ENTAIL" },
      { ...proof, conclusion: { ...proof.conclusion, who: group("{a, b, c} >= 3") } as Proof["conclusion"] },
      { ...proof, premises: [admit, { ...speaks, premises: [...speaks.premises].reverse() }] },
      { ...proof, premises: [admit, { ...speaks, conclusion: { ...speaks.conclusion, hops: 0 } as never }] },
      { ...proof, premises: [speaks, { ...admit, premises: [{ evidence: "00".repeat(32), index: 0 }] }] },
      {
        ...proof,
        premises: [speaks, { ...admit, premises: [{ ...(admit.premises[0] as object), index: 1 } as never] }],
      },
      { ...proof, premises: [speaks, { ...admit, rule: "OWN" }] },
      {} as never,
      { ...proof, premises: null as never },
    ];
    expect(checkProof(proof, pool.proofContext())).toBe(true);
    for (const twin of twins) expect(checkProof(twin, pool.proofContext())).toBe(false);
  });

  test("also by somebody else with the same bundles, and not without them", () => {
    const judge = poolOf("Judge");
    expect(checkProof(proof, judge.proofContext())).toBe(false);
    judge.merge(pool.snapshot(), principal("Me"));
    expect(checkProof(proof, judge.proofContext())).toBe(true);
    judge.beginEpoch(8);
    expect(checkProof(proof, judge.proofContext())).toBe(false);
  });
});

test("DISJ, and mixtures of groups and individuals, by the meaning of the expressions", () => {
  const three = group("{g, h, i} >= 2");
  const pool = poolOf("Me", { groups: [three] });
  const one = core("g", door(), { issuer: three });
  pool.admit(one, [threshold(groupId(three), idOf(one))], principal("g"));
  tell(pool, "a", door());
  expect(derives(pool, and(three, group("a")))).toBe(true);
  expect(derives(pool, or(group("b"), group("a")))).toBe(true);
  expect(derives(pool, group("a & (g | h)"))).toBe(true);
  expect(derives(pool, group("a & g"))).toBe(false);
  expect(signed(core("a", door()))).toHaveLength(1);
});
