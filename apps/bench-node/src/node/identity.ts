import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whose data lies in a directory. Made once, with the directory: a node that lost it is another node from then on. */
export interface Identity {
  readonly cluster: string;
  readonly node: string;
  /** Drawn when it was made: two directories of the same name are told apart by it. */
  readonly incarnation: string;
}

/** A data directory that is none of the node that is to run on it. */
export class IdentityError extends Error {
  /** `lost`: there is none; `foreign`: another node's or cluster's; `unreadable`. */
  readonly code: "lost" | "foreign" | "unreadable";
  constructor(code: IdentityError["code"], message: string) {
    super(message);
    this.name = "IdentityError";
    this.code = code;
  }
}

/** The file that says "this node has run before, or was set up": from then on an absent journal is a lost one. */
const file = "identity.json";
export const hasIdentity = (dataDirectory: string): boolean => existsSync(join(dataDirectory, file));

/** Makes the data directory of a new node. */
export function createIdentity(dataDirectory: string, cluster: string, node: string): Identity {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const identity = { cluster, node, incarnation: randomBytes(16).toString("hex") };
  writeFileSync(join(dataDirectory, file), `${JSON.stringify(identity)}\n`, { flag: "wx" });
  return identity;
}

/**
 * @throws IdentityError `lost` or `unreadable`, with the remedy.
 */
export function readIdentity(dataDirectory: string): Identity {
  const path = join(dataDirectory, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new IdentityError(
      code === "ENOENT" ? "lost" : "unreadable",
      `${path}: expected the identity of a node, got ${code}. A node that lost its data must not come back under its name: ` +
        "prepare another one with `eunomia join`, and put it in the place of this one with `eunomia reconfigure --replace`",
    );
  }
  try {
    const { cluster, node, incarnation } = JSON.parse(text) as Partial<Identity>;
    if (typeof cluster === "string" && typeof node === "string" && typeof incarnation === "string")
      return { cluster, node, incarnation };
  } catch {
    // Said below.
  }
  throw new IdentityError(
    "unreadable",
    `${path}: expected cluster, node and incarnation, got something else`,
  );
}

/** @throws IdentityError `foreign` unless the data is of this node of this cluster; those of `readIdentity`. */
export function checkIdentity(dataDirectory: string, cluster: string, node: string): Identity {
  const identity = readIdentity(dataDirectory);
  if (identity.cluster === cluster && identity.node === node) return identity;
  throw new IdentityError(
    "foreign",
    `${join(dataDirectory, file)}: expected the data of node ${node} of cluster ${cluster}, got those of node ` +
      `${identity.node} of cluster ${identity.cluster}: name the directory of this node`,
  );
}
