import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findings, readTree, rules } from "@eunomia/tidy";
import { afterAll, describe, expect, test } from "vitest";
import { layDown } from "../src/lay-down.ts";
import { packageLayers, ScaffoldError, scaffold } from "../src/scaffold.ts";

const here = fileURLToPath(new URL("..", import.meta.url));
const repository = readTree(fileURLToPath(new URL("../../..", import.meta.url)));
const workspace = mkdtempSync(join(tmpdir(), "new-package-"));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const run = (folder: string, tool: string, ...args: string[]): string =>
  execFileSync(join(here, "node_modules/.bin", tool), args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });

/** What the rules say about a repository that the new package was put into. */
const about = (files: ReadonlyMap<string, string>): readonly string[] => {
  const tree = new Map([...repository, ...files]);
  return rules.flatMap((rule) => findings(rule, tree).filter((line) => line.includes("sample-package")));
};

describe.each(packageLayers)("layer %s", (layer) => {
  test("keeps every rule of the repository", () => {
    expect(about(scaffold({ name: "sample-package", layer }))).toEqual([]);
  });
});

test("the rules do look at the new package", () => {
  const files = new Map(scaffold({ name: "sample-package", layer: "logic" }));
  files.delete("packages/sample-package/README.md");
  expect(about(files)).not.toEqual([]);
});

test.each(["logic", "edge"])("a package of layer %s compiles, and the tests of a pure one pass", (layer) => {
  const name = `sample-${layer}`;
  layDown(workspace, { name, layer });
  const folder = join(workspace, "packages", name);
  symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
  expect(run(folder, "tsc")).toBe("");
  if (layer !== "logic") return;
  expect(run(folder, "tsc", "-p", "tsconfig.test.json")).toBe("");
  expect(run(folder, "vitest", "run")).toMatch(/Tests +4 passed/);
});

test("mistakes are told apart, and nothing is overwritten", () => {
  const code = (attempt: () => unknown): string | undefined => {
    try {
      attempt();
    } catch (error) {
      if (error instanceof ScaffoldError) return error.code;
    }
    return undefined;
  };
  expect(code(() => scaffold({ name: "@eunomia/x", layer: "logic" }))).toBe("name");
  expect(code(() => scaffold({ name: "../x", layer: "logic" }))).toBe("name");
  expect(code(() => scaffold({ name: "x", layer: "app" }))).toBe("layer");
  layDown(workspace, { name: "twice", layer: "base" });
  expect(code(() => layDown(workspace, { name: "twice", layer: "auth" }))).toBe("exists");
});
