import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { boundaries } = JSON.parse(readFileSync(join(root, "turbo.json"), "utf8"));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "boundaries-"));
  write("package.json", JSON.stringify({ name: "house", private: true, packageManager: "pnpm@12.21.0" }));
  write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
  write("pnpm-lock.yaml", 'lockfileVersion: "9.0"\nsettings: {}\nimporters:\n  .: {}\n');
  write("turbo.json", JSON.stringify({ boundaries, tasks: {} }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A package `name` with these tags that imports `imported`, declared as `kind` (null: not declared at all). */
function pack(
  name: string,
  tags: readonly string[],
  imported?: string,
  kind: string | null = "dependencies",
): void {
  const declared =
    imported === undefined || kind === null ? {} : { [kind]: { [`@x/${imported}`]: "workspace:^" } };
  write(
    `packages/${name}/package.json`,
    JSON.stringify({ name: `@x/${name}`, version: "0.1.0", exports: "./src/index.ts", ...declared }),
  );
  write(`packages/${name}/turbo.json`, JSON.stringify({ extends: ["//"], tags }));
  write(
    `packages/${name}/src/index.ts`,
    imported === undefined ? "export const a = 1;\n" : `export { a } from "@x/${imported}";\n`,
  );
}

function turbo(): { readonly passed: boolean; readonly said: string } {
  const run = spawnSync(join(root, "node_modules/.bin/turbo"), ["boundaries"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
  });
  return { passed: run.status === 0, said: run.stdout + run.stderr };
}

describe("turbo, with the table of this repository", () => {
  test("takes what the table allows", () => {
    pack("codec", ["base"]);
    pack("paxos", ["protocol"], "codec");
    pack("switch", ["protocol", "messages"], "codec");
    pack("client", ["client"], "switch");
    pack("proof", ["proof"], "codec");
    pack("quorums", ["logic"], "proof", "devDependencies");
    const { passed, said } = turbo();
    expect(said).toContain("no issues found");
    expect(passed).toBe(true);
  });

  test.each([
    ["a protocol on another", ["protocol"], ["protocol"], "dependencies"],
    ["a protocol tested with another", ["protocol"], ["protocol"], "devDependencies"],
    ["base on logic", ["base"], ["logic"], "dependencies"],
    ["edge on a protocol", ["edge"], ["protocol"], "dependencies"],
    ["a client on a protocol without messages of its own", ["client"], ["protocol"], "dependencies"],
    ["an undeclared import", ["logic"], ["base"], null],
  ] as const)("refuses %s", (_what, importer, imported, kind) => {
    pack("below", imported);
    pack("above", importer, "below", kind);
    const { passed, said } = turbo();
    expect(said).toContain("@x/below");
    expect(passed).toBe(false);
  });
});
