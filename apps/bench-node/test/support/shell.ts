import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeProgram } from "../../src/local/program.ts";
import type { ClusterNode } from "../../src/node/config.ts";
import type { NodeLook } from "../../src/observe/look.ts";
import { temporaryDirectory } from "./real-cluster.ts";

/** What became of a command. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which the program is run as an operator would, and the nodes that were started there. */
export class Shell {
  readonly path: string;
  readonly #program: string;
  readonly #remove: () => void;
  readonly #nodes = new Map<string, { readonly child: ChildProcess; log: string }>();

  private constructor(path: string, program: string, remove: () => void) {
    this.path = path;
    this.#program = program;
    this.#remove = remove;
  }

  static async open(name: string): Promise<Shell> {
    const { path, remove } = temporaryDirectory(name);
    return new Shell(path, await nodeProgram(path), remove);
  }

  #spawn(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [this.#program, ...args], { cwd: this.path, stdio: "pipe" });
  }

  run(...args: string[]): Promise<Ran> {
    return this.pipe("", ...args);
  }

  /** Runs a command with something on its standard input. */
  pipe(input: string | Uint8Array, ...args: string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const child = this.#spawn(args);
      // One that does not read closes it.
      child.stdin!.on("error", () => {});
      child.stdin!.end(input);
      let [stdout, stderr] = ["", ""];
      child.stdout!.on("data", (part) => {
        stdout += part;
      });
      child.stderr!.on("data", (part) => {
        stderr += part;
      });
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** Starts the node of a folder; resolves once it serves. @throws with its log when it ends instead. */
  start(folder: string, ...options: string[]): Promise<void> {
    const child = this.#spawn(["start", folder, ...options]);
    const node = { child, log: "" };
    this.#nodes.set(folder, node);
    return new Promise((resolve, reject) => {
      child.stderr!.on("data", (part) => {
        node.log += part;
        if (node.log.includes('"msg":"serving"')) resolve();
      });
      child.once("exit", () => reject(new Error(node.log)));
    });
  }

  log(folder: string): string {
    return this.#nodes.get(folder)!.log;
  }

  /** Resolves with the exit code. */
  async stop(folder: string, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const { child } = this.#nodes.get(folder)!;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return ended;
  }

  signal(folder: string, signal: NodeJS.Signals): void {
    this.#nodes.get(folder)!.child.kill(signal);
  }

  json(...path: string[]) {
    return JSON.parse(readFileSync(join(this.path, ...path), "utf8"));
  }

  /** Where a first node of a folder serves its status. */
  observed(folder: string, id: string): string {
    const nodes: ClusterNode[] = this.json(folder, "cluster.json").nodes;
    return `http://127.0.0.1:${nodes.find((node) => node.id === id)!.observe!.port}`;
  }

  async look(folder: string, id: string): Promise<NodeLook> {
    return (await (await fetch(`${this.observed(folder, id)}/status.json`)).json()) as NodeLook;
  }

  close(): void {
    for (const { child } of this.#nodes.values()) child.kill("SIGKILL");
    this.#remove();
  }
}
