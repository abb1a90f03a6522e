import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Told, ValidatorRequest } from "./told.ts";

/** A validator that did not start, or ended by itself. */
export class ValidatorEnded extends Error {
  readonly code = "validator-ended";
}

/** How long a child may take to end in order, milliseconds. */
const endMs = 3000;

/** The validators of a run as processes of this machine. None of them outlives its parent: each ends when its channel does. */
export class Children {
  readonly #program: string;
  readonly #directory: string;
  readonly #onTold: (id: string, told: Told) => void;
  readonly #onEnded: (error: ValidatorEnded) => void;
  readonly #children = new Map<string, ChildProcess>();

  constructor(
    program: string,
    directory: string,
    onTold: (id: string, told: Told) => void,
    onEnded: (error: ValidatorEnded) => void,
  ) {
    this.#program = program;
    this.#directory = directory;
    this.#onTold = onTold;
    this.#onEnded = onEnded;
  }

  pid(id: string): number | undefined {
    return this.#children.get(id)?.pid;
  }

  /** Resolves once the validator serves; never, if it is ended before. @throws ValidatorEnded with where its log is. */
  start(id: string): Promise<void> {
    const file = join(this.#directory, `${id}.log`);
    const log = openSync(file, "a");
    const args = ["multichain-validator", "--run", this.#directory, "--id", id];
    const child = fork(this.#program, args, {
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#children.set(id, child);
    return new Promise((resolve, reject) => {
      child.on("message", (told: Told) => {
        if (told.kind === "ready") resolve();
        else if (told.kind === "failed") reject(new ValidatorEnded(`validator ${id}: ${told.message}`));
        else this.#onTold(id, told);
      });
      child.once("exit", (code, signal) => {
        // Who was told to end is waited for by whoever told it.
        if (this.#children.get(id) !== child) return;
        this.#children.delete(id);
        const error = new ValidatorEnded(`validator ${id} ended with ${signal ?? code}, see ${file}`);
        reject(error);
        this.#onEnded(error);
      });
    });
  }

  /** Asks a validator for something; it may be down. */
  ask(id: string, request: ValidatorRequest): void {
    this.#children.get(id)?.send(request, () => {});
  }

  /** SIGKILL: no goodbye, nothing flushed. */
  kill(id: string): Promise<void> {
    return this.#end(id, "SIGKILL");
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#children.keys()].map((id) => this.#end(id, "SIGTERM")));
  }

  async #end(id: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#children.get(id);
    this.#children.delete(id);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill("SIGKILL"), endMs);
    await ended;
    clearTimeout(impatient);
  }
}
