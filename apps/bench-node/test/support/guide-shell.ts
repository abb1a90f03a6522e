import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePorts } from "../../src/local/ports.ts";
import { nodeProgram } from "../../src/local/program.ts";
import { temporaryDirectory } from "./real-cluster.ts";

/** Types what a guide has its reader type, in one folder. */
export class GuideShell {
  readonly #directory: ReturnType<typeof temporaryDirectory>;
  #shell: ChildProcess | undefined;

  constructor(name: string) {
    this.#directory = temporaryDirectory(name);
  }

  /** The `sh` blocks of a text, one after the other; answers the exit code and all that was said. */
  async run(text: string): Promise<{ readonly code: unknown; readonly said: string }> {
    const bin = join(this.#directory.path, "bin");
    const work = join(this.#directory.path, "work");
    mkdirSync(bin);
    mkdirSync(work);
    const program = await nodeProgram(this.#directory.path);
    writeFileSync(join(bin, "eunomia"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(bin, "eunomia"), 0o755);
    const script = await commandsOf(text);
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const child = spawn("bash", ["-euxo", "pipefail", "-c", script], { cwd: work, env, detached: true });
    this.#shell = child;
    let said = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (part) => {
        said += part;
      });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    return { code, said };
  }

  close(): void {
    // The nodes that it started are of its group.
    try {
      if (this.#shell?.pid !== undefined) process.kill(-this.#shell.pid, "SIGKILL");
    } catch {
      // All ended, as the guide has them.
    }
    this.#directory.remove();
  }
}

/** The commands of a guide, on ports that are free here: the guide's 7001 and 8001, 7002 and 8002, … */
async function commandsOf(text: string): Promise<string> {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  const used = [...new Set(text.match(/\b70\d\d\b/g))].sort();
  const offset = 1000;
  // Each needs a second one at a fixed distance.
  const free: number[] = [];
  while (free.length < used.length) {
    const [port] = await freePorts(1);
    if (port! + offset < 65_536 && !free.includes(port!)) free.push(port!);
  }
  const renamed = (at: string): string => {
    const own = used.indexOf(at);
    if (own >= 0) return String(free[own]);
    const observed = used.indexOf(String(Number(at) - offset));
    return observed >= 0 ? String(free[observed]! + offset) : at;
  };
  return blocks.join("").replaceAll(/\b[78]0\d\d\b/g, renamed);
}
