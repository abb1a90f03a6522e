import type { KeyBundle } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { describe, expect, test } from "vitest";
import {
  blsAggregateScheme,
  blsSuite,
  combineBlsShares,
  dealBls,
  importBlsGroupKey,
  isBlsShare,
  signBlsShare,
  sumBlsDealings,
} from "../../src/bls.ts";
import { combineFrost, dealFrost, FrostKeygen, type FrostMember, frostAttempt } from "../../src/frost.ts";
import { ed25519Suite, generateKeyring, portable, signingKey } from "../../src/index.ts";
import { native } from "../../src/native.ts";
import { directory, jointInput, signatureScheme, thresholdScheme } from "../../src/schemes.ts";
import { flip, seeded, statement, why } from "./world.ts";

const group = "99".repeat(32);
const about = statement(group, 1, []);
const codeOf = (code: string) => expect.objectContaining({ code }) as Error;

describe("BLS aggregates", () => {
  const random = seeded(11);
  const keyrings = [1, 2, 3].map(() => generateKeyring(random, [blsSuite]));
  const { G2, shortSignatures } = bls12_381;
  const honestPoints = keyrings.map(({ bundle }) => G2.Point.fromBytes(bundle[0]!.publicKey.subarray(0, 96)));
  // The rogue's key is its own minus all others: the sum is a key that the rogue alone holds.
  const rogueSecret = blsSuite.generate(random);
  const own = G2.Point.BASE.multiply(bls12_381.fields.Fr.fromBytes(rogueSecret));
  const roguePoint = honestPoints.reduce((sum, point) => sum.subtract(point), own);
  const rogue: KeyBundle = [{ scheme: "BLS", publicKey: roguePoint.toBytes() }];
  const known = directory({
    epoch: 1,
    bundles: [...keyrings.map(({ bundle }) => bundle), rogue],
    suites: [blsSuite],
    provider: portable,
  });
  const honest = keyrings.map(({ principal }) => principal).sort();
  const rogueId = known.principals.find((id) => !honest.includes(id))!;
  const scheme = (index: number) =>
    blsAggregateScheme({
      self: keyrings[index]!.principal,
      directory: known,
      key: signingKey(keyrings[index]!, blsSuite),
    });
  const reader = blsAggregateScheme({ self: rogueId, directory: known });
  const parts = new Map(keyrings.map(({ principal }, i) => [principal, scheme(i).share(about.id)!]));
  const { evidence } = reader.combine(about, honest, parts) as { evidence: Evidence & { scheme: "BLS-AGG" } };

  test("name their signers, and convince anyone", () => {
    expect(reader.check(about, evidence)).toEqual({
      ok: true,
      says: { by: "each", principals: honest },
      convinces: "anyone",
    });
    expect([evidence.sig.length, evidence.bitmap]).toEqual([48, Uint8Array.of(7)]);
  });

  test("some of the members are enough, and only they are named", () => {
    const two = new Map([...parts].filter(([member]) => member !== honest[1]));
    const { evidence: of2, refused } = reader.combine(about, honest, two);
    expect(refused).toEqual([]);
    expect(reader.check(about, of2!)).toMatchObject({ says: { principals: [honest[0], honest[2]] } });
  });

  test("a collector finds the bad part, names its member, and goes on without it", () => {
    for (const bad of [parts.get(honest[0]!)!, new Uint8Array(48), "junk" as unknown as Uint8Array]) {
      const spoiled = new Map(parts).set(honest[1]!, bad);
      const { evidence: rest, refused } = reader.combine(about, honest, spoiled);
      expect(refused).toEqual([honest[1]]);
      expect(reader.check(about, rest!)).toMatchObject({ says: { principals: [honest[0], honest[2]] } });
    }
    expect(reader.combine(about, honest, new Map())).toEqual({ evidence: null, refused: [] });
  });

  test("the rogue key signs for all by itself, and is refused for want of a proof", () => {
    const members = known.principals;
    const sig = blsSuite.importSigningKey(rogueSecret).sign(jointInput(about.id));
    const forged = { scheme: "BLS-AGG", members, bitmap: Uint8Array.of(15), sig } as const;
    // The attack is real: by arithmetic alone the four of them have signed.
    const sum = [...honestPoints, roguePoint].reduce((total, point) => total.add(point), G2.Point.ZERO);
    const hash = shortSignatures.hash(jointInput(about.id), "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_");
    expect(shortSignatures.verify(sig, hash, sum)).toBe(true);
    expect(why(reader.check(about, forged))).toBe("no-proof-of-possession");
  });

  test("so does a plain signature by such a key", () => {
    const plain = signatureScheme({ self: rogueId, suite: blsSuite, directory: known });
    const sig = blsSuite.importSigningKey(rogueSecret).sign(about.id);
    expect(why(plain.check(statement(rogueId), { scheme: "BLS", signer: rogueId, sig }))).toBe(
      "no-proof-of-possession",
    );
  });

  test.each<[string, unknown, number?]>([
    ["bad-signature", { ...evidence, bitmap: Uint8Array.of(3) }],
    ["bad-signature", evidence, 2],
    ["non-canonical", { ...evidence, bitmap: Uint8Array.of(15) }],
    ["too-few", { ...evidence, bitmap: Uint8Array.of(0) }],
    ["wrong-length", { ...evidence, bitmap: Uint8Array.of(7, 0) }],
    ["wrong-length", { ...evidence, sig: evidence.sig.subarray(1) }],
    ["infinity", { ...evidence, sig: Uint8Array.of(0xc0, ...new Uint8Array(47)) }],
    ["malformed", { ...evidence, members: honest.toReversed() }],
    ["malformed", { ...evidence, members: [honest[0], honest[0], honest[1]] }],
    ["malformed", { ...evidence, members: 3 }],
    ["malformed", { scheme: "BLS-AGG" }],
    ["unknown-signer", { ...evidence, members: ["00".repeat(32), ...honest.slice(1)] }],
    ["other-scheme", { ...evidence, scheme: "BLS" }],
  ])("%s", (fault, bad, n = 1) => {
    expect(why(reader.check(statement(group, n, []), bad as Evidence))).toBe(fault);
  });

  test("two proven keys that cancel out do not sign for every message", () => {
    const secret = blsSuite.generate(random);
    const opposite = bls12_381.fields.Fr.toBytes(
      bls12_381.fields.Fr.neg(bls12_381.fields.Fr.fromBytes(secret)),
    );
    const bundles = [secret, opposite].map(
      (value): KeyBundle => [{ scheme: "BLS", publicKey: blsSuite.importSigningKey(value).publicKey }],
    );
    const pair = directory({ epoch: 1, bundles, suites: [blsSuite], provider: portable });
    const check = blsAggregateScheme({ self: group, directory: pair });
    const forged = {
      scheme: "BLS-AGG",
      members: pair.principals,
      bitmap: Uint8Array.of(3),
      sig: evidence.sig,
    } as const;
    expect(why(check.check(about, forged))).toBe("infinity");
  });
});

