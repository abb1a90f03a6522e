import { createHmac, createPublicKey, verify as opensslVerify, timingSafeEqual } from "node:crypto";
import type { Authenticator } from "@eunomia/engine";
import { ed25519 } from "@noble/curves/ed25519.js";
import { ed25519Authenticator, hmacAuthenticator, plainAuthenticator, portable } from "../src/index.ts";
import { native } from "../src/native.ts";

// Everything that is compared runs by turns within one process, so that a busy machine slows all of it alike.
const ROUNDS = 7;
const ROUND_MS = 120;

function perSecond(run: () => void): number {
  let count = 0;
  const start = performance.now();
  for (let batch = 1; performance.now() - start < ROUND_MS; count += batch, batch = Math.min(batch * 2, 64))
    for (let i = 0; i < batch; i++) run();
  return (count * 1000) / (performance.now() - start);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** Prints each candidate's median rate and its ratio to the first one, taken round by round. */
function compare(title: string, candidates: Readonly<Record<string, () => void>>): void {
  const names = Object.keys(candidates);
  for (const run of Object.values(candidates)) perSecond(run);
  const rounds = Array.from({ length: ROUNDS }, () => Object.values(candidates).map(perSecond));
  console.log(`\n${title}`);
  for (const [i, name] of names.entries()) {
    const rate = median(rounds.map((round) => round[i] as number));
    const ratio = median(rounds.map((round) => (round[i] as number) / (round[0] as number)));
    console.log(`  ${name.padEnd(34)} ${Math.round(rate).toString().padStart(9)} /s   x ${ratio.toFixed(3)}`);
  }
}

const secret = new Uint8Array(32).fill(7);
const peers = ["r0", "r1"];
const keys = { kind: "cluster", secret, peers } as const;
const seeds = { r0: new Uint8Array(32).fill(1), r1: new Uint8Array(32).fill(2) };
const publicKeys = new Map(
  Object.entries(seeds).map(([node, seed]) => [node, native.ed25519.publicKey(seed)]),
);

for (const size of [64, 1024, 65_536]) {
  const payload = new Uint8Array(size).fill(3);
  const sealAndOpen = (make: (self: string) => Authenticator) => {
    const [from, to] = [make("r0"), make("r1")];
    return () => {
      if (!to.open(from.seal("r1", payload)).ok) throw new Error("refused");
    };
  };
  compare(`seal and open, ${size} bytes`, {
    "bare createHmac, twice": () => {
      const tag = createHmac("sha256", secret).update(payload).digest();
      if (!timingSafeEqual(createHmac("sha256", secret).update(payload).digest(), tag))
        throw new Error("refused");
    },
    "hmac, native": sealAndOpen((self) => hmacAuthenticator({ self, cluster: "x", keys, provider: native })),
    "hmac, portable": sealAndOpen((self) =>
      hmacAuthenticator({ self, cluster: "x", keys, provider: portable }),
    ),
    "ed25519, native": sealAndOpen((self) =>
      ed25519Authenticator({
        self,
        cluster: "x",
        seed: seeds[self as "r0"],
        publicKeys,
        provider: native,
      }),
    ),
    plain: sealAndOpen((self) => plainAuthenticator({ self, cluster: "x", peers })),
  });
}

const message = new Uint8Array(256).fill(4);
const nativeKey = native.ed25519.importSigningKey(seeds.r0);
const portableKey = portable.ed25519.importSigningKey(seeds.r0);
const signature = nativeKey.sign(message);
const raw = nativeKey.publicKey;
const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
const opensslKey = createPublicKey({ key: der, format: "der", type: "spki" });
const nativePublic = native.ed25519.importPublicKey(raw);
const portablePublic = portable.ed25519.importPublicKey(raw);

compare("Ed25519 verify, 256 bytes", {
  "bare node:crypto": () => opensslVerify(null, message, opensslKey, signature),
  "native, registered key": () => nativePublic.verify(message, signature),
  "portable, registered key": () => portablePublic.verify(message, signature),
  "bare @noble/curves, zip215: false": () => ed25519.verify(signature, message, raw, { zip215: false }),
});
compare("Ed25519 sign, 256 bytes", {
  native: () => nativeKey.sign(message),
  portable: () => portableKey.sign(message),
});
compare("Ed25519 registration of a key", {
  native: () => native.ed25519.importPublicKey(raw),
  portable: () => portable.ed25519.importPublicKey(raw),
});
