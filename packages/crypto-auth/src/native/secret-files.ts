import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";

/** A file with a secret that cannot be used as it is. No message repeats what is in it. */
export class SecretFileError extends Error {
  /** `unreadable`; `exposed`: others on this machine can read it; `exists`: it would be written over. */
  readonly code: "unreadable" | "exposed" | "exists";
  readonly file: string;
  constructor(code: SecretFileError["code"], file: string, message: string) {
    super(`${file}: ${message}`);
    this.name = "SecretFileError";
    this.code = code;
    this.file = file;
  }
}

/** Windows has no such bits: there the rights of the folder have to do. */
const hasModes = process.platform !== "win32";

/**
 * Reads a file that only its owner may read. What is looked at is the file that was opened, so that nobody can put another in its
 * place in between.
 *
 * @throws SecretFileError `unreadable` or `exposed`, with the remedy.
 * @example
 * const { keyring } = parseKeyringFile(readSecretFile("node.keys"), suites)
 */
export function readSecretFile(file: string): string {
  let handle: number;
  try {
    // A pipe in its place must not make the reader wait for a writer.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new SecretFileError("unreadable", file, `expected a readable file, got ${reason}`);
  }
  try {
    const stat = fstatSync(handle);
    const { mode, uid } = stat;
    if (!stat.isFile()) throw new SecretFileError("unreadable", file, "expected a file, got something else");
    const own = process.getuid?.() ?? uid;
    if (hasModes && (mode & 0o077) !== 0)
      throw new SecretFileError(
        "exposed",
        file,
        `expected a file that only its owner can read, got mode ${(mode & 0o777).toString(8)}. ` +
          `Run "chmod 600 ${file}"; if others may have read it, replace what is in it`,
      );
    if (hasModes && uid !== own && uid !== 0)
      throw new SecretFileError(
        "exposed",
        file,
        `expected a file of this user, got one of user ${uid}. Run "chown ${own} ${file}"; if others may have read it, replace what is in it`,
      );
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/**
 * Writes a file that only its owner may read, whole or not at all. `replace` allows another one in its place.
 *
 * @throws SecretFileError `exists`.
 * @example
 * writeSecretFile("node.keys", formatKeyringFile({ keyring, epoch: 1 }))
 */
export function writeSecretFile(file: string, text: string, replace = false): void {
  const path = replace ? `${file}.new` : file;
  if (replace) rmSync(path, { force: true });
  let handle: number;
  try {
    handle = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new SecretFileError(
      "exists",
      file,
      "expected no such file: move it away first, or choose another place",
    );
  }
  try {
    // The process's mask may take away rights, and never adds any.
    fchmodSync(handle, 0o600);
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  if (replace) renameSync(path, file);
}
