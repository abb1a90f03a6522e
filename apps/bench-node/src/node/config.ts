import { readFileSync } from "node:fs";
import { fromHex } from "@eunomia/codec";
import { publicKeyFault } from "@eunomia/crypto-auth";
import { readSecretFile, SecretFileError } from "@eunomia/crypto-auth/native";
import type { GraphJson } from "@eunomia/learner-graph";
import type { TcpQuotas } from "@eunomia/transports/tcp";
import { graphProblem } from "./learner-graph.ts";
import { objectionToCluster, quoted } from "./schema.ts";
import { needsKeys, signedProtocols } from "./signed.ts";

/** One node of the cluster: where its peers and clients reach it. */
export interface NodeAddress {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Ed25519, hexadecimal: what it signs in protocols for Byzantine faults is judged by it. */
  readonly publicKey?: string;
}

/** One of the first nodes, as the configuration has it. */
export interface ClusterNode extends NodeAddress {
  /** Where it serves its status page, metrics and health; nowhere if left out. */
  readonly observe?: { readonly host: string; readonly port: number };
}

/** What every node of a cluster is told, word for word the same. `cluster.schema.json` is the definition of the file. */
export interface ClusterConfig {
  /** Names the cluster; nodes and clients of another name are refused. */
  readonly cluster: string;
  /** The first members. Later ones join by control commands and stand in the order. */
  readonly nodes: readonly ClusterNode[];
  /** How many nodes may be down at once. */
  readonly f: number;
  /** The protocol of the first epoch: a name in `protocols`. */
  readonly initial: string;
  readonly protocols: {
    readonly "two-thirds"?: { readonly graceMs?: number };
    /**
     * Sizes of the two kinds of quorums among these nodes; they must meet, and be left when `f` nodes are down. Without sizes:
     * majorities.
     */
    readonly paxos?: { readonly phase1?: number; readonly phase2?: number };
    /** 2/3-consensus for Byzantine faults. Nodes need keys. */
    readonly "two-thirds-byzantine"?: { readonly roundMs?: number };
    /**
     * Heterogeneous Paxos: a learner graph over the nodes, and whose log this is ("log" if left out). Without a graph all nodes are
     * alike, f of which may lie. Nodes need keys.
     */
    readonly "hetero-paxos"?: { readonly graph?: GraphJson; readonly learner?: string };
  };
  /** Who may swap protocols. */
  readonly controllers: {
    readonly threshold: number;
    readonly principals: readonly { readonly id: string; readonly publicKey: string }[];
  };
  /** Slots open at once. */
  readonly alpha: number;
  readonly mode: "cut" | "window";
  /** Commands of one session are executed in the order of their numbers. */
  readonly fifo: boolean;
  readonly maxBatch: number;
  readonly maxBatchBytes: number;
  /** A snapshot is taken after every so many slots, at all nodes in the same ones. Default 10,000. */
  readonly checkpointSlots?: number;
  /** What the cluster does with the order. Default: nothing. */
  readonly application?: "kv" | "none";
  /** A file with a deployment policy, relative to the configuration: see `readDeployment`. Default: none decides. */
  readonly deployment?: string;
  /** What each peer and each client may send to a node. Default: no bounds. */
  readonly quotas?: TcpQuotas;
  /** The snapshot that this cluster begins with, where it was restored from another one; `root` in hexadecimal. */
  readonly origin?: { readonly slot: number; readonly root: string };
}

/** The two secrets of a cluster, 32 bytes in hexadecimal. Clients get the second one only. */
export interface ClusterSecrets {
  readonly nodes: string;
  readonly clients: string;
}

/** A configuration or secret file that cannot be used. */
export class ConfigError extends Error {
  readonly code = "config";
  readonly file: string;
  readonly field: string;
  constructor(file: string, field: string, expected: string, got: string) {
    super(`${file}: "${field}" expected ${expected}, got ${got}`);
    this.name = "ConfigError";
    this.file = file;
    this.field = field;
  }
}

/** @param secret no message may repeat what the file holds */
function readJson(file: string, secret = false): unknown {
  let text: string;
  try {
    text = secret ? readSecretFile(file) : readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof SecretFileError && error.code === "exposed") throw error;
    throw new ConfigError(
      file,
      "(whole file)",
      "a readable file",
      (error as NodeJS.ErrnoException).code ?? String(error),
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(file, "(whole file)", "JSON", secret ? "something else" : (error as Error).message);
  }
}

/** @throws ConfigError with file, field, what was expected and what was got. */
export function readClusterConfig(file: string): ClusterConfig {
  return checkedConfig(readJson(file), file);
}

/** A configuration with every default in it. `file` is for the messages. @throws ConfigError */
export function checkedConfig(json: unknown, file: string): ClusterConfig {
  const objection = objectionToCluster(json);
  if (objection !== null) {
    const { field, expected, got } = objection;
    throw new ConfigError(file, field || "(whole file)", expected, got);
  }
  // Of the schema, so every default is in it.
  const { $schema: _, ...config } = json as ClusterConfig & { readonly $schema?: string };
  const { nodes, initial } = config;
  const f = config.f ?? mostDown(nodes.length, initial);
  const checked = { ...config, f };
  const problem = problemOf(checked);
  if (problem === null) return checked;
  throw new ConfigError(file, problem.field, problem.expected, quoted(problem.got));
}

