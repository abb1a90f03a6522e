import { createHash, randomBytes as randomBytesOf } from "node:crypto";
import { loadavg } from "node:os";
import type { Evidence, Scheme, Spoken } from "@eunomia/engine";
import { pippenger } from "@noble/curves/abstract/curve.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { blsAggregateScheme, blsSuite } from "../src/bls.ts";
import { ed25519Suite, generateKeyring, portable, signingKey } from "../src/index.ts";
import { native, nativeRsaSuite, nativeSecp256k1Suite, systemRandom } from "../src/native.ts";
import { rsaVerifySuite } from "../src/rsa.ts";
import {
  directory,
  groupMacScheme,
  macMatrixScheme,
  macVectorScheme,
  signatureScheme,
  type VerifySuite,
} from "../src/schemes.ts";
import { bip340Suite, secp256k1Suite } from "../src/secp256k1.ts";

// CPU time, so that other work on the machine weighs less; the load average stands beside the figures.
const MIN_CPU_US = 300_000;

function microseconds(run: () => unknown, perRun = 1): number {
  run();
  const start = process.cpuUsage();
  for (let count = 1; ; count++) {
    run();
    const { user, system } = process.cpuUsage(start);
    if (user + system > MIN_CPU_US) return (user + system) / count / perRun;
  }
}

const row = (name: string, make: number | null, check: number) => {
  const made = make === null ? "-" : make.toFixed(1);
  console.log(
    `${name.padEnd(38)} ${made.padStart(10)} ${check.toFixed(1).padStart(10)} ${Math.round(1e6 / check)
      .toString()
      .padStart(9)}`,
  );
};
console.log(`load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}; CPU time in microseconds`);
console.log(
  `${"scheme".padEnd(38)} ${"make".padStart(10)} ${"check".padStart(10)} ${"checks/s".padStart(9)}`,
);

const random = systemRandom();
const suites = [nativeRsaSuite, ed25519Suite(native), nativeSecp256k1Suite, bip340Suite, blsSuite];
const keyrings = Array.from({ length: 4 }, () => generateKeyring(random, suites));
const ids = keyrings.map(({ principal }) => principal).sort();
const [self, peer] = ids as [string, string];
const ring = keyrings.find(({ principal }) => principal === self)!;
const about: Spoken = { id: randomBytesOf(32), issuer: self, audience: ids.slice(1) };
const secretOf = (one: string, other: string) =>
  createHash("sha256").update([one, other].sort().join()).digest();
const secretsOf = (one: string) =>
  new Map(ids.filter((id) => id !== one).map((id) => [id, secretOf(one, id)]));

function measure(name: string, maker: Scheme, checker: Scheme): void {
  const evidence = maker.make(about) as Evidence;
  if (!checker.check(about, evidence).ok) throw new Error(`${name}: refused`);
  row(
    name,
    microseconds(() => maker.make(about)),
    microseconds(() => checker.check(about, evidence)),
  );
}
for (const provider of [native, portable]) {
  const vector = (id: string) => macVectorScheme({ self: id, secrets: secretsOf(id), provider });
  measure(`HMAC-SHA256, 3 receivers, ${provider.name}`, vector(self), vector(peer));
  const group = (id: string) =>
    groupMacScheme({
      self: id,
      groups: new Map([["11".repeat(32), { members: ids, key: new Uint8Array(32) }]]),
      provider,
    });
  measure(`HMAC-GROUP, ${provider.name}`, group(self), group(peer));
}
const matrix = (id: string) =>
  macMatrixScheme({ self: id, servers: ids, f: 1, secrets: secretsOf(id), provider: native });
const told = { ok: true, says: { by: "each", principals: [self] }, convinces: [] } as const;
const rows = new Map(ids.map((id) => [id, matrix(id).vouch(about, told)!]));
const server = matrix(peer);
const cells = matrix(self).collect(rows)!;
row(
  "MAC-MATRIX, 4 servers, native",
  microseconds(() => server.vouch(about, told)),
  microseconds(() => server.check(about, cells)),
);

