import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "@eunomia/codec";
import { generateKeys, type Keys } from "@eunomia/crypto-auth";
import { systemRandom } from "@eunomia/crypto-auth/native";
import type { ClusterConfig, ClusterSecrets, NodeAddress } from "../node/config.ts";
import type { NodeReport, NodeRequest } from "../node/process.ts";
import type { TroubleOrder } from "../node/troubles.ts";
import { keyed, signingKeysOf } from "../security/node-keys.ts";
import { writeKeys } from "../security/signers.ts";
import { freePorts } from "./ports.ts";
import { nodeProgram } from "./program.ts";

type Status = Extract<NodeReport, { kind: "status" }>;

/** What distinguishes one local cluster from another. */
export interface LocalClusterOptions {
  readonly directory: string;
  readonly nodes: number;
  readonly initial: string;
  readonly protocols: ClusterConfig["protocols"];
  readonly f: number;
  readonly alpha?: number;
  readonly mode?: ClusterConfig["mode"];
  readonly fifo?: boolean;
  readonly maxBatch?: number;
  readonly maxBatchBytes?: number;
  /** What the nodes do with the order. Default: nothing. */
  readonly application?: NonNullable<ClusterConfig["application"]>;
  readonly checkpointSlots?: number;
  /** Nodes write their broadcast events to files. */
  readonly trace?: boolean;
  /** Nodes write every step of their engines to files. */
  readonly traceEngines?: boolean;
  /** A node that had started ended though nobody here asked it to. */
  onUnexpectedExit?(id: string, pid: number | undefined, how: string): void;
  /** Arguments for the node executable of every child, e.g. `--cpu-prof`. */
  readonly execArgv?: readonly string[];
  /** Where the nodes listen, as many as `nodes`. Default: free ports of the loopback interface. */
  readonly places?: readonly NodeAddress[];
  /** A command with its arguments that runs the process of a node, such as `ip netns exec`. */
  within?(id: string): readonly string[];
  /** Disk, clock and network of the nodes have troubles on order. */
  readonly troubles?: boolean;
}

/** What cannot be sent goes to a child that is about to end: whoever waits for its end hears of it. */
const ask = (child: ChildProcess, request: NodeRequest): void => void child.send(request, () => {});

/** A child that did not start, with what it said. */
class NodeStartError extends Error {
  readonly code: string;
  constructor(id: string, code: string, message: string) {
    super(`node ${id} did not start (${code}): ${message}`);
    this.name = "NodeStartError";
    this.code = code;
  }
}

const freePlaces = async (count: number): Promise<NodeAddress[]> =>
  (await freePorts(count)).map((port, i) => ({ id: `n${i + 1}`, host: "127.0.0.1", port }));

/** A cluster of real processes on the loopback interface, each with a directory of its own. */
export class LocalCluster {
  readonly directory: string;
  readonly config: ClusterConfig;
  readonly secrets: ClusterSecrets;
  /** The key that signs control commands. */
  readonly controller: Keys;
  readonly #children = new Map<string, ChildProcess>();
  readonly #options: LocalClusterOptions;
  readonly #entry: string;