describe("BLS under one key, 2 of 3", () => {
  const { group: key, shares } = dealBls(seeded(5), { k: 2, n: 3 });
  const message = jointInput(about.id);
  const part = (index: number) => signBlsShare(shares.get(index)!, message);
  const scheme = thresholdScheme({
    self: group,
    name: "BLS-THRESHOLD",
    groups: new Map([[group, importBlsGroupKey(key.commitments[0]!)]]),
  });

  test("any two make the same signature, which says that the group says it", () => {
    const sigs = [
      [1, 2],
      [1, 3],
      [2, 3],
      [3, 1],
    ].map((pair) => combineBlsShares(key, message, new Map(pair.map((index) => [index, part(index)]))).sig!);
    for (const sig of sigs) expect(sig).toEqual(sigs[0]);
    const evidence = { scheme: "BLS-THRESHOLD", group, sig: sigs[0]! } as const;
    expect(scheme.check(about, evidence)).toEqual({
      ok: true,
      says: { by: "group", group },
      convinces: "anyone",
    });
    expect(why(scheme.check(statement(group, 2, []), evidence))).toBe("bad-signature");
    expect(why(scheme.check(statement("88".repeat(32)), evidence))).toBe("other-signer");
    expect(why(scheme.check(statement("88".repeat(32)), { ...evidence, group: "88".repeat(32) }))).toBe(
      "unknown-signer",
    );
    expect(why(scheme.check(about, { ...evidence, sig: flip(sigs[0]!, 0) }))).not.toBe("good");
    expect(why(scheme.check(about, { ...evidence, scheme: "FROST-ED25519" }))).toBe("other-scheme");
  });

  test("one is too few, and bad parts are named", () => {
    expect(combineBlsShares(key, message, new Map([[1, part(1)]]))).toEqual({ sig: null, refused: [] });
    const mixed = new Map([
      [1, part(2)],
      [2, part(2)],
      [3, part(3)],
      [9, part(3)],
    ]);
    const { sig, refused } = combineBlsShares(key, message, mixed);
    expect(sig).not.toBeNull();
    expect(refused).toEqual([1]);
  });

  test("a share is checked against what the dealer published", () => {
    expect([1, 2, 3].map((index) => isBlsShare(key, index, shares.get(index)!))).toEqual([true, true, true]);
    expect(isBlsShare(key, 1, shares.get(2)!)).toBe(false);
    expect(isBlsShare(key, 0, shares.get(1)!)).toBe(false);
    expect(isBlsShare(key, 1, new Uint8Array(32))).toBe(false);
  });

  test("nobody knows a key that all have dealt, and a bad dealing is told by its dealer", () => {
    const dealings = ["one", "two"].map((name, i) => ({ name, ...dealBls(seeded(70 + i), { k: 2, n: 3 }) }));
    const sumOf = (index: number) =>
      sumBlsDealings(
        index,
        new Map(
          dealings.map(({ name, group: of, shares: all }) => [name, { group: of, share: all.get(index)! }]),
        ),
      );
    const [first, third] = [sumOf(1), sumOf(3)];
    expect(third.group).toEqual(first.group);
    const both = new Map([
      [1, signBlsShare(first.share, message)],
      [3, signBlsShare(third.share, message)],
    ]);
    const { sig } = combineBlsShares(first.group, message, both);
    expect(importBlsGroupKey(first.group.commitments[0]!).verdict(message, sig!)).toBeNull();
    const wrong = { group: dealings[0]!.group, share: dealings[0]!.shares.get(2)! };
    expect(() => sumBlsDealings(1, new Map([["one", wrong]]))).toThrow(
      expect.objectContaining({ code: "bad-group", field: "one" }) as Error,
    );
  });

  test("sizes that make no group are refused", () => {
    for (const sizes of [
      { k: 0, n: 3 },
      { k: 4, n: 3 },
      { k: 1.5, n: 3 },
    ])
      expect(() => dealBls(seeded(1), sizes)).toThrow(codeOf("bad-group"));
  });
});

