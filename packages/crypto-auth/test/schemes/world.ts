import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding, Scheme, Spoken } from "@eunomia/engine";
import { ed25519Suite, keyringOf, portable } from "../../src/index.ts";
import { directory } from "../../src/schemes.ts";

/** A chance that repeats itself. */
export function seeded(start: number) {
  let state = start >>> 0;
  return {
    next() {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    },
  };
}

export const suite = ed25519Suite(portable);
/** Five principals, in ascending order of their ids. */
export const keyrings = [1, 2, 3, 4, 5]
  .map((n) => keyringOf(new Map([["Ed25519", new Uint8Array(32).fill(n)]]), [suite]))
  .sort((a, b) => (a.principal < b.principal ? -1 : 1));
export const [a, b, c, d, e] = keyrings.map((keyring) => keyring.principal) as [
  PrincipalId,
  PrincipalId,
  PrincipalId,
  PrincipalId,
  PrincipalId,
];
export const known = directory({
  epoch: 1,
  bundles: keyrings.slice(0, 4).map((keyring) => keyring.bundle),
  suites: [suite],
  provider: portable,
});

/** The secret that two of them share: the same for both. */
export function secretOf(one: PrincipalId, other: PrincipalId): Uint8Array {
  return portable.sha256(new TextEncoder().encode([one, other].sort().join(" ")));
}
export const secretsOf = (self: PrincipalId, peers: readonly PrincipalId[]) =>
  new Map(peers.filter((peer) => peer !== self).map((peer) => [peer, secretOf(self, peer)]));

export const statement = (
  issuer: string,
  n = 1,
  audience: readonly PrincipalId[] = [a, b, c, d],
): Spoken => ({
  id: portable.sha256(Uint8Array.from([n])),
  issuer,
  audience: audience.filter((one) => one !== issuer),
});

export const why = (finding: Finding) => (finding.ok ? "good" : finding.why);
export const made = (scheme: Scheme, about: Spoken): Evidence => {
  const evidence = scheme.make(about);
  if (evidence === null) throw new Error(`${scheme.name} of ${scheme.self} made nothing`);
  return evidence;
};
export const flip = (bytes: Uint8Array, at = 0): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
