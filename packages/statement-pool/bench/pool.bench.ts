import { createHash } from "node:crypto";
import { loadavg } from "node:os";
import { sha256, toHex, utf8Encode } from "@eunomia/codec";
import type { Scheme } from "@eunomia/engine";
import { node, threshold } from "@eunomia/quorum-algebra";
import {
  type Core,
  checkProof,
  encodeBundle,
  type Hash,
  program,
  StatementPool,
  statementId,
} from "@eunomia/statement-pool";

// npx tsx --expose-gc --conditions=@eunomia/source bench/pool.bench.ts

const native: Hash = (bytes) => createHash("sha256").update(bytes).digest();
const principal = (name: string): string => toHex(sha256(utf8Encode(`principal:${name}`)));
const issuers = Array.from({ length: 100 }, (_, i) => principal(`r${i}`));
const owner = principal("owner");
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

/** Believes everybody: what is left is the pool's own work. */
const believer: Scheme = {
  name: "Ed25519",
  self: owner,
  make: () => ({ scheme: "Ed25519", signer: owner, sig: new Uint8Array(64) }),
  check: ({ issuer }) => ({ ok: true, says: { by: "each", principals: [issuer] }, convinces: "anyone" }),
};

const core = (i: number): Core => ({
  v: 1,
  issuer: issuers[i % 100]!,
  verifiers: "ANYONE",
  auditors: [],
  content: {
    type: "Vote",
    ctx: { manifest: types.manifest, epoch: 0, instance: utf8Encode("slot") },
    body: [Math.floor(i / 100), utf8Encode("a value of thirty-two bytes, so.")],
  },
  cert: [],
});
const bundle = (i: number) =>
  encodeBundle({
    core: core(i),
    evidence: [{ scheme: "Ed25519", signer: issuers[i % 100]!, sig: new Uint8Array(64) }],
  });
const open = (hash: Hash) => new StatementPool({ owner, program: types, schemes: [believer], hash });

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;
/** Milliseconds of processor time, the middle of some runs. */
const median = (runs: number, run: () => void): number =>
  middle(
    Array.from({ length: runs }, () => {
      const begin = cpuMs();
      run();
      return cpuMs() - begin;
    }),
  );
const heapBytes = (): number => {
  if (globalThis.gc === undefined) throw new Error("expected node with --expose-gc");
  globalThis.gc();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
};

const count = 100_000;
console.log(`load ${loadavg()[0]!.toFixed(1)}`);

const few = 20_000;
const frames = Array.from({ length: few }, (_, i) => bundle(i));
console.log(`a bundle: ${frames[0]!.length} bytes`);
const admissions = (hash: Hash) =>
  median(5, () => {
    const pool = open(hash);
    for (const frame of frames) if (!pool.admitBytes(frame, owner).ok) throw new Error("refused");
  });
/** What one would write without a pool: texts by their hash, nothing checked. */
const jsonMap = () =>
  median(5, () => {
    const map = new Map<string, unknown>();
    for (const text of texts) {
      const { core: one } = JSON.parse(text) as { core: unknown };
      map.set(createHash("sha256").update(JSON.stringify(one)).digest("hex"), one);
    }
  });
const texts = Array.from({ length: few }, (_, i) =>
  JSON.stringify({
    core: { ...core(i), content: [Math.floor(i / 100), "a value of thirty-two bytes, so."] },
    evidence: [""],
  }),
);
for (const [name, ms] of [
  ["portable hash", admissions(sha256)],
  ["node:crypto", admissions(native)],
  ["JSON in a Map", jsonMap()],
] as const)
  console.log(
    `admission, ${name}: ${((ms * 1000) / few).toFixed(1)} us, ${Math.round((few / ms) * 1000)} per second`,
  );

{
  const pool = open(native);
  for (let i = 0; i < 100; i++) pool.admitBytes(frames[i]!, owner);
  const goal = { principal: threshold(issuers, 67), content: core(0).content };
  const proof = pool.derive(goal)!;
  const times = (run: () => void) => (median(9, () => Array.from({ length: 50 }, run)) * 1000) / 50;
  console.log(`derive 67 of 100: ${times(() => pool.derive(goal)).toFixed(0)} us`);
  const context = pool.proofContext();
  console.log(
    `check its proof of ${proof.premises.length} leaves: ${times(() => checkProof(proof, context)).toFixed(0)} us`,
  );
  const pattern = { type: "Vote", atLeast: "verified" } as const;
  console.log(`joint 67 of 100: ${times(() => pool.joint(pattern, goal.principal)).toFixed(0)} us`);
  console.log(
    `derive one: ${times(() => pool.derive({ ...goal, principal: node(issuers[0]!) })).toFixed(0)} us`,
  );
}

{
  const source = open(native);
  for (let i = 0; i < count; i++) source.admitBytes(bundle(i), owner);
  const snapshot = source.snapshot();
  const before = heapBytes();
  const pool = open(native);
  const begin = cpuMs();
  const merged = pool.merge(snapshot, owner);
  const ms = cpuMs() - begin;
  if (merged.fresh !== count) throw new Error(JSON.stringify(merged));
  console.log(`merge ${count}: ${(ms / 1000).toFixed(2)} s, ${((ms * 1000) / count).toFixed(1)} us each`);
  const again = cpuMs();
  pool.merge(snapshot, owner);
  console.log(`the same again: ${((cpuMs() - again) / 1000).toFixed(2)} s`);
  console.log(`memory per statement: ${Math.round((heapBytes() - before) / count)} bytes`);
  if (pool.get(statementId(core(0))) === undefined) throw new Error("lost");
}
