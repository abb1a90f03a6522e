import { createHmac } from "node:crypto";
import { fromHex } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { AuthenticatorError, directionalKey, macInput, portable } from "../../src/index.ts";
import { native } from "../../src/native.ts";
import {
  groupMacScheme,
  localScheme,
  type MacMatrixScheme,
  macMatrixScheme,
  macVectorScheme,
  nextSecret,
  portableHash,
} from "../../src/schemes.ts";
import { a, b, c, d, e, flip, made, secretOf, secretsOf, statement, why } from "./world.ts";

const all = [a, b, c, d];
const group = "11".repeat(32);
const codeOf = (code: string) => expect.objectContaining({ code }) as Error;

describe.each([
  ["portable", portableHash, native],
  ["native", native, portableHash],
])("MAC vectors, made with %s and checked with the other", (_name, maker, checker) => {
  const scheme = (self: string, provider = maker) =>
    macVectorScheme({ self, secrets: secretsOf(self, all), provider });
  const about = statement(a);
  const evidence = made(scheme(a), about) as Evidence & { scheme: "HMAC-SHA256" };

  test("each receiver is convinced by its own tag, and can convince nobody else", () => {
    expect([...evidence.tags.keys()]).toEqual([b, c, d]);
    for (const self of [b, c, d])
      expect(scheme(self, checker).check(about, evidence)).toEqual({
        ok: true,
        says: { by: "each", principals: [a] },
        convinces: [self],
      });
  });

  test("the tag is HMAC-SHA256 of the statement under the directional key", () => {
    const key = directionalKey(portable, secretOf(a, b), fromHex(a), fromHex(b));
    const tag = createHmac("sha256", key)
      .update(macInput(about.id, fromHex(a), fromHex(b)))
      .digest("hex");
    expect(Buffer.from(evidence.tags.get(b)!).toString("hex")).toBe(tag);
  });

  test.each<[string, unknown, string?]>([
    ["reflected", evidence, a],
    ["not-addressed", evidence, e],
    ["not-addressed", { ...evidence, tags: new Map([[c, evidence.tags.get(c)]]) }],
    ["bad-tag", { ...evidence, tags: new Map([[b, evidence.tags.get(c)]]) }],
    ["bad-tag", { ...evidence, tags: new Map([[b, flip(evidence.tags.get(b)!, 31)]]) }],
    ["wrong-length", { ...evidence, tags: new Map([[b, evidence.tags.get(b)!.subarray(0, 31)]]) }],
    ["malformed", { ...evidence, tags: new Map([[b, "00"]]) }],
    ["malformed", { ...evidence, tags: {} }],
    ["malformed", { scheme: "HMAC-SHA256" }],
    ["other-scheme", { ...evidence, scheme: "HMAC-SHA1" }],
  ])("%s", (fault, bad, self = b) => {
    expect(why(scheme(self, checker).check(about, bad as Evidence))).toBe(fault);
  });

  test("a tag for one statement, issuer or direction fits no other", () => {
    const receiver = scheme(b, checker);
    expect(why(receiver.check(statement(a, 2), evidence))).toBe("bad-tag");
    expect(why(receiver.check(statement(c), evidence))).toBe("bad-tag");
    expect(why(receiver.check(statement(e), evidence))).toBe("unknown-signer");
    expect(why(receiver.check(statement("nobody"), evidence))).toBe("malformed");
    // What b made for a, put into the mouth of a.
    const reply = made(scheme(b), statement(b)) as typeof evidence;
    const forged = { ...evidence, tags: new Map([[b, reply.tags.get(a)!]]) };
    expect(why(receiver.check(statement(a), forged))).toBe("bad-tag");
  });

  test("the twin whose keys have no direction lets the receiver speak for the sender", () => {
    const shared = secretOf(a, b);
    const tag = (key: Uint8Array) => checker.hmacSha256(key, macInput(about.id, fromHex(a), fromHex(b)));
    const forged = { ...evidence, tags: new Map([[b, tag(shared)]]) };
    expect(why(scheme(b, checker).check(about, forged))).toBe("bad-tag");
    const byA = maker.hmacSha256(shared, macInput(about.id, fromHex(a), fromHex(b)));
    expect(checker.equal(tag(shared), byA)).toBe(true);
  });
});