describe("FROST, 2 of 3", () => {
  const random = seeded(21);
  const message = jointInput(about.id);
  const dealt = dealFrost(random, { k: 2, n: 3 });

  function signWith(members: readonly FrostMember[], bend?: (part: Uint8Array, index: number) => Uint8Array) {
    const attempts = members.map((member) => ({
      index: member.index,
      attempt: frostAttempt(member, random),
    }));
    const commitments = attempts.map(({ attempt }) => attempt.commitment);
    const parts = new Map(
      attempts.map(({ index, attempt }) => {
        const part = attempt.sign(message, commitments);
        return [index, bend?.(part, index) ?? part];
      }),
    );
    return combineFrost(members[0]!.group, message, commitments, parts);
  }

  test.each([portable, native])("$name takes the signature for an ordinary one of Ed25519", (provider) => {
    const [one, , three] = dealt.members as [FrostMember, FrostMember, FrostMember];
    const { sig } = signWith([one, three]);
    const key = ed25519Suite(provider).importPublicKey(dealt.group.publicKey);
    expect(key.verdict(message, sig!)).toBeNull();
    const scheme = thresholdScheme({ self: group, name: "FROST-ED25519", groups: new Map([[group, key]]) });
    expect(scheme.check(about, { scheme: "FROST-ED25519", group, sig: sig! })).toEqual({
      ok: true,
      says: { by: "group", group },
      convinces: "anyone",
    });
  });

  test("bad parts are named", () => {
    const bent = signWith(dealt.members.slice(0, 2), (part, index) => (index === 2 ? flip(part) : part));
    expect(bent).toEqual({ sig: null, refused: [2] });
    const cutOff = signWith(dealt.members, (part, index) => (index === 3 ? part.subarray(1) : part));
    expect(cutOff).toEqual({ sig: null, refused: [3] });
  });

  test("an attempt signs once, whatever the message, and only with its own commitment", () => {
    const [one, two] = dealt.members.map((member) => frostAttempt(member, random)) as [
      ReturnType<typeof frostAttempt>,
      ReturnType<typeof frostAttempt>,
    ];
    const commitments = [one.commitment, two.commitment];
    one.sign(message, commitments);
    expect(() => one.sign(message, commitments)).toThrow(codeOf("bad-group"));
    expect(() => two.sign(message, [one.commitment])).toThrow(codeOf("bad-group"));
    expect(() => two.sign(message, commitments)).toThrow(codeOf("bad-group"));
  });

  test("a key that nobody ever held signs like one that was dealt", () => {
    const keygens = [1, 2, 3].map((index) => new FrostKeygen({ index, k: 2, n: 3 }, random));
    const others = (index: number) =>
      keygens.map(({ round1 }) => round1).filter((round1) => round1.index !== index);
    const sent = keygens.map(({ round1: { index } }, i) => ({
      index,
      shares: keygens[i]!.round2(others(index)),
    }));
    const members = keygens.map((keygen) => {
      const { index } = keygen.round1;
      const mine = sent.filter((from) => from.index !== index);
      return keygen.finish(new Map(mine.map((from) => [from.index, from.shares.get(index)!])));
    });
    expect(new Set(members.map(({ group: of }) => Buffer.from(of.publicKey).toString("hex"))).size).toBe(1);
    const { sig } = signWith(members.slice(1));
    expect(native.ed25519.verify(members[0]!.group.publicKey, message, sig!)).toBe(true);
  });

  test("a keygen stops at messages that do not fit together", () => {
    const keygens = [1, 2, 3].map((index) => new FrostKeygen({ index, k: 2, n: 3 }, random));
    const [one, two, three] = keygens as [FrostKeygen, FrostKeygen, FrostKeygen];
    const bent = { ...two.round1, proofOfKnowledge: flip(two.round1.proofOfKnowledge) };
    expect(() => one.round2([bent, three.round1])).toThrow(codeOf("bad-group"));
    expect(() => one.round2([two.round1])).toThrow(codeOf("bad-group"));
    const shares = one.round2([two.round1, three.round1]);
    const [fromTwo, fromThree] = [
      two.round2([one.round1, three.round1]).get(1)!,
      three.round2([one.round1, two.round1]).get(1)!,
    ];
    expect(() =>
      one.finish(
        new Map([
          [2, fromThree],
          [3, fromTwo],
        ]),
      ),
    ).toThrow(codeOf("bad-group"));
    expect([...shares.keys()]).toEqual([2, 3]);
    expect(() => new FrostKeygen({ index: 4, k: 2, n: 3 }, random)).toThrow(codeOf("bad-group"));
    expect(() => dealFrost(random, { k: 1, n: 3 })).toThrow(codeOf("bad-group"));
  });
});
