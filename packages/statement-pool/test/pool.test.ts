import { fromHex, utf8Encode } from "@eunomia/codec";
import { parse, rename } from "@eunomia/quorum-algebra";
import {
  type Core,
  type Entry,
  encodeBundle,
  type Refusal,
  type StatementPool,
  statementId,
  watermarkKey,
} from "@eunomia/statement-pool";
import { describe, expect, test } from "vitest";
import { aggregate, mac, notarised, principal, sign } from "./support/schemes.ts";
import { content, core, idOf, poolOf, signed, tell, types, vote } from "./support/world.ts";

const bytesOf = (one: Core): Uint8Array => encodeBundle({ core: one, evidence: signed(one) });
const from = principal("peer");

describe("each refusal has its name, and is counted", () => {
  const good = core("a", vote(1));
  const cases: readonly (readonly [Refusal, (pool: StatementPool) => Uint8Array | Core])[] = [
    ["TRUNCATED", () => bytesOf(good).slice(0, -1)],
    ["NOT_CANONICAL", () => Uint8Array.from([...bytesOf(good), 0])],
    ["NOT_CANONICAL", () => Uint8Array.from([0x98, 0x02, ...bytesOf(good).slice(1)])],
    ["MALFORMED", () => Uint8Array.from([0xa0])],
    ["MALFORMED", () => core("a", content("Vote", [-1, "X"]))],
    ["MALFORMED", () => core("a", content("Seen", [[2, 1]]))],
    ["MALFORMED", () => ({ ...good, cert: ["00".repeat(32)] })],
    ["NOT_CANONICAL", () => ({ ...good, cert: ["ff".repeat(32), "00".repeat(32)] })],
    ["MALFORMED", () => null as never],
    ["TOO_LARGE", () => core("a", vote(1, "x".repeat(70_000)))],
    ["TOO_LARGE", () => new Uint8Array(2 ** 21)],
    [
      "TOO_LARGE",
      () => ({
        ...core("a", content("Proof", [1])),
        cert: Array.from({ length: 1025 }, (_, i) => i.toString(16).padStart(64, "0")),
      }),
    ],
    [
      "TOO_DEEP",
      () => core("a", content("Door", [Array.from({ length: 40 }).reduce((inner) => [inner], []) as never])),
    ],
    ["UNKNOWN_TYPE", () => core("a", content("Nothing", []))],
    ["WRONG_MANIFEST", () => core("a", { ...vote(1), ctx: { ...vote(1).ctx, manifest: "00".repeat(32) } })],
    ["FUTURE_EPOCH", () => core("a", vote(1, "X", 9))],
    ["NOT_ADDRESSED", () => ({ ...good, verifiers: [principal("b")] })],
    [
      "OLD_EPOCH",
      (pool) => {
        pool.collect({ epochBelow: 7, now: 0 });
        return core("a", vote(1, "X", 6));
      },
    ],
    [
      "BELOW_WATERMARK",
      (pool) => {
        pool.collect({ watermarks: new Map([[watermarkKey(vote(1), principal("a")), 2n]]), now: 0 });
        return good;
      },
    ],
  ];
  test.each(cases.map(([why, make], i) => [why, i, make] as const))("%s (%i)", (why, _i, make) => {
    const pool = poolOf("Me");
    const made = make(pool);
    const admission = made instanceof Uint8Array ? pool.admitBytes(made, from) : pool.admit(made, [], from);
    expect(admission).toEqual({ ok: false, why });
    expect(pool.counts.get(why)).toBe(1);
    expect(pool.snapshot().entries).toEqual([]);
  });

  test("TOO_DEEP: references behind references", () => {
    const pool = poolOf("Me", { limits: { maxReferenceDepth: 3 } });
    let last = core("a", content("Entry", [1, [], "1"]));
    const answers: unknown[] = [];
    for (let n = 2; n <= 6; n++) {
      answers.push(pool.admit(last, signed(last), from));
      last = core("a", content("Entry", [n, [fromHex(statementId(last))], String(n)]));
    }
    expect(answers.filter((one) => (one as { ok: boolean }).ok)).toHaveLength(4);
    expect(pool.counts.get("TOO_DEEP")).toBe(1);
  });

  test("QUOTA: what convinces nobody is bounded for each peer, and leaves room once it convinces", () => {
    const pool = poolOf("Me", { limits: { maxReceivedPerPeer: 2 } });
    const some = [1, 2, 3].map((n) => core("a", vote(n)));
    const bring = (one: Core, who = from) => pool.admit(one, [], who).ok;
    expect(some.map((one) => bring(one))).toEqual([true, true, false]);
    expect(bring(some[2]!, principal("other"))).toBe(true);
    expect(pool.counts.get("QUOTA")).toBe(1);
    pool.addEvidence(statementId(some[0]!), signed(some[0]!)[0]!);
    expect(bring(core("a", vote(4)))).toBe(true);
    expect(bring(core("a", vote(5)))).toBe(false);
  });

  test("QUOTA: one issuer is bounded, and forgeries in its name do not count", () => {
    const pool = poolOf("Me", { limits: { maxPerIssuer: 2 } });
    for (const n of [7, 8, 9]) pool.admit(core("a", vote(n)), [], from);
    expect([1, 2, 3].map((n) => tell(pool, "a", vote(n)).ok)).toEqual([true, true, false]);
    expect(tell(pool, "b", vote(1)).ok).toBe(true);
  });

  test("bad evidence is dropped with its fault, and lowers nothing", () => {
    const pool = poolOf("Me");
    const one = core("a", vote(1));
    const id = statementId(one);
    pool.admit(one, [sign(principal("b"), idOf(one)), sign(principal("a"), new Uint8Array(32))], from);
    expect(pool.get(id)).toMatchObject({ status: "received", evidence: [] });
    expect(pool.counts.get("evidence other-signer")).toBe(1);
    expect(pool.counts.get("evidence bad-signature")).toBe(1);
    pool.admit(one, signed(one), from);
    const garbage = { scheme: "Ed25519", signer: 5, sig: "x" } as never;
    expect(pool.addEvidence(id, garbage)).toBe("auditable");
    for (const bad of [garbage, null as never, { scheme: "toString" } as never, 7 as never])
      expect(pool.admit(one, [bad], from)).toMatchObject({ ok: true, fresh: false, status: "auditable" });
    expect(pool.get(id)!.evidence).toEqual(signed(one));
    expect(pool.counts.get("duplicate")).toBe(5);
  });

  test("no more than so many pieces of evidence of one scheme", () => {
    const pool = poolOf("Me", { schemes: [], limits: { maxEvidencePerScheme: 3 } });
    const one = core("a", vote(1));
    pool.admit(
      one,
      ["a", "b", "c", "d", "e"].map((name) => sign(principal(name), idOf(one))),
      from,
    );
    expect(pool.get(statementId(one))!.evidence).toHaveLength(3);
    expect(pool.counts.get("evidence too-many")).toBe(2);
  });
});

