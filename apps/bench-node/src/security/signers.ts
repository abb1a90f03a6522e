import { controlDomain, controlSigningBytes, Operation } from "@eunomia/aneris-switch/messages";
import { encode } from "@eunomia/codec";
import { formatKeyFile, KeyError, type Keys, parseKeyFile, signInDomain } from "@eunomia/crypto-auth";
import { native, readSecretFile, SecretFileError, writeSecretFile } from "@eunomia/crypto-auth/native";

/** The keys of a control principal or of a node in a file that only its owner can read. @throws SecretFileError `exists`. */
export function writeKeys(file: string, keys: Keys): void {
  writeSecretFile(file, formatKeyFile(keys));
}

/** @throws SecretFileError; `unreadable`, with the field that is wrong, for what is no key file. */
export function readKeys(file: string): Keys {
  const text = readSecretFile(file);
  try {
    return parseKeyFile(text);
  } catch (error) {
    if (error instanceof KeyError) throw new SecretFileError("unreadable", file, error.message);
    throw error;
  }
}

/** The same key was given twice where several principals must sign. */
class SignerError extends Error {
  readonly code = "key used twice";
  constructor(principal: string) {
    super(
      `"keys" expected the keys of different principals, got those of ${principal} twice: another principal must sign`,
    );
    this.name = "SignerError";
  }
}

/**
 * What these principals sign of a control command, in the form that a client hands in.
 *
 * @throws SignerError when a principal is among them twice: the cluster would count it once.
 */
export function signControl(
  keys: readonly Keys[],
  cluster: string,
  n: number,
  notAfter: number,
  operation: Operation,
): { readonly principal: string; readonly signature: Uint8Array }[] {
  const bytes = controlSigningBytes(cluster, n, notAfter, encode(Operation, operation));
  const seen = new Set<string>();
  return keys.map(({ principal, seed }) => {
    if (seen.has(principal)) throw new SignerError(principal);
    seen.add(principal);
    const signature = signInDomain(native.ed25519.importSigningKey(seed), controlDomain, bytes);
    return { principal, signature };
  });
}
