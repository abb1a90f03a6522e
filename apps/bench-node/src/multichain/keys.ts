import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fromHex, toHex } from "@eunomia/codec";
import {
  formatKeyFile,
  generateKeys,
  hmacAuthenticator,
  pairSecret,
  parseKeyFile,
  signInDomain,
  verifyInDomain,
} from "@eunomia/crypto-auth";
import { native, readSecretFile, systemRandom, writeSecretFile } from "@eunomia/crypto-auth/native";
import type { Authenticator } from "@eunomia/engine";
import type { Scheme, Sign } from "@eunomia/hetero-paxos";

/** So that a vote never counts as anything else that these keys may sign. */
const voteDomain = "eunomia/multichain/vote/v1";

const keyFile = "key.json";
const linksFile = "links.json";

/** The public key of each validator, in hexadecimal. */
export type PublicKeys = Readonly<Record<string, string>>;

/**
 * Makes a signing key for each validator, and a secret for each two of them, in a folder of its own that nobody else can read.
 *
 * @returns the public keys.
 * @throws SecretFileError when there are keys already.
 */
export function makeKeys(folderOf: (id: string) => string, ids: readonly string[]): PublicKeys {
  const master = randomBytes(32);
  const keys = ids.map((id) => {
    const made = generateKeys(systemRandom(), native);
    const others = ids.filter((other) => other !== id);
    const links = others.map((other) => [other, toHex(pairSecret(native, master, id, other))]);
    mkdirSync(folderOf(id), { recursive: true, mode: 0o700 });
    writeSecretFile(join(folderOf(id), keyFile), formatKeyFile(made));
    writeSecretFile(join(folderOf(id), linksFile), JSON.stringify(Object.fromEntries(links)));
    return [id, toHex(made.bundle[0]!.publicKey)];
  });
  return Object.fromEntries(keys);
}

/** Signs votes with the key of a folder. @throws SecretFileError, KeyError. */
export function signerOf(folder: string): Sign {
  const key = native.ed25519.importSigningKey(parseKeyFile(readSecretFile(join(folder, keyFile))).seed);
  return (bytes) => signInDomain(key, voteDomain, bytes);
}

/** Seals packets for the other validators with the secrets of a folder. @throws SecretFileError. */
export function authenticatorOf(folder: string, self: string, cluster: string): Authenticator {
  const links = JSON.parse(readSecretFile(join(folder, linksFile))) as Record<string, string>;
  const secrets = new Map(Object.entries(links).map(([id, secret]) => [id, fromHex(secret)]));
  return hmacAuthenticator({ self, cluster, keys: { kind: "pairwise", secrets }, provider: native });
}

/** So many checked signatures are remembered: the engines of one process hear the same votes. */
const rememberedMax = 4096;

/**
 * How everybody checks who said what: with public keys alone. A good signature is checked once per process, as long as it is among the
 * last ones.
 */
export function schemeOf(publicKeys: PublicKeys): Scheme {
  const keys = new Map(
    Object.entries(publicKeys).map(([id, key]) => [id, native.ed25519.importPublicKey(fromHex(key))]),
  );
  const good = new Set<string>();
  return {
    digest: native.sha256,
    verify(acceptor, bytes, signature) {
      const key = keys.get(acceptor);
      if (key === undefined) return false;
      const name = `${acceptor} ${toHex(bytes)} ${toHex(signature)}`;
      if (good.has(name)) return true;
      if (!verifyInDomain(key, voteDomain, bytes, signature)) return false;
      if (good.size >= rememberedMax) good.clear();
      good.add(name);
      return true;
    },
  };
}
