import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterConfig } from "./config.ts";
import { genesisDigest } from "./genesis.ts";

/** Whose data lies in a directory. Made once, with the directory: a node that lost it is another node from then on. */
export interface Identity {
  readonly cluster: string;
  readonly node: string;
  /** Of the configuration with which it was made (`genesisDigest`). */
  readonly genesis: string;
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

const file = "identity.json";

/** Makes the data directory of a new node. */
export function createIdentity(dataDirectory: string, config: ClusterConfig, node: string): Identity {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const incarnation = randomBytes(16).toString("hex");
  const identity = { cluster: config.cluster, node, genesis: genesisDigest(config), incarnation };
  writeFileSync(join(dataDirectory, file), `${JSON.stringify(identity)}\n`, { flag: "wx" });
  return identity;
}

function readIdentity(dataDirectory: string): Identity {
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
    const { cluster, node, genesis, incarnation } = JSON.parse(text) as Partial<Identity>;
    if ([cluster, node, genesis, incarnation].every((part) => typeof part === "string" && part !== ""))
      return { cluster, node, genesis, incarnation } as Identity;
  } catch {
    // Said below.
  }
  throw new IdentityError(
    "unreadable",
    `${path}: expected cluster, node, genesis and incarnation, got something else`,
  );
}

/**
 * @throws IdentityError `foreign` unless the data is of a node of this cluster, set up with this configuration; those of
 * `readIdentity`.
 */
export function checkIdentity(dataDirectory: string, config: ClusterConfig): Identity {
  const identity = readIdentity(dataDirectory);
  const path = join(dataDirectory, file);
  if (identity.cluster !== config.cluster)
    throw new IdentityError(
      "foreign",
      `${path}: expected the data of a node of cluster ${config.cluster}, got those of node ${identity.node} of cluster ` +
        `${identity.cluster}: put the configuration of that cluster beside it`,
    );
  const genesis = genesisDigest(config);
  if (identity.genesis !== genesis)
    throw new IdentityError(
      "foreign",
      `${path}: expected a node of configuration ${genesis}, got one that was set up with ${identity.genesis}: bring back the ` +
        "cluster.json that all nodes have; only observe, quotas, graceMs and roundMs may be changed in it",
    );
  return identity;
}
