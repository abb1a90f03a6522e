import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSecretFile, SecretFileError, writeSecretFile } from "@eunomia/crypto-auth/native";
import type { TcpTls } from "@eunomia/transports/tcp";
import type { Issued } from "./authority.ts";

/** What lies in the folder of a node's or client's certificate; only the key is a secret. */
const names = { key: "key.pem", cert: "cert.pem", ca: "ca.pem", revoked: "revoked.txt" } as const;

/**
 * Puts key, certificate and authorities into a folder. `replace` is for a rotation: the certificate goes first, so that a reader
 * who comes between finds a pair that does not fit, and is told to try again, but never a wrong one that works.
 *
 * @throws SecretFileError `exists`.
 */
export function writeTlsFiles(folder: string, { key, cert }: Issued, ca: string, replace = false): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!replace && existsSync(join(folder, names.key)))
    throw new SecretFileError(
      "exists",
      join(folder, names.key),
      "expected an empty folder: a key would be lost",
    );
  writePlain(join(folder, names.ca), ca);
  writePlain(join(folder, names.cert), cert);
  writeSecretFile(join(folder, names.key), key, replace);
}

/**
 * Reads the folder; `revoked.txt`, if it is there, has one SHA-256 fingerprint a line. Whether it all fits together is for the
 * transport to say.
 *
 * @throws SecretFileError when a file is missing, or others can read the key.
 */
export function readTlsFiles(folder: string): TcpTls {
  const text = (name: string): string => {
    const file = join(folder, name);
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new SecretFileError("unreadable", file, `expected a readable file, got ${reason}`);
    }
  };
  const revoked = existsSync(join(folder, names.revoked)) ? text(names.revoked) : "";
  return {
    key: readSecretFile(join(folder, names.key)),
    cert: text(names.cert),
    ca: text(names.ca),
    revoked: revoked.split(/\s+/).filter((line) => line !== ""),
  };
}

function writePlain(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}
