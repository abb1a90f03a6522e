import { toHex } from "@eunomia/codec";
import { KeyError } from "./errors.ts";
import { expectFormat, expectOnly, expectSame, hexField, jsonObject, textField } from "./key-file-fields.ts";
import { type Keys, keysOfSeed } from "./principal.ts";

const FORMAT = "eunomia-keys";
const VERSION = 1;
const FIELDS = ["format", "version", "scheme", "principal", "publicKey", "seed"];

/**
 * The text of a key file: JSON with the principal, the public key and the secret seed in hexadecimal. Keep it where only
 * the node's own user can read it.
 *
 * @example
 * const text = formatKeyFile(generateKeys(systemRandom()))
 */
export function formatKeyFile(keys: Keys): string {
  const { principal, bundle, seed } = keysOfSeed(keys.seed);
  if (principal !== keys.principal)
    throw new KeyError("mismatch", "principal", "expected the principal of the seed, got another one");
  const publicKey = toHex(bundle[0]!.publicKey);
  const file = {
    format: FORMAT,
    version: VERSION,
    scheme: "Ed25519",
    principal,
    publicKey,
    seed: toHex(seed),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads what `formatKeyFile` wrote, and derives the public half anew, so that a damaged file is noticed here. Throws
 * `KeyError` (`not-json`, `wrong-shape`, `other-version`, `bad-hex`, `wrong-seed-length`, `mismatch`) with the field in
 * `field`. No message repeats any part of the seed.
 *
 * @example
 * const { seed, principal } = parseKeyFile(text)
 */
export function parseKeyFile(text: string): Keys {
  const file = jsonObject(text);
  expectFormat(file, FORMAT, VERSION);
  const scheme = textField(file, "scheme");
  if (scheme !== "Ed25519")
    throw new KeyError("wrong-shape", "scheme", `expected "Ed25519", got "${scheme}"`);
  expectOnly(file, FIELDS);
  const keys = keysOfSeed(hexField(file, "seed"));
  expectSame("publicKey", textField(file, "publicKey"), toHex(keys.bundle[0]!.publicKey));
  expectSame("principal", textField(file, "principal"), keys.principal);
  return keys;
}