describe("HMAC-SHA1", () => {
  const options = (self: string) => ({ self, secrets: secretsOf(self, all), provider: portableHash });
  test("has to be allowed by name", () => {
    expect(() => macVectorScheme({ ...options(a), name: "HMAC-SHA1" })).toThrow(codeOf("legacy"));
  });
  test("is the same on both platforms, has 20 bytes, and is no SHA-256", () => {
    const legacy = (self: string, provider = portableHash) =>
      macVectorScheme({ ...options(self), provider, name: "HMAC-SHA1", allowLegacy: true });
    const evidence = made(legacy(a), statement(a)) as Evidence & { scheme: "HMAC-SHA1" };
    expect(evidence.tags.get(b)).toHaveLength(20);
    const byNative = made(legacy(a, native), statement(a)) as typeof evidence;
    expect(Buffer.compare(byNative.tags.get(b)!, evidence.tags.get(b)!)).toBe(0);
    expect(why(legacy(b, native).check(statement(a), evidence))).toBe("good");
    expect(why(macVectorScheme(options(b)).check(statement(a), evidence))).toBe("other-scheme");
    // RFC 2202, test case 2.
    const tag = portableHash
      .macKey(Buffer.from("Jefe"), "sha1")
      .tag(Buffer.from("what do ya want for nothing?"));
    expect(Buffer.from(tag).toString("hex")).toBe("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  });
});

describe("one key for a group", () => {
  const key = new Uint8Array(32).fill(9);
  const scheme = (self: string, members = [a, b, c]) =>
    groupMacScheme({ self, groups: new Map([[group, { members, key }]]), provider: portableHash });
  const within = (members: readonly string[]) => statement(a, 1, members);
  const evidence = made(scheme(a), within([a, b, c])) as Evidence & { scheme: "HMAC-GROUP" };

  test("tells a member that some other one said it, and all members alike", () => {
    expect(scheme(b).check(statement(a), evidence)).toEqual({
      ok: true,
      says: { by: "one-of", principals: [a, c] },
      convinces: [a, b, c],
    });
  });
  test("any member could have made it for any other: so no individual follows", () => {
    const byC = scheme(c).make(statement(c, 1, [a, b])) as typeof evidence;
    expect(byC.tag).toEqual(evidence.tag);
  });
  test("in a group of two it names the other", () => {
    const pair = made(scheme(a, [a, b]), within([b]));
    expect(scheme(b, [a, b]).check(statement(a), pair)).toMatchObject({
      says: { by: "each", principals: [a] },
    });
  });
  test.each<[string, unknown, string?]>([
    ["not-addressed", { ...evidence, group: "22".repeat(32) }],
    ["bad-tag", { ...evidence, tag: flip(evidence.tag) }],
    ["wrong-length", { ...evidence, tag: evidence.tag.subarray(1) }],
    ["malformed", { ...evidence, tag: null }],
    ["other-signer", evidence, d],
    ["reflected", evidence, b],
    ["bad-tag", evidence, c],
  ])("%s", (fault, bad, issuer = a) => {
    const about = issuer === c ? statement(c, 2) : statement(issuer);
    expect(why(scheme(b).check(about, bad as Evidence))).toBe(fault);
  });
  test("of several groups the smallest that has the whole audience is taken, and none for strangers", () => {
    const groups = new Map([
      ["11".repeat(32), { members: [a, b, c], key }],
      ["22".repeat(32), { members: [a, b], key }],
    ]);
    const both = groupMacScheme({ self: a, groups, provider: portableHash });
    expect(both.make(within([b]))).toMatchObject({ group: "22".repeat(32) });
    expect(both.make(within([b, c]))).toMatchObject({ group });
    expect(both.make(within([d]))).toBeNull();
  });
  test("who is not in the group, or gives no group, is told at once", () => {
    expect(() => scheme(d)).toThrow(AuthenticatorError);
    expect(() => scheme(a, [b, a])).toThrow(codeOf("bad-name"));
  });
});

describe("matrix of MACs, four servers, one liar", () => {
  const matrix = (self: string): MacMatrixScheme =>
    macMatrixScheme({ self, servers: all, f: 1, secrets: secretsOf(self, all), provider: portableHash });
  const client = macMatrixScheme({ self: e, servers: all, f: 1, secrets: new Map(), provider: native });
  const about = statement(e);
  const told = { ok: true, says: { by: "each", principals: [e] }, convinces: [a] } as const;
  const rowOf = (server: string) => matrix(server).vouch(about, told)!;
  const rows = (...servers: string[]) => new Map(servers.map((server) => [server, rowOf(server)]));
  const junk = new Uint8Array(4 * 32).fill(1);

  test("2f + 1 whole rows convince every server, and each knows that of the others", () => {
    const evidence = client.collect(rows(a, b, d))!;
    for (const server of all)
      expect(matrix(server).check(about, evidence)).toEqual({
        ok: true,
        says: { by: "each", principals: [e] },
        convinces: all,
      });
  });

  test("a liar's row among 2f + 1 does not keep an honest server from being convinced", () => {
    const evidence = client.collect(new Map([...rows(a, b), [c, junk]]))!;
    for (const server of [a, b, d])
      expect(matrix(server).check(about, evidence)).toMatchObject({ ok: true, convinces: [server] });
  });

  test("a collector that spoils the other columns leaves a server convinced, and not of the others", () => {
    const evidence = client.collect(rows(a, b, c)) as Evidence & { scheme: "MAC-MATRIX" };
    const tags = Uint8Array.from(evidence.tags);
    // Every cell but those of d.
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++) tags[(row * 4 + column) * 32]! ^= 1;
    const spoiled = { ...evidence, tags };
    expect(matrix(d).check(about, spoiled)).toMatchObject({ ok: true, convinces: [d] });
    expect(why(matrix(a).check(about, spoiled))).toBe("bad-tag");
  });

  test("f liars together convince nobody; the rule that one good tag is enough would let them", () => {
    const forged = client.collect(
      new Map([
        [c, rowOf(c)],
        [a, junk],
        [b, junk],
      ]),
    )!;
    expect(why(matrix(d).check(about, forged))).toBe("too-few");
  });

  test("whoever chose the servers would choose its friends", () => {
    const friends = {
      scheme: "MAC-MATRIX",
      servers: [a, b, c, e].sort(),
      tags: new Uint8Array(512),
    } as const;
    expect(why(matrix(a).check(about, friends))).toBe("not-addressed");
    expect(why(client.check(about, client.collect(rows(a, b, c))!))).toBe("not-addressed");
  });

  test("no row without having found the statement good", () => {
    expect(matrix(a).vouch(about, { ok: false, why: "bad-tag" })).toBeNull();
    expect(matrix(a).vouch(statement(b), told)).toBeNull();
    expect(client.vouch(about, told)).toBeNull();
    expect(client.collect(rows(a, b))).toBeNull();
    expect(client.collect(new Map([...rows(a, b), [c, junk.subarray(1)]]))).toBeNull();
  });

  test.each([
    ["few-servers", { servers: [a, b, c] }],
    ["few-servers", { f: 0 }],
    ["bad-name", { servers: [b, a, c, d] }],
    ["missing-secret", { secrets: secretsOf(a, [b, c]) }],
  ])("%s", (code, change) => {
    const options = { self: a, servers: all, f: 1, secrets: secretsOf(a, all), provider: portableHash };
    expect(() => macMatrixScheme({ ...options, ...change })).toThrow(codeOf(code));
  });
});

describe("local channels", () => {
  test("only the host's own word counts, not bytes that look like it", () => {
    const scheme = localScheme(a);
    const evidence = scheme.arrived(b);
    expect(scheme.check(statement(b), evidence)).toMatchObject({ ok: true, convinces: [a] });
    expect(why(scheme.check(statement(b), { ...evidence }))).toBe("not-addressed");
    expect(why(scheme.check(statement(c), evidence))).toBe("other-signer");
    expect(why(localScheme(b).check(statement(b), evidence))).toBe("not-addressed");
    expect(scheme.make(statement(b))).toBeNull();
    expect(why(scheme.check(statement(a), made(scheme, statement(a))))).toBe("good");
  });
});

test("secrets of pairs move on by epoch, alike for both, and never back to where they were", () => {
  const chain = [secretOf(a, b)];
  for (let epoch = 1; epoch < 50; epoch++) chain.push(nextSecret(portableHash, chain.at(-1)!));
  expect(new Set(chain.map((secret) => Buffer.from(secret).toString("hex"))).size).toBe(50);
  expect(nextSecret(native, chain[0]!)).toEqual(chain[1]);
});
