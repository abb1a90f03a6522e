import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePorts } from "../src/local/ports.ts";
import { nodeProgram } from "../src/local/program.ts";
import { clusterSchema } from "../src/node/schema.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const guide = readFileSync(new URL("../../../docs/guides/operate.md", import.meta.url), "utf8");
const directory = temporaryDirectory("operate");
let shell: ChildProcess | undefined;
afterAll(() => {
  // The nodes that it started are of its group.
  try {
    if (shell?.pid !== undefined) process.kill(-shell.pid, "SIGKILL");
  } catch {
    // All ended, as the guide has them.
  }
  directory.remove();
});

/** The commands of the guide, on ports that are free here: the guide's 7001 and 8001, 7002 and 8002, … */
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

test("the commands of the operator's guide do what it says, one after the other", {
  timeout: 400_000,
}, async () => {
  const bin = join(directory.path, "bin");
  const work = join(directory.path, "work");
  mkdirSync(bin);
  mkdirSync(work);
  const program = await nodeProgram(directory.path);
  writeFileSync(join(bin, "eunomia"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(bin, "eunomia"), 0o755);
  const script = await commandsOf(guide);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const child = spawn("bash", ["-euxo", "pipefail", "-c", script], { cwd: work, env, detached: true });
  shell = child;
  let said = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (part) => {
      said += part;
    });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect(code, said).toBe(0);
  expect(said).toContain("ready");
});

interface Part {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly $ref?: string;
  readonly properties?: Record<string, Part>;
  readonly items?: Part;
}

/** A row for each field of the schema that is no mere group of others. */
function rowsOf(part: Part, at: string): string[] {
  const { $defs } = clusterSchema as { $defs: Record<string, Part> };
  const known = part.$ref === undefined ? part : { ...$defs[part.$ref.replace("#/$defs/", "")], ...part };
  const { title = "", description = "", default: fallback, properties, items } = known;
  const inner = properties ?? items?.properties;
  const own =
    at === "" || (inner !== undefined && description === "")
      ? []
      : [
          `| \`${at}\` | ${title}${fallback === undefined ? "" : `; default ${JSON.stringify(fallback).replaceAll('"', "")}`} | ${description} |`,
        ];
  const below = Object.entries(inner ?? {}).flatMap(([name, field]) =>
    rowsOf(field, at === "" ? name : `${at}${items ? "[]" : ""}.${name}`),
  );
  return [...own, ...below];
}

test("the guide names every field of the configuration as the schema has it", () => {
  const rows = rowsOf(clusterSchema, "").filter((row) => !row.startsWith("| `$schema`"));
  const [, table = ""] = guide.split("| field | expected | what it is |\n| --- | --- | --- |\n");
  expect(table.split("\n").filter((line) => line.startsWith("|"))).toEqual(rows);
});
