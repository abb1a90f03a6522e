import { fromHex } from "@eunomia/codec";
import { parse, rename } from "@eunomia/quorum-algebra";
import {
  type Bundle,
  type Core,
  chainReport,
  culprits,
  type EquivocationProof,
  equivocationFault,
  groupId,
  program,
  statementId,
} from "@eunomia/statement-pool";
import { describe, expect, test } from "vitest";
import { aggregate, mac, principal, sign, threshold } from "./support/schemes.ts";
import { content, core, idOf, poolOf, signed, tell, types, vote } from "./support/world.ts";

const bundle = (one: Core): Bundle => ({ core: one, evidence: signed(one) });

/** The accusation that a pool makes of two statements of a. */
function accusation(first = vote(1, "X"), second = vote(1, "Y")): EquivocationProof | undefined {
  const pool = poolOf("Me");
  tell(pool, "a", first);
  tell(pool, "a", second);
  return pool.conflicts({ type: first.type, atLeast: "verified" })[0];
}

const judge = poolOf("Judge").proofContext();

describe("an accusation convicts exactly by the seven conditions", () => {
  const proof = accusation()!;
  const edit = (change: (one: Core) => Core): EquivocationProof => ({
    ...proof,
    b: bundle(change(proof.b.core)),
  });

  test("two contents in one slot convict, before everybody", () => {
    expect(equivocationFault(proof, judge)).toBeNull();
    expect(proof.issuer).toBe(principal("a"));
  });

  test("each condition broken in turn acquits", () => {
    const b = proof.b.core.content;
    const other = program([
      {
        name: "Vote",
        fields: [
          { name: "round", type: { k: "nat" } },
          { name: "value", type: { k: "text" } },
        ],
      },
    ]);
    const macOnly = {
      core: proof.b.core,
      evidence: [mac(principal("a"), [principal("Me")], idOf(proof.b.core))],
    };
    const twins: readonly (readonly [EquivocationProof, string])[] = [
      [
        edit((one) => ({ ...one, content: { ...b, ctx: { ...b.ctx, manifest: other.manifest } } })),
        "OTHER_CONTEXT",
      ],
      [edit((one) => ({ ...one, content: { ...b, ctx: { ...b.ctx, epoch: 8 } } })), "OTHER_CONTEXT"],
      [
        edit((one) => ({ ...one, content: { ...b, ctx: { ...b.ctx, instance: new Uint8Array(1) } } })),
        "OTHER_CONTEXT",
      ],
      [edit((one) => ({ ...one, content: content("Door", ["open"]) })), "OTHER_TYPE"],
      [edit((one) => ({ ...one, issuer: principal("b") })), "OTHER_ISSUER"],
      [{ ...proof, b: macOnly }, "NOT_ATTRIBUTED"],
      [
        { ...proof, b: { ...proof.b, evidence: [sign(principal("a"), new Uint8Array(32))] } },
        "NOT_ATTRIBUTED",
      ],
      [{ ...proof, b: { ...proof.b, evidence: [] } }, "NOT_ATTRIBUTED"],
      [edit((one) => ({ ...one, content: vote(2, "Y") })), "OTHER_SLOT"],
      [{ ...proof, slot: "00".repeat(32) }, "OTHER_SLOT"],
      [
        edit((one) => ({ ...one, content: proof.a.core.content, verifiers: [principal("b")] })),
        "NO_CONTRADICTION",
      ],
      [edit((one) => ({ ...one, content: { ...b, body: [1] } })), "MALFORMED"],
      [{ ...proof, a: null as never }, "MALFORMED"],
      [{} as never, "MALFORMED"],
    ];
    for (const [twin, fault] of twins) expect(equivocationFault(twin, judge)).toBe(fault);
    expect(equivocationFault(proof, { ...judge, program: { ...other, manifest: types.manifest } })).toBe(
      "NO_SLOT",
    );
  });

  test("the same content again, to others or with other certificates, is none", () => {
    const pool = poolOf("Me");
    tell(pool, "a", vote(1));
    tell(pool, "a", vote(1), { verifiers: [principal("Me")] });
    expect(pool.conflicts({ type: "Vote", atLeast: "received" })).toEqual([]);
  });

  test("a MAC accuses before its own receiver only", () => {
    const pool = poolOf("Me");
    for (const value of ["X", "Y"]) {
      const one = core("a", vote(1, value));
      pool.admit(one, [mac(principal("a"), [principal("Me")], idOf(one))], principal("a"));
    }
    const [found] = pool.conflicts({ type: "Vote", atLeast: "verified" });
    expect(equivocationFault(found!, pool.proofContext())).toBeNull();
    expect(equivocationFault(found!, judge)).toBe("NOT_ATTRIBUTED");
  });

  test("a slot through references needs what they lead to, in either order of arrival", () => {
    const target = core("c", vote(4));
    const other = core("c", vote(4, "Z"), { verifiers: [principal("Me")] });
    const reply = (to: Core, text: string) => content("Reply", [fromHex(statementId(to)), text]);
    for (const early of [true, false]) {
      const pool = poolOf("Me");
      const bring = () => {
        pool.admit(target, signed(target), principal("c"));
        pool.admit(other, signed(other), principal("c"));
      };
      if (early) bring();
      tell(pool, "a", reply(target, "X"));
      tell(pool, "a", reply(other, "Y"));
      expect(pool.conflicts({ type: "Reply", atLeast: "verified" })).toHaveLength(early ? 1 : 0);
      if (!early) bring();
      const [found] = pool.conflicts({ type: "Reply", atLeast: "verified" });
      expect(equivocationFault(found!, judge)).toBeNull();
      expect(equivocationFault({ ...found!, context: [] }, judge)).toBe("UNRESOLVED");
    }
  });
});

