import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { engineHash, enginePackages } from "../src/cli/engine-hash.ts";

const folder = mkdtempSync(join(tmpdir(), "engine-hash-"));
afterAll(() => rmSync(folder, { recursive: true }));

const copied = (name: string): string => join(folder, name);
for (const name of enginePackages)
  cpSync(new URL(`../../../packages/${name}/src`, import.meta.url), copied(name), { recursive: true });

test("the hash is that of the sources, whatever ends their lines", () => {
  const hash = engineHash();
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(engineHash(copied)).toBe(hash);
  const file = join(copied("paxos"), "ballot.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll("\n", "\r\n"));
  expect(engineHash(copied)).toBe(hash);
  writeFileSync(file, `${text}\n`);
  expect(engineHash(copied)).not.toBe(hash);
});