/** So many of the nodes may be down with this protocol. */
export const mostDown = (nodes: number, protocol: string): number =>
  Math.floor((nodes - 1) / (nodesPerFailure[protocol] ?? 2));

const nodesPerFailure: Readonly<Record<string, number>> = {
  paxos: 2,
  "two-thirds": 3,
  "two-thirds-byzantine": 5,
  "hetero-paxos": 3,
};

interface Problem {
  readonly field: string;
  readonly expected: string;
  readonly got: unknown;
}

/** What no schema can say: whether the parts fit together. */
function problemOf({ nodes, f, initial, protocols, controllers }: ClusterConfig): Problem | null {
  const count = nodes.length;
  const { principals, threshold } = controllers;
  const most = mostDown(count, initial);
  if (!differ(nodes.map(({ id }) => id))) return { field: "nodes", expected: "ids that differ", got: nodes };
  const places = nodes.flatMap(({ observe, ...own }) => [own, ...(observe ? [observe] : [])]);
  if (!differ(places.map(({ host, port }) => `${host} ${port}`)))
    return { field: "nodes", expected: "addresses that differ, those to observe among them", got: nodes };
  if (protocols[initial as keyof typeof protocols] === undefined)
    return { field: "initial", expected: "a name in protocols", got: initial };
  if (f > most)
    return {
      field: "f",
      expected: `an integer from 0 to ${most}, for ${count} nodes with ${initial}`,
      got: f,
    };
  if (!differ(principals.map(({ id }) => id)))
    return { field: "controllers.principals", expected: "ids that differ", got: principals };
  if (!differ(principals.map(({ publicKey }) => publicKey)))
    return {
      field: "controllers.principals",
      expected: "keys that differ: one that is used twice would sign for two",
      got: principals,
    };
  if (threshold > principals.length)
    return {
      field: "controllers.threshold",
      expected: `an integer from 1 to ${principals.length}`,
      got: threshold,
    };
  return quorumProblem(count, f, protocols.paxos) ?? keyProblem(nodes, protocols) ?? lawProblem(protocols);
}

/** Protocols for Byzantine faults need a key of every node. */
function keyProblem(nodes: readonly ClusterNode[], protocols: ClusterConfig["protocols"]): Problem | null {
  const keys = nodes.flatMap(({ publicKey }) => publicKey ?? []);
  const expected = "keys that differ, none of them to be forged";
  if (!differ(keys) || keys.some((key) => publicKeyFault(fromHex(key)) !== null))
    return { field: "nodes", expected, got: keys };
  const keyless = nodes.findIndex(({ publicKey }) => publicKey === undefined);
  if (!needsKeys(protocols) || keyless < 0) return null;
  const names = signedProtocols.filter((name) => protocols[name] !== undefined).join(", ");
  return {
    field: `nodes[${keyless}].publicKey`,
    expected: `the public key of ${nodes[keyless]!.id}, which signs in ${names}`,
    got: undefined,
  };
}

function lawProblem(protocols: ClusterConfig["protocols"]): Problem | null {
  const problem = graphProblem({ protocols });
  if (problem === null) return null;
  return {
    field: "protocols.hetero-paxos",
    expected: `a valid graph (${problem})`,
    got: protocols["hetero-paxos"],
  };
}

function quorumProblem(count: number, f: number, paxos: ClusterConfig["protocols"]["paxos"]): Problem | null {
  if (paxos?.phase1 === undefined || paxos.phase2 === undefined) return null;
  const { phase1, phase2 } = paxos;
  const problem = (expected: string): Problem => ({ field: "protocols.paxos", expected, got: paxos });
  if (phase1 + phase2 <= count)
    return problem(`phase1 + phase2 of more than ${count} nodes, so that quorums meet`);
  if (Math.max(phase1, phase2) > count - f)
    return problem(`quorums of at most ${count - f} nodes, so that ${f} of them may be down`);
  return null;
}

const differ = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** @throws ConfigError as for the configuration; SecretFileError if others can read it. No message repeats a secret. */
export function readSecrets(file: string, which: "node" | "client"): ClusterSecrets {
  const json = readJson(file, true);
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new ConfigError(file, "(whole file)", "an object", "something else");
  const secrets: Record<string, unknown> = { ...json };
  const surplus = Object.keys(secrets).find((field) => field !== "nodes" && field !== "clients");
  if (surplus !== undefined)
    throw new ConfigError(file, surplus, "only the fields nodes, clients", "another one");
  const hex = (field: string): string => {
    const value = secrets[field];
    if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value))
      throw new ConfigError(file, field, "32 bytes in lower-case hexadecimal", "something else");
    return value;
  };
  return { nodes: which === "node" ? hex("nodes") : "", clients: hex("clients") };
}