test("values that grow contradict each other without an upper bound", () => {
  const log = (...items: readonly string[]) => content("Log", [items]);
  expect(equivocationFault(accusation(log("x", "y"), log("x", "z"))!, judge)).toBeNull();
  expect(accusation(log("x"), log("x", "z"))).toBeUndefined();
  const grown = { ...accusation(log("x", "y"), log("x", "z"))!, b: bundle(core("a", log("x", "y", "z"))) };
  expect(equivocationFault(grown, judge)).toBe("NO_CONTRADICTION");
});

test("statements that convince nobody accuse nobody, and evidence may come later", () => {
  const pool = poolOf("Me");
  tell(pool, "a", vote(1, "X"));
  const forged = core("a", vote(1, "Y"));
  pool.admit(forged, [sign(principal("b"), idOf(forged))], principal("b"));
  expect(pool.conflicts({ type: "Vote", atLeast: "received" })).toEqual([]);
  expect(pool.get(statementId(forged))).toMatchObject({ status: "received", disputed: false });
  pool.addEvidence(statementId(forged), signed(forged)[0]!);
  expect(pool.get(statementId(forged))).toMatchObject({ disputed: true });
  expect(pool.conflicts({ type: "Vote", atLeast: "received" })).toHaveLength(1);
});

test("forks, gaps and broken links of a chain are seen", () => {
  const pool = poolOf("Me");
  const link = (n: number, prev: Core | null, text: string) =>
    core("a", content("Entry", [n, prev === null ? [] : [fromHex(statementId(prev))], text]));
  const first = link(1, null, "x");
  const second = link(2, first, "y");
  const fork = link(2, first, "z");
  const fourth = link(4, second, "w");
  const fifth = link(5, second, "v");
  for (const one of [first, second, fourth, fifth]) pool.admit(one, signed(one), principal("a"));
  const query = () => pool.query({ type: "Entry", issuer: principal("a"), atLeast: "verified" });
  expect(chainReport(query())).toEqual({ last: 5, missing: [3], forks: [], broken: [5] });
  pool.admit(fork, signed(fork), principal("a"));
  expect(chainReport(query()).forks).toEqual([2]);
  expect(pool.conflicts({ type: "Entry", atLeast: "verified" })).toHaveLength(1);
  const alone = core("a", content("Entry", [2, [], "no prev"]));
  expect(pool.admit(alone, signed(alone), principal("a"))).toEqual({ ok: false, why: "MALFORMED" });
});

test("of two joint statements, bitmaps name those who signed both, thresholds count them", () => {
  const group = rename(parse("{a, b, c, d} >= 3"), principal);
  const context = poolOf("Judge", { groups: [group] }).proofContext();
  const names = (text: string) => [...text].map(principal);
  const joint = (value: string) => core("a", vote(1, value), { issuer: group });
  const agg = (value: string, signers: string): Bundle => ({
    core: joint(value),
    evidence: [aggregate(names("abcd"), names(signers), idOf(joint(value)))],
  });
  const hidden = (value: string): Bundle => ({
    core: joint(value),
    evidence: [threshold(groupId(group), idOf(joint(value)))],
  });
  expect(culprits(agg("X", "abc"), agg("Y", "bcd"), context)).toEqual({
    named: names("bc").sort(),
    atLeast: 2,
  });
  expect(culprits(hidden("X"), hidden("Y"), context)).toEqual({ named: [], atLeast: 2 });
  expect(culprits(agg("X", "abc"), agg("X", "bcd"), context)).toBeNull();
  expect(culprits(agg("X", "abc"), { core: joint("Y"), evidence: [] }, context)).toBeNull();
  expect(
    culprits(agg("X", "abc"), { ...hidden("Y"), core: core("a", vote(2, "Y"), { issuer: group }) }, context),
  ).toBeNull();
});