describe("statuses rise by what convinces whom", () => {
  test("from a reference to what every auditor can check", () => {
    const pool = poolOf("Me");
    const target = core("a", vote(1), { verifiers: [], auditors: [principal("Judge")] });
    const id = statementId(target);
    tell(pool, "b", content("Reply", [fromHex(id), "hm"]));
    expect([...pool.wanted()]).toEqual([id]);
    expect(pool.get(id)).toMatchObject({ status: "unresolved" });
    expect(pool.admit(target, [], from)).toMatchObject({ ok: true, status: "received" });
    expect([...pool.wanted()]).toEqual([]);
    expect(pool.addEvidence(id, mac(principal("a"), [principal("Me")], idOf(target)))).toBe("verified");
    expect(pool.addEvidence(id, signed(target)[0]!)).toBe("auditable");
    expect(pool.get("00".repeat(32))).toBeUndefined();
  });

  test("an aggregate convinces of the group that its signers satisfy, and of no larger one", () => {
    const members = ["a", "b", "c"].map(principal);
    for (const [text, status] of [
      ["{a, b, c} >= 2", "auditable"],
      ["{a, b, c} >= 3", "received"],
    ] as const) {
      const pool = poolOf("Me");
      const one = core("a", vote(1), { issuer: rename(parse(text), principal) });
      const evidence = [aggregate(members, members.slice(0, 2), idOf(one))];
      expect(pool.admit(one, evidence, from)).toMatchObject({ status });
    }
  });

  test("a notary counts for those who trust it; evidence of a local channel for whom it came to", () => {
    const one = core("a", vote(1), { auditors: [principal("Judge")] });
    const word = notarised(principal("z"), principal("a"), idOf(one));
    expect(poolOf("Me").admit(one, [word], from)).toMatchObject({ status: "received" });
    expect(poolOf("Me", { trusts: [principal("z")] }).admit(one, [word], from)).toMatchObject({
      status: "auditable",
    });
    const local = { scheme: "LOCAL", from: principal("a") } as const;
    expect(poolOf("Me").admit(one, [local], principal("a"))).toMatchObject({ status: "verified" });
    expect(poolOf("Me").admit(one, [local], from)).toMatchObject({ status: "received" });
  });

  test("an auditor is shown what names it, with what convinces it, and what that refers to", () => {
    const pool = poolOf("Me");
    const target = core("a", vote(1));
    const reply = core("b", content("Reply", [fromHex(statementId(target)), "hm"]), {
      auditors: [principal("Judge")],
    });
    const tag = mac(principal("b"), [principal("Me")], idOf(reply));
    pool.admit(target, signed(target), from);
    pool.admit(reply, [tag], from);
    expect(pool.exhibit(principal("Judge"))).toEqual([]);
    pool.addEvidence(statementId(reply), signed(reply)[0]!);
    const shown = pool.exhibit(principal("Judge"));
    expect(shown).toEqual([
      { core: reply, evidence: signed(reply) },
      { core: target, evidence: signed(target) },
    ]);
    const judge = poolOf("Judge");
    for (const bundle of shown) judge.admitBytes(encodeBundle(bundle), principal("Me"));
    expect(judge.query({ type: "Reply", atLeast: "auditable" })).toHaveLength(1);
  });
});

