import { toHex } from "@eunomia/codec";
import { KeyError } from "./errors.ts";
import {
  expectFormat,
  expectOnly,
  expectSame,
  hexField,
  jsonObject,
  objectOf,
  textField,
} from "./key-file-fields.ts";
import { type Keyring, keyringOf, suiteOf } from "./keyring.ts";
import type { SignatureSuite } from "./suites/suite.ts";

const FORMAT = "eunomia-keyring";
const VERSION = 1;

/** What a file of several keys holds. */
export interface KeyringFile {
  readonly keyring: Keyring;
  /** The epoch that the keys are for. */
  readonly epoch: number;
}

/**
 * The text of a file with all keys of a principal for one epoch: JSON, everything binary in hexadecimal. Keep it where only the
 * node's own user can read it: `writeSecretFile` of `@eunomia/crypto-auth/native` does.
 *
 * @example
 * const text = formatKeyringFile({ keyring, epoch: 1 })
 */
export function formatKeyringFile({ keyring, epoch }: KeyringFile): string {
  const keys = keyring.bundle.map(({ scheme, publicKey }) => ({
    scheme,
    publicKey: toHex(publicKey),
    secret: toHex(keyring.secrets.get(scheme) ?? new Uint8Array(0)),
  }));
  const file = { format: FORMAT, version: VERSION, epoch, principal: keyring.principal, keys };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads what `formatKeyringFile` wrote, and derives every public half anew, so that a damaged file is noticed here. Throws
 * `KeyError` (`not-json`, `wrong-shape`, `other-version`, `bad-hex`, `unknown-scheme`, `wrong-secret`, `mismatch`) with the field
 * in `field`. No message repeats any part of a secret.
 *
 * @example
 * const { keyring, epoch } = parseKeyringFile(text, [ed25519Suite(native), blsSuite])
 */
export function parseKeyringFile(text: string, suites: readonly SignatureSuite[]): KeyringFile {
  const file = jsonObject(text);
  expectFormat(file, FORMAT, VERSION);
  expectOnly(file, ["format", "version", "epoch", "principal", "keys"]);
  const { epoch, keys } = file;
  if (!Number.isSafeInteger(epoch) || (epoch as number) < 0)
    throw new KeyError("wrong-shape", "epoch", "expected a whole number of at least 0");
  if (!Array.isArray(keys)) throw new KeyError("wrong-shape", "keys", "expected a list");
  const secrets = new Map<string, Uint8Array>();
  const published = new Map<string, string>();
  for (const entry of keys) {
    const fields = objectOf(entry, "keys");
    expectOnly(fields, ["scheme", "publicKey", "secret"]);
    const { scheme } = suiteOf(suites, textField(fields, "scheme"));
    if (secrets.has(scheme)) throw new KeyError("wrong-shape", "keys", `expected one ${scheme} key, got two`);
    secrets.set(scheme, hexField(fields, "secret"));
    published.set(scheme, textField(fields, "publicKey"));
  }
  const keyring = keyringOf(secrets, suites);
  for (const { scheme, publicKey } of keyring.bundle)
    expectSame("publicKey", published.get(scheme) as string, toHex(publicKey));
  expectSame("principal", textField(file, "principal"), keyring.principal);
  return { keyring, epoch: epoch as number };
}
