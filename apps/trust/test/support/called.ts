import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, vi } from "vitest";
import { trust } from "../../src/cli/program.ts";

/** Data of real networks. */
export const data = (name: string): string =>
  fileURLToPath(new URL(`../../../../packages/quorum-algebra/data/${name}.json`, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "trust-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A file or a folder in a place that is gone after the tests. */
export const place = (name: string): string => join(folder, name);

/** Writes a file there; answers its path. */
export function written(name: string, text: string): string {
  writeFileSync(place(name), text);
  return place(name);
}

class End extends Error {}

/** Runs one command line in this process; answers the exit code and what it says on either stream. */
export async function called(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { log: [] as string[], error: [] as string[] };
  for (const name of ["log", "error"] as const)
    vi.spyOn(console, name).mockImplementation((line) => void said[name].push(String(line)));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.error.push(String(text)) > 0);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => said.log.push(String(text)) > 0);
  let ended: number | null = null;
  process.exitCode = undefined;
  try {
    await trust((code) => {
      ended = code;
      throw new End();
    }).parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof End)) throw error;
  }
  const code = ended ?? Number(process.exitCode ?? 0);
  vi.restoreAllMocks();
  return { code, out: said.log.join("\n"), err: said.error.join("\n") };
}
