import { fromHex, type PrincipalId } from "@eunomia/codec";
import { ed25519Suite, generateKeyring, signingKey } from "@eunomia/crypto-auth";
import { blsAggregateScheme, blsSuite } from "@eunomia/crypto-auth/bls";
import { native, nativeRsaSuite, nativeSecp256k1Suite, systemRandom } from "@eunomia/crypto-auth/native";
import {
  directory,
  groupMacScheme,
  type LocalScheme,
  localScheme,
  type MacMatrixScheme,
  macMatrixScheme,
  macVectorScheme,
  type NotaryScheme,
  notaryScheme,
  signatureScheme,
} from "@eunomia/crypto-auth/schemes";
import { bip340Suite } from "@eunomia/crypto-auth/secp256k1";
import type { Evidence, Scheme, Spoken } from "@eunomia/engine";
import {
  type Core,
  encodeBundle,
  groupId,
  program,
  StatementPool,
  statementId,
} from "@eunomia/statement-pool";
import { describe, expect, test } from "vitest";

/** Real keys of four principals, and a pool of the second one, which the fourth notarises for. */
const suites = [ed25519Suite(native), nativeSecp256k1Suite, bip340Suite, nativeRsaSuite, blsSuite];
const rings = [1, 2, 3, 4]
  .map(() => generateKeyring(systemRandom(), suites))
  .sort((x, y) => (x.principal < y.principal ? -1 : 1));
const ids = rings.map((ring) => ring.principal);
const [alice, bob, carol, zoe] = ids as [PrincipalId, PrincipalId, PrincipalId, PrincipalId];
const known = directory({ epoch: 0, bundles: rings.map((ring) => ring.bundle), suites, provider: native });
const key = native.sha256(new Uint8Array(1));
const secretOf = (one: string, other: string) =>
  native.sha256(new TextEncoder().encode([one, other].sort().join()));

function schemesOf(self: PrincipalId) {
  const ring = rings[ids.indexOf(self)]!;
  const secrets = new Map(ids.filter((id) => id !== self).map((id) => [id, secretOf(self, id)]));
  const signatures = suites.map((suite) =>
    signatureScheme({ self, suite, directory: known, key: signingKey(ring, suite) }),
  );
  const groups = new Map([["11".repeat(32), { members: ids, key }]]);
  if (self === alice || self === bob) groups.set("22".repeat(32), { members: [alice, bob], key });
  const all: readonly Scheme[] = [
    localScheme(self),
    macVectorScheme({ self, secrets, provider: native }),
    macVectorScheme({ self, secrets, provider: native, name: "HMAC-SHA1", allowLegacy: true }),
    groupMacScheme({ self, groups, provider: native }),
    macMatrixScheme({ self, servers: ids, f: 1, secrets, provider: native }),
    notaryScheme({ self, word: signatures[0]!, provider: native }),
    blsAggregateScheme({ self, directory: known, key: signingKey(ring, blsSuite) }),
    ...signatures,
  ];
  return new Map(all.map((scheme) => [scheme.name, scheme]));
}
const schemes = new Map(ids.map((id) => [id, schemesOf(id)]));
const schemeOf = <S extends Scheme = Scheme>(id: PrincipalId, name: string) =>
  (schemes.get(id)! as ReadonlyMap<string, Scheme>).get(name) as S;

const votes = program([
  { name: "Vote", fields: [{ name: "round", type: { k: "nat" } }], unique: [["round"]] },
]);
const pool = new StatementPool({
  owner: bob,
  program: votes,
  schemes: [...schemes.get(bob)!.values()],
  trusts: [zoe],
  principals: ids,
});
let round = 0;
function vote(change: Partial<Core> = {}): { core: Core; spoken: Spoken } {
  const ctx = { manifest: votes.manifest, epoch: 0, instance: new Uint8Array(1) };
  const content = { type: "Vote", ctx, body: [round++] };
  const core: Core = {
    v: 1,
    issuer: alice,
    verifiers: [bob],
    auditors: [carol],
    content,
    cert: [],
    ...change,
  };
  const issuer = typeof core.issuer === "string" ? core.issuer : groupId(core.issuer);
  return {
    core,
    spoken: { id: fromHex(statementId(core)), issuer, audience: ids.filter((id) => id !== issuer) },
  };
}
const admit = (core: Core, evidence: Evidence | null) =>
  pool.admitBytes(encodeBundle({ core, evidence: [evidence!] }), alice);

