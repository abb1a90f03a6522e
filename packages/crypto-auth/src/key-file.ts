import { DecodeError, fromHex, toHex } from "@eunomia/codec";
import { KeyError } from "./errors.ts";
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
  const format = textField(file, "format");
  if (format !== FORMAT) throw new KeyError("wrong-shape", "format", `expected "${FORMAT}", got "${format}"`);
  if (file.version !== VERSION) {
    const got = JSON.stringify(file.version) ?? "nothing";
    throw new KeyError(
      "other-version",
      "version",
      `expected ${VERSION}, got ${got}. Use a release that knows it`,
    );
  }
  const scheme = textField(file, "scheme");
  if (scheme !== "Ed25519")
    throw new KeyError("wrong-shape", "scheme", `expected "Ed25519", got "${scheme}"`);
  const surplus = Object.keys(file).find((name) => !FIELDS.includes(name));
  if (surplus !== undefined)
    throw new KeyError("wrong-shape", surplus, `expected only the fields ${FIELDS.join(", ")}`);
  const keys = keysOfSeed(hexField(file, "seed"));
  expectSame("publicKey", textField(file, "publicKey"), toHex(keys.bundle[0]!.publicKey));
  expectSame("principal", textField(file, "principal"), keys.principal);
  return keys;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text holds a secret.
    throw new KeyError("not-json", "text", `expected JSON, got ${text.length} characters that are not`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new KeyError("wrong-shape", "text", "expected a JSON object");
}

function textField(file: Readonly<Record<string, unknown>>, name: string): string {
  const value = file[name];
  if (typeof value === "string") return value;
  throw new KeyError(
    "wrong-shape",
    name,
    `expected text, got ${value === undefined ? "nothing" : typeof value}`,
  );
}

function hexField(file: Readonly<Record<string, unknown>>, name: string): Uint8Array {
  try {
    return fromHex(textField(file, name));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new KeyError("bad-hex", name, `expected lower-case hexadecimal digits, two per byte`);
  }
}

function expectSame(field: string, got: string, derived: string): void {
  if (got !== derived)
    throw new KeyError("mismatch", field, `expected ${derived}, which belongs to the seed, got ${got}`);
}
