import { loadavg } from "node:os";
import { fromHex, type PrincipalId } from "@eunomia/codec";
import { ed25519Suite, generateKeyring, portable, signingKey } from "@eunomia/crypto-auth";
import { blsSuite } from "@eunomia/crypto-auth/bls";
import { native, nativeRsaSuite, nativeSecp256k1Suite, systemRandom } from "@eunomia/crypto-auth/native";
import { directory, macVectorScheme, signatureScheme } from "@eunomia/crypto-auth/schemes";
import type { Scheme } from "@eunomia/engine";
import { type Core, encodeBundle, program, StatementPool, statementId } from "@eunomia/statement-pool";

// npx tsx --conditions=@eunomia/source bench/admissions.bench.ts
// What one statement costs a pool, with its bytes read and its evidence checked: processor time, by scheme.

const types = program([
  {
    name: "Vote",
    fields: [
      { name: "round", type: { k: "nat" } },
      { name: "value", type: { k: "bytes" } },
    ],
    unique: [["round"]],
  },
]);
const suites = [ed25519Suite(native), nativeSecp256k1Suite, nativeRsaSuite, blsSuite];
const rings = Array.from({ length: 4 }, () => generateKeyring(systemRandom(), suites));
const ids = rings.map(({ principal }) => principal).sort();
const [issuer, owner] = ids as [PrincipalId, PrincipalId];
const key = native.sha256(new Uint8Array(1));

type SchemeFor = (self: PrincipalId) => Scheme;
const ringOf = (self: PrincipalId) => rings.find(({ principal }) => principal === self)!;
const bundles = rings.map(({ bundle }) => bundle);
const signature =
  (suite: (typeof suites)[number], provider = native): SchemeFor =>
  (self) => {
    const known = directory({ epoch: 0, bundles, suites: [suite], provider });
    return signatureScheme({ self, suite, directory: known, key: signingKey(ringOf(self), suite) });
  };
const macs: SchemeFor = (self) =>
  macVectorScheme({
    self,
    secrets: new Map(ids.filter((id) => id !== self).map((id) => [id, key])),
    provider: native,
  });

function bundleOf(scheme: Scheme, round: number): Uint8Array {
  const ctx = { manifest: types.manifest, epoch: 0, instance: new Uint8Array(4) };
  const content = { type: "Vote", ctx, body: [round, new Uint8Array(32)] };
  const core: Core = { v: 1, issuer, verifiers: [owner], auditors: [], content, cert: [] };
  const spoken = { id: fromHex(statementId(core)), issuer, audience: [owner] };
  return encodeBundle({ core, evidence: [scheme.make(spoken)!] });
}

const open = (scheme: Scheme) =>
  new StatementPool({ owner, program: types, schemes: [scheme], principals: ids, hash: native.sha256 });

function cpuMicros(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Microseconds per statement, the middle of three runs. */
function measure(name: string, schemeFor: SchemeFor, count: number, together = false): void {
  const maker = schemeFor(issuer);
  const given = Array.from({ length: count }, (_, i) => bundleOf(maker, i));
  const times = [1, 2, 3].map(() => {
    const pool = open(schemeFor(owner));
    const micros = cpuMicros(() => {
      const told = together
        ? pool.admitAllBytes(given, issuer)
        : given.map((bytes) => pool.admitBytes(bytes, issuer));
      if (told.some((one) => !one.ok || one.status === "received")) throw new Error(`${name}: refused`);
    });
    return micros / count;
  });
  const middle = times.toSorted((a, b) => a - b)[1]!;
  console.log(
    `${name.padEnd(34)} ${middle.toFixed(0).padStart(8)} us ${(1e6 / middle).toFixed(0).padStart(8)} per second`,
  );
}

console.log(`load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
measure("HMAC-SHA256", macs, 5000);
measure("Ed25519, node:crypto", signature(ed25519Suite(native)), 3000);
measure("Ed25519, JavaScript", signature(ed25519Suite(portable), portable), 300);
measure("secp256k1, node:crypto", signature(nativeSecp256k1Suite), 1000);
measure("RSA-PSS-3072, node:crypto", signature(nativeRsaSuite), 300);
measure("BLS, one by one", signature(blsSuite), 24);
measure("BLS, 24 together", signature(blsSuite), 24, true);