describe("finding statements", () => {
  const pool = poolOf("Me");
  for (const [who, round, value] of [
    ["a", 1, "X"],
    ["b", 1, "X"],
    ["c", 1, "Y"],
    ["a", 2, "Y"],
    ["b", 3, "Y"],
  ] as const)
    tell(pool, who, vote(round, value));
  tell(pool, "d", vote(1, "X"), { verifiers: [principal("Me")], auditors: [principal("Judge")] });
  const rounds = (entries: readonly Entry[]) => entries.map(({ core: one }) => one!.content.body.join(""));

  test("by type, issuer, field, and those who are addressed", () => {
    const base = { type: "Vote", atLeast: "verified" } as const;
    const where = (op: "==" | "<" | ">=", value: number | bigint) => [{ field: "round", op, value }];
    expect(rounds(pool.query(base))).toEqual(["1X", "1X", "1Y", "2Y", "3Y", "1X"]);
    expect(rounds(pool.query({ ...base, issuer: principal("a") }))).toEqual(["1X", "2Y"]);
    expect(rounds(pool.query({ ...base, issuer: { in: [principal("b"), principal("c")] } }))).toEqual([
      "1X",
      "1Y",
      "3Y",
    ]);
    expect(rounds(pool.query({ ...base, where: where("==", 1) }))).toHaveLength(4);
    tell(pool, "e", vote(9, "Z"));
    expect(rounds(pool.query({ ...base, where: where("==", 9n) }))).toEqual(["9Z"]);
    expect(rounds(pool.query({ ...base, where: where(">=", 2) }))).toEqual(["2Y", "3Y", "9Z"]);
    expect(rounds(pool.query({ ...base, where: where("<", 2) }))).toHaveLength(4);
    expect(pool.query({ ...base, where: [{ field: "none", op: "==", value: 1 }] })).toEqual([]);
    expect(rounds(pool.query({ ...base, auditors: [principal("Judge")] }))).toEqual(["1X"]);
    expect(rounds(pool.query({ ...base, verifier: principal("other") }))).toHaveLength(6);
    expect(pool.query({ ...base, type: "Door" })).toEqual([]);
  });

  test("joint contents, with those who said them", () => {
    const group = rename(parse("{a, b, c, d} >= 3"), principal);
    const found = pool.joint({ type: "Vote", atLeast: "verified" }, group);
    expect(found).toHaveLength(1);
    expect(found[0]!.issuers).toEqual(["a", "b", "d"].map(principal).sort());
    expect(found[0]!.ids).toHaveLength(3);
    expect(
      pool.joint({ type: "Vote", atLeast: "verified" }, rename(parse("{a, b, c} >= 3"), principal)),
    ).toEqual([]);
  });

  test("subscribers are told once, in order, after the operation, and may act on the pool", () => {
    const own = poolOf("Me");
    tell(own, "a", vote(1));
    const heard: string[] = [];
    const stop = own.subscribe({ type: "Vote", atLeast: "verified" }, ({ core: one, id }) => {
      const [round] = one!.content.body as [number];
      expect(own.get(id)).toBeDefined();
      heard.push(`${round}`);
      if (round < 4) tell(own, "b", vote(round + 1));
      heard.push(`after ${round}`);
    });
    expect(heard).toEqual(["1", "after 1", "2", "after 2", "3", "after 3", "4", "after 4"]);
    const late = core("c", vote(8));
    own.admit(late, [], from);
    expect(heard).toHaveLength(8);
    own.addEvidence(statementId(late), signed(late)[0]!);
    own.admit(late, [mac(principal("c"), [principal("Me")], idOf(late))], from);
    expect(heard.slice(8)).toEqual(["8", "after 8"]);
    stop();
    tell(own, "a", vote(9));
    expect(heard).toHaveLength(10);
  });
});