const signer = (suite: VerifySuite) => suites.find(({ scheme }) => scheme === suite.scheme)!;
function measureSuite(name: string, suite: VerifySuite, own = signer(suite)): void {
  const known = directory({
    epoch: 1,
    bundles: keyrings.map(({ bundle }) => bundle),
    suites: [suite],
    provider: native,
  });
  const key = signingKey(ring, own);
  measure(
    name,
    signatureScheme({ self, suite, directory: known, key }),
    signatureScheme({ self: peer, suite, directory: known }),
  );
}
measureSuite("Ed25519, native", ed25519Suite(native));
measureSuite("Ed25519, portable", ed25519Suite(portable), ed25519Suite(portable));
measureSuite("secp256k1, native", nativeSecp256k1Suite);
measureSuite("secp256k1, portable", secp256k1Suite, secp256k1Suite);
measureSuite("BIP-340", bip340Suite);
measureSuite("RSA-PSS-3072, native", nativeRsaSuite);
measureSuite("RSA-PSS-3072, portable check", rsaVerifySuite);
measureSuite("BLS", blsSuite);

const blsDirectory = directory({
  epoch: 1,
  bundles: keyrings.map(({ bundle }) => bundle),
  suites: [blsSuite],
  provider: native,
});
const aggregates = keyrings.map((keyring) =>
  blsAggregateScheme({
    self: keyring.principal,
    directory: blsDirectory,
    key: signingKey(keyring, blsSuite),
  }),
);
const parts = new Map(aggregates.map((scheme) => [scheme.self, scheme.share(about.id)!]));
const joint = aggregates[0]!.combine(about, ids, parts).evidence!;
row(
  "BLS-AGG, 4 signers (make: combine)",
  microseconds(() => aggregates[0]!.combine(about, ids, parts)),
  microseconds(() => aggregates[0]!.check(about, joint)),
);

/** Signatures by all four principals over statements of their own. */
function many(suite: (typeof suites)[number], count: number) {
  const known = directory({
    epoch: 1,
    bundles: keyrings.map(({ bundle }) => bundle),
    suites: [suite],
    provider: native,
  });
  const items = Array.from({ length: count }, (_, n) => {
    const keyring = keyrings[n % 4]!;
    const statement = { id: randomBytesOf(32), issuer: keyring.principal, audience: [] };
    const key = signingKey(keyring, suite);
    const scheme = signatureScheme({ self: keyring.principal, suite, directory: known, key });
    return { statement, evidence: scheme.make(statement)! };
  });
  return { scheme: signatureScheme({ self, suite, directory: known }), items };
}
const batch = many(blsSuite, 32);
row(
  "BLS, 32 at once by 4 signers, each",
  null,
  microseconds(() => batch.scheme.checkAll!(batch.items), 32),
);

/** What a batch of Ed25519 would cost: a random combination by multi-scalar multiplication. Not shipped, for what comes out here. */
function ed25519Batch(checkOrder: boolean) {
  const { Point } = ed25519;
  const { Fn } = Point;
  const little = (bytes: Uint8Array) =>
    Fn.create(BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`));
  const items = Array.from({ length: 64 }, () => {
    const key = native.ed25519.importSigningKey(randomBytesOf(32));
    const message = randomBytesOf(256);
    return {
      key: key.publicKey,
      point: Point.fromBytes(key.publicKey),
      message,
      signature: key.sign(message),
    };
  });
  return () => {
    const points = [Point.BASE];
    const scalars = [0n];
    for (const { key, point, message, signature } of items) {
      const R = Point.fromBytes(signature.subarray(0, 32));
      if (checkOrder && !R.isTorsionFree()) throw new Error("refused");
      const weight = BigInt(`0x${randomBytesOf(16).toString("hex")}`);
      const hash = createHash("sha512")
        .update(signature.subarray(0, 32))
        .update(key)
        .update(message)
        .digest();
      scalars[0] = Fn.sub(scalars[0]!, Fn.mul(weight, little(signature.subarray(32))));
      points.push(R, point);
      scalars.push(weight, Fn.mul(weight, little(hash)));
    }
    if (!pippenger(Point, points, scalars).clearCofactor().is0()) throw new Error("refused");
  };
}
row("Ed25519 batch of 64, the rule kept", null, microseconds(ed25519Batch(true), 64));
row("Ed25519 batch of 64, another rule", null, microseconds(ed25519Batch(false), 64));
