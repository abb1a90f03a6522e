import { readFileSync } from "node:fs";
import { type ClusterNode, ConfigError, type NodeAddress } from "./config.ts";

/** What a node is told that is none of the first ones: `join.json` in its folder. */
export interface Joining {
  /** Where it listens. */
  readonly self: ClusterNode;
  /** Members at the time at which it was prepared: from them it learns what came before it. */
  readonly contacts: readonly NodeAddress[];
}

/** @throws ConfigError */
export function readJoining(file: string): Joining {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError(file, "(whole file)", "readable JSON", (error as Error).message);
  }
  const { self, contacts } = (json ?? {}) as Partial<Joining>;
  if (!isNode(self))
    throw new ConfigError(file, "self", "id, host and port", JSON.stringify(self) ?? "nothing");
  if (!Array.isArray(contacts) || contacts.length === 0 || !contacts.every(isNode))
    throw new ConfigError(
      file,
      "contacts",
      "a list of members with id, host and port",
      JSON.stringify(contacts) ?? "nothing",
    );
  return { self, contacts };
}

const isPlace = (value: unknown): value is { host: string; port: number } => {
  const { host, port } = (value ?? {}) as { host?: unknown; port?: unknown };
  return (
    typeof host === "string" &&
    host !== "" &&
    typeof port === "number" &&
    Number.isInteger(port) &&
    port > 0 &&
    port < 65_536
  );
};

const isNode = (value: unknown): value is ClusterNode => {
  const { id, observe, publicKey = "00".repeat(32) } = (value ?? {}) as Record<string, unknown>;
  const named = typeof id === "string" && id !== "";
  const keyed = typeof publicKey === "string" && /^[0-9a-f]{64}$/.test(publicKey);
  return isPlace(value) && named && keyed && (observe === undefined || isPlace(observe));
};