  private constructor(options: LocalClusterOptions, places: readonly NodeAddress[], entry: string) {
    this.#options = options;
    this.#entry = entry;
    this.directory = options.directory;
    this.controller = generateKeys(systemRandom());
    this.secrets = { nodes: randomBytes(32).toString("hex"), clients: randomBytes(32).toString("hex") };
    const signing = signingKeysOf(
      options.protocols,
      places.map(({ id }) => id),
    );
    for (const [id, keys] of signing) writeKeys(this.#signingFile(id), keys);
    this.config = {
      cluster: `local-${randomBytes(4).toString("hex")}`,
      nodes: places.map((place) => keyed(place, signing.get(place.id))),
      f: options.f,
      initial: options.initial,
      protocols: options.protocols,
      controllers: {
        threshold: 1,
        principals: [
          { id: this.controller.principal, publicKey: toHex(this.controller.bundle[0]!.publicKey) },
        ],
      },
      alpha: options.alpha ?? 2,
      mode: options.mode ?? "cut",
      fifo: options.fifo ?? false,
      maxBatch: options.maxBatch ?? 4096,
      maxBatchBytes: options.maxBatchBytes ?? 512 * 1024,
      ...(options.application && { application: options.application }),
      ...(options.checkpointSlots !== undefined && { checkpointSlots: options.checkpointSlots }),
    };
    writeFileSync(this.#configFile, `${JSON.stringify(this.config, null, 2)}\n`);
    writeFileSync(this.#secretsFile, `${JSON.stringify(this.secrets)}\n`, { mode: 0o600 });
  }

  static async create(options: LocalClusterOptions): Promise<LocalCluster> {
    mkdirSync(options.directory, { recursive: true });
    const { places = await freePlaces(options.nodes) } = options;
    return new LocalCluster(options, places, await nodeProgram(options.directory));
  }

  get #configFile(): string {
    return join(this.directory, "cluster.json");
  }
  get #secretsFile(): string {
    return join(this.directory, "secrets.json");
  }
  dataDirectory(id: string): string {
    return join(this.directory, id);
  }
  traceFile(id: string): string {
    return join(this.directory, `${id}.trace.jsonl`);
  }
  engineTraceFile(id: string): string {
    return join(this.directory, `${id}.engines.jsonl`);
  }
  #signingFile(id: string): string {
    return join(this.directory, `${id}.signing.json`);
  }
  #joinFile(id: string): string {
    return join(this.directory, `${id}.join.json`);
  }
  pid(id: string): number | undefined {
    return this.#children.get(id)?.pid;
  }

  async startAll(): Promise<void> {
    await Promise.all(this.config.nodes.map((node) => this.start(node.id)));
  }

  /** Resolves once the node serves; rejects with what it said if it cannot start. */
  start(id: string): Promise<Extract<NodeReport, { kind: "ready" }>> {
    const args = [
      "node",
      "--config",
      this.#configFile,
      "--secrets",
      this.#secretsFile,
      "--id",
      id,
      "--data",
      this.dataDirectory(id),
    ];
    if (this.#options.trace) args.push("--trace", this.traceFile(id));
    if (this.#options.traceEngines) args.push("--trace-engines", this.engineTraceFile(id));
    if (existsSync(this.#signingFile(id))) args.push("--signing", this.#signingFile(id));
    if (existsSync(this.#joinFile(id))) args.push("--join", this.#joinFile(id));
    if (this.#options.troubles) args.push("--troubles");
    const child = this.#fork(id, args);
    this.#children.set(id, child);
    child.once("exit", (code, signal) => {
      if (this.#children.get(id) !== child) return;
      this.#children.delete(id);
      this.#options.onUnexpectedExit?.(id, child.pid, signal ?? `exit code ${code}`);
    });
    return new Promise((resolve, reject) => {
      child.on("message", (report: NodeReport) => {
        if (report.kind === "ready") resolve(report);
        else if (report.kind === "failed") reject(new NodeStartError(id, report.code, report.message));
      });
      child.once("exit", (code, signal) =>
        reject(
          new NodeStartError(
            id,
            "exit",
            `ended with ${signal ?? code}; see ${join(this.directory, `${id}.log`)}`,
          ),
        ),
      );
    });
  }

  #fork(id: string, args: readonly string[]): ChildProcess {
    const execArgv = ["--enable-source-maps", ...(this.#options.execArgv ?? [])];
    const [command, ...before] = [...(this.#options.within?.(id) ?? []), process.execPath];
    const log = openSync(join(this.directory, `${id}.log`), "a");
    try {
      return fork(this.#entry, args, {
        execPath: command!,
        execArgv: [...before, ...execArgv],
        stdio: ["ignore", log, log, "ipc"],
      });
    } finally {
      closeSync(log);
    }
  }

  /** A node that is to join, with a key of its own if a protocol needs one. */
  prepare(node: NodeAddress): NodeAddress {
    const keys = signingKeysOf(this.config.protocols, [node.id]).get(node.id);
    if (keys !== undefined) writeKeys(this.#signingFile(node.id), keys);
    return keyed(node, keys);
  }

  /** Starts a node that is none of the first ones, and learns from `contacts` what came before it. */
  join(self: NodeAddress, contacts: readonly NodeAddress[]): ReturnType<LocalCluster["start"]> {
    writeFileSync(this.#joinFile(self.id), JSON.stringify({ self, contacts }));
    return this.start(self.id);
  }

  /** From now on the node has these troubles and no others. */
  trouble(id: string, order: TroubleOrder): void {
    const child = this.#children.get(id);
    if (child !== undefined) ask(child, { kind: "troubles", order });
  }

  /** Answers null when the node is down or does not answer within a second. */
  status(id: string): Promise<Status | null> {
    const child = this.#children.get(id);
    if (child === undefined || !child.connected) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(null), 1000);
      const receive = (report: NodeReport): void => {
        if (report.kind === "status") done(report);
      };
      const done = (status: Status | null): void => {
        clearTimeout(timer);
        child.off("message", receive);
        resolve(status);
      };
      child.on("message", receive);
      ask(child, { kind: "status" });
    });
  }

  /** SIGKILL: no goodbye, nothing flushed. */
  async kill(id: string): Promise<void> {
    await this.#end(id, "SIGKILL");
  }

  /** SIGTERM: the node ends in order. */
  async stop(id: string): Promise<void> {
    await this.#end(id, "SIGTERM");
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#children.keys()].map((id) => this.#end(id, "SIGTERM")));
  }

  async #end(id: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#children.get(id);
    this.#children.delete(id);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill("SIGKILL"), 5000);
    await exited;
    clearTimeout(impatient);
  }
}