describe("a pool with real keys, statements as they travel", () => {
  test.each([
    ["HMAC-SHA256", "verified"],
    ["HMAC-SHA1", "verified"],
    ["Ed25519", "auditable"],
    ["secp256k1", "auditable"],
    ["BIP-340", "auditable"],
    ["RSA-PSS", "auditable"],
    ["BLS", "auditable"],
    // One of four made it; the statement names one.
    ["HMAC-GROUP", "received"],
  ])("%s: %s", (name, status) => {
    const { core, spoken } = vote();
    expect(admit(core, schemeOf(alice, name).make(spoken))).toMatchObject({ ok: true, status });
    const other = schemeOf(alice, name).make(vote().spoken);
    expect(admit(vote().core, other)).toMatchObject({ ok: true, status: "received" });
  });

  test("a group MAC of two names the other", () => {
    const { core, spoken } = vote({ auditors: [] });
    const evidence = schemeOf(alice, "HMAC-GROUP").make({ ...spoken, audience: [bob] });
    expect(admit(core, evidence)).toMatchObject({ status: "auditable" });
  });

  test("a local channel counts for its host's own word", () => {
    const { core } = vote();
    const arrived = schemeOf<LocalScheme>(bob, "LOCAL").arrived(alice);
    expect(pool.admit(vote().core, [{ ...arrived }], alice)).toMatchObject({ status: "received" });
    expect(pool.admit(core, [arrived], alice)).toMatchObject({ status: "verified" });
  });

  test("a notary makes what an auditor can be shown of what only it could check", () => {
    const { core, spoken } = vote();
    const found = schemeOf(zoe, "HMAC-SHA256").check(spoken, schemeOf(alice, "HMAC-SHA256").make(spoken)!);
    const evidence = schemeOf<NotaryScheme>(zoe, "TTP").attest(spoken, found, 5);
    expect(admit(core, evidence)).toMatchObject({ status: "auditable" });
  });

  test("a matrix of MACs convinces the auditor among its servers too", () => {
    const { core, spoken } = vote();
    const tags = schemeOf(alice, "HMAC-SHA256").make(spoken)!;
    const row = (id: PrincipalId) =>
      schemeOf<MacMatrixScheme>(id, "MAC-MATRIX").vouch(
        spoken,
        schemeOf(id, "HMAC-SHA256").check(spoken, tags),
      )!;
    const rows = new Map([bob, carol, zoe].map((id) => [id, row(id)]));
    const evidence = schemeOf<MacMatrixScheme>(alice, "MAC-MATRIX").collect(rows);
    expect(admit(core, evidence)).toMatchObject({ status: "auditable" });
  });

  test("an aggregate of enough members is the word of the group, of too few it is not", () => {
    const issuer = { t: "thr", k: 3, of: ids.map((id) => ({ t: "node" as const, id })) } as const;
    for (const [members, status] of [
      [[alice, carol, zoe], "auditable"],
      [[alice, zoe], "received"],
    ] as const) {
      const { core, spoken } = vote({ issuer, auditors: "ANYONE" });
      const aggregate = (id: PrincipalId) => schemeOf<ReturnType<typeof blsAggregateScheme>>(id, "BLS-AGG");
      const parts = new Map(members.map((id) => [id, aggregate(id).share(spoken.id)!]));
      const { evidence } = aggregate(alice).combine(spoken, ids, parts);
      expect(admit(core, evidence)).toMatchObject({ status });
    }
  });
});
