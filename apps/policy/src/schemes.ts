import { ed25519Suite, generateKeyring, signingKey } from "@eunomia/crypto-auth";
import { blsSuite } from "@eunomia/crypto-auth/bls";
import { native, nativeRsaSuite, nativeSecp256k1Suite, systemRandom } from "@eunomia/crypto-auth/native";
import { directory, macVectorScheme, signatureScheme } from "@eunomia/crypto-auth/schemes";
import type { SchemePair } from "@eunomia/deploy-policy/optimize";

/** Every scheme of one issuer on this machine, with new keys at both ends. */
export function schemesHere(): readonly SchemePair[] {
  const suites = [ed25519Suite(native), nativeSecp256k1Suite, nativeRsaSuite, blsSuite];
  const random = systemRandom();
  const [a, b] = [generateKeyring(random, suites), generateKeyring(random, suites)];
  const known = directory({ epoch: 1, bundles: [a.bundle, b.bundle], suites, provider: native });
  const secret = new Uint8Array(Uint32Array.from({ length: 8 }, () => random.next()).buffer);
  const mac = (self: string, peer: string) =>
    macVectorScheme({ self, secrets: new Map([[peer, secret]]), provider: native });
  return [
    { maker: mac(a.principal, b.principal), checker: mac(b.principal, a.principal) },
    ...suites.map((suite) => ({
      maker: signatureScheme({ self: a.principal, suite, directory: known, key: signingKey(a, suite) }),
      checker: signatureScheme({ self: b.principal, suite, directory: known }),
    })),
  ];
}