describe("forgetting", () => {
  const below = (round: bigint, who = "a") => new Map([[watermarkKey(vote(1), principal(who)), round]]);

  test("what is old goes, leaves a watermark, and never comes again", () => {
    const pool = poolOf("Me");
    for (const n of [1, 2, 3]) tell(pool, "a", vote(n));
    tell(pool, "b", vote(1));
    expect(pool.collect({ watermarks: below(3n), now: 0 })).toBe(2);
    expect(pool.snapshot().entries).toHaveLength(2);
    expect(pool.snapshot().watermarks).toEqual(below(3n));
    expect(tell(pool, "a", vote(1))).toEqual({ ok: false, why: "BELOW_WATERMARK" });
    expect(pool.collect({ watermarks: below(1n), now: 0 })).toBe(0);
    expect(pool.snapshot().watermarks).toEqual(below(3n));
    expect(tell(pool, "a", content("Vote", [1, "X"], 7, "other")).ok).toBe(true);
  });

  test("not what live statements refer to, unless a checkpoint covers it", () => {
    const pool = poolOf("Me");
    const target = core("a", vote(1));
    pool.admit(target, signed(target), from);
    const reply = core("b", content("Reply", [fromHex(statementId(target)), "hm"]));
    pool.admit(reply, signed(reply), from);
    expect(pool.collect({ watermarks: below(2n), now: 0 })).toBe(0);
    const covered = (id: string) => id === statementId(target);
    expect(pool.collect({ watermarks: below(2n), now: 0, covered })).toBe(1);
    expect([...pool.wanted()]).toEqual([]);
    const next = poolOf("Me");
    next.merge(
      {
        entries: [
          { id: "", core: target, evidence: [] },
          { id: "", core: reply, evidence: [] },
        ],
        watermarks: new Map(),
      },
      from,
    );
    expect(next.collect({ epochBelow: 8, now: 0 })).toBe(2);
  });

  test("not what auditors may ask for, until retention has passed", () => {
    const pool = poolOf("Me", { retentionMs: 1000 });
    pool.now = 500;
    tell(pool, "a", vote(1), { auditors: [principal("Judge")] });
    expect(pool.collect({ epochBelow: 8, now: 1499 })).toBe(0);
    expect(pool.collect({ epochBelow: 8, now: 1500 })).toBe(1);
  });

  test("never evidence of equivocation, nor what it stands on", () => {
    const pool = poolOf("Me", { retentionMs: 0 });
    const target = core("c", vote(4));
    pool.admit(target, signed(target), from);
    for (const text of ["X", "Y"]) tell(pool, "a", content("Reply", [fromHex(statementId(target)), text]));
    tell(pool, "a", vote(1));
    expect(pool.collect({ epochBelow: 8, now: 9e9, covered: () => true })).toBe(1);
    expect(pool.conflicts({ type: "Reply", atLeast: "verified" })[0]!.context).toHaveLength(1);
    expect(pool.counts.size).toBe(0);
  });
});

test("a caller's mistake is told", () => {
  const code = (expected: string) => expect.objectContaining({ name: "PoolError", code: expected });
  expect(() => poolOf("Me", { owner: "me", schemes: [] })).toThrow(code("bad-option"));
  expect(() => poolOf("Me", { owner: principal("You") })).toThrow(code("bad-option"));
  expect(() => poolOf("Me", { records: [utf8Encode("x")] })).toThrow(code("bad-log"));
  expect(() => poolOf("Me").publish(core("Me", vote(1)))).toThrow(code("bad-statement"));
  const pool = poolOf("Me", { log: { append: () => 1 } });
  expect(() => pool.publish(core("You", vote(1)))).toThrow(code("bad-statement"));
  expect(() => pool.publish(core("Me", content("Vote", [])))).toThrow(code("bad-statement"));
  expect(() => pool.addEvidence("00".repeat(32), signed(core("a", vote(1)))[0]!)).toThrow(code("unknown"));
  expect(types.manifest).toHaveLength(64);
});
