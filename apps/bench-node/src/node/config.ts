import { readFileSync } from "node:fs";
import { readSecretFile, SecretFileError } from "../security/secret-files.ts";

/** One node of the cluster: where its peers and clients reach it. */
export interface NodeAddress {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** What every node of a cluster is told, word for word the same. */
export interface ClusterConfig {
  /** Names the cluster; nodes and clients of another name are refused. */
  readonly cluster: string;
  /** The first members. Later ones join by control commands and stand in the order. */
  readonly nodes: readonly NodeAddress[];
  /** How many nodes may be down at once. */
  readonly f: number;
  /** The protocol of the first epoch: a name in `protocols`. */
  readonly initial: string;
  readonly protocols: {
    readonly "two-thirds"?: { readonly graceMs?: number };
    /** Sizes of the two kinds of quorums among these nodes; they must meet, and be left when `f` nodes are down. */
    readonly paxos?: { readonly phase1: number; readonly phase2: number };
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

type Json = Record<string, unknown>;

/** Reads fields and says where one is wrong. */
class Fields {
  readonly #file: string;
  readonly #path: string;
  readonly #json: Json;
  constructor(file: string, path: string, json: unknown) {
    if (typeof json !== "object" || json === null || Array.isArray(json))
      throw new ConfigError(file, path || "(whole file)", "an object", show(json));
    this.#file = file;
    this.#path = path;
    this.#json = json as Json;
  }
  fail(field: string, expected: string): never {
    throw new ConfigError(this.#file, this.#at(field), expected, show(this.#json[field]));
  }
  #at(field: string): string {
    return this.#path === "" ? field : `${this.#path}.${field}`;
  }
  only(allowed: readonly string[]): this {
    for (const field of Object.keys(this.#json))
      if (!allowed.includes(field))
        throw new ConfigError(
          this.#file,
          this.#at(field),
          `only the fields ${allowed.join(", ")}`,
          "another one",
        );
    return this;
  }
  text(field: string, fallback?: string): string {
    const value = this.#json[field] ?? fallback;
    return typeof value === "string" && value !== "" ? value : this.fail(field, "a text that is not empty");
  }
  integer(field: string, min: number, max: number, fallback?: number): number {
    const value = this.#json[field] ?? fallback;
    return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : this.fail(field, `an integer from ${min} to ${max}`);
  }
  flag(field: string, fallback: boolean): boolean {
    const value = this.#json[field] ?? fallback;
    return typeof value === "boolean" ? value : this.fail(field, "true or false");
  }
  hex(field: string, bytes: number): string {
    const value = this.text(field);
    return new RegExp(`^[0-9a-f]{${bytes * 2}}$`).test(value)
      ? value
      : this.fail(field, `${bytes} bytes in lower-case hexadecimal`);
  }
  has(field: string): boolean {
    return this.#json[field] !== undefined;
  }
  object(field: string): Fields {
    return new Fields(this.#file, this.#at(field), this.#json[field]);
  }
  list(field: string, min: number): Fields[] {
    const value = this.#json[field];
    if (!Array.isArray(value) || value.length < min) return this.fail(field, `a list of at least ${min}`);
    return value.map((item, i) => new Fields(this.#file, `${this.#at(field)}[${i}]`, item));
  }
}

const show = (value: unknown): string =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 80);

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
  return checkClusterConfig(readJson(file), file);
}

function checkClusterConfig(json: unknown, file: string): ClusterConfig {
  const top = new Fields(file, "", json).only([
    "cluster",
    "nodes",
    "f",
    "initial",
    "protocols",
    "controllers",
    "alpha",
    "mode",
    "fifo",
    "maxBatch",
    "maxBatchBytes",
    "checkpointSlots",
  ]);
  const nodes = top.list("nodes", 1).map((node) => {
    node.only(["id", "host", "port"]);
    return { id: node.text("id"), host: node.text("host"), port: node.integer("port", 1, 65_535) };
  });
  if (new Set(nodes.map((node) => node.id)).size !== nodes.length) top.fail("nodes", "ids that differ");
  if (nodes.some((node) => node.id.includes("/"))) top.fail("nodes", 'ids without "/"');
  const protocols = top.object("protocols").only(["two-thirds", "paxos"]);
  const initial = top.text("initial");
  if (!protocols.has(initial)) top.fail("initial", "a name in protocols");
  const twoThirds = protocols.has("two-thirds") ? protocols.object("two-thirds").only(["graceMs"]) : null;
  const paxos = protocols.has("paxos") ? protocols.object("paxos").only(["phase1", "phase2"]) : null;
  const controllers = top.object("controllers").only(["threshold", "principals"]);
  const principals = controllers.list("principals", 1).map((principal) => {
    principal.only(["id", "publicKey"]);
    return { id: principal.text("id"), publicKey: principal.hex("publicKey", 32) };
  });
  if (new Set(principals.map(({ id }) => id)).size !== principals.length)
    controllers.fail("principals", "ids that differ");
  const sizes = paxos && {
    phase1: paxos.integer("phase1", 1, nodes.length),
    phase2: paxos.integer("phase2", 1, nodes.length),
  };
  if (sizes && sizes.phase1 + sizes.phase2 <= nodes.length)
    protocols.fail("paxos", `phase1 + phase2 of more than ${nodes.length} nodes, so that quorums meet`);
  const mode = top.text("mode", "cut");
  if (mode !== "cut" && mode !== "window") top.fail("mode", '"cut" or "window"');
  const fMax = Math.floor((nodes.length - 1) / (twoThirds ? 3 : 2));
  const f = top.integer("f", 0, fMax, Math.floor((nodes.length - 1) / 3));
  if (sizes && Math.max(sizes.phase1, sizes.phase2) > nodes.length - f)
    protocols.fail("paxos", `quorums of at most ${nodes.length - f} nodes, so that f of them may be down`);
  return {
    cluster: top.text("cluster"),
    nodes,
    f,
    initial,
    protocols: {
      ...(twoThirds && { "two-thirds": { graceMs: twoThirds.integer("graceMs", 0, 60_000, 20) } }),
      ...(sizes && { paxos: sizes }),
    },
    controllers: { threshold: controllers.integer("threshold", 1, principals.length), principals },
    alpha: top.integer("alpha", 1, 1024, 2),
    mode: mode as ClusterConfig["mode"],
    fifo: top.flag("fifo", false),
    maxBatch: top.integer("maxBatch", 1, 65_536, 4096),
    maxBatchBytes: top.integer("maxBatchBytes", 1024, 16 << 20, 512 * 1024),
    checkpointSlots: top.integer("checkpointSlots", 1, Number.MAX_SAFE_INTEGER, 10_000),
  };
}

/** @throws ConfigError as for the configuration; SecretFileError if others can read it. No message repeats a secret. */
export function readSecrets(file: string, which: "node" | "client"): ClusterSecrets {
  const json = readJson(file, true);
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new ConfigError(file, "(whole file)", "an object", "something else");
  const secrets = json as Json;
  new Fields(file, "", secrets).only(["nodes", "clients"]);
  const hex = (field: string): string => {
    const value = secrets[field];
    if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value))
      throw new ConfigError(file, field, "32 bytes in lower-case hexadecimal", "something else");
    return value;
  };
  return { nodes: which === "node" ? hex("nodes") : "", clients: hex("clients") };
}
