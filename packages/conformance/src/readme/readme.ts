import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConformanceError } from "../support/assert.ts";

/** The TypeScript blocks of a Markdown text, in order. Blocks fenced as `ts no-run` are left out. */
export function readmeBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts[ \t]*\r?\n([\s\S]*?)^```[ \t]*$/gm)].map((match) => match[1]!);
}

let runs = 0;

/**
 * Runs every TypeScript block of a README as a module of its own: writes it into the `test` folder of the package (or
 * beside the README), imports it and deletes it. An example that throws, or a README without an example, fails. Needs a
 * host that can import TypeScript, such as vitest or tsx.
 *
 * @param readme path or file URL of the README.
 * @returns how many blocks ran.
 * @throws ConformanceError with the number of the block and its error.
 * @example
 * test("the README's examples run", async () => {
 *   await runReadme(new URL("../README.md", import.meta.url));
 * });
 */
export async function runReadme(readme: string | URL): Promise<number> {
  const path = readme instanceof URL || readme.startsWith("file:") ? fileURLToPath(readme) : resolve(readme);
  const blocks = readmeBlocks(readFileSync(path, "utf8"));
  if (blocks.length === 0)
    throw new ConformanceError("a README has an example that runs", `no ts block in ${path}`);
  const tests = join(dirname(path), "test");
  for (const [at, block] of blocks.entries()) {
    runs += 1;
    const file = join(
      existsSync(tests) ? tests : dirname(path),
      `readme-block-${process.pid}-${runs}.tmp.ts`,
    );
    writeFileSync(file, `${block}\nexport {};\n`);
    try {
      await import(/* @vite-ignore */ file);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new ConformanceError(
        "a README has an example that runs",
        `block ${at + 1} of ${path}: ${reason}`,
      );
    } finally {
      rmSync(file, { force: true });
    }
  }
  return blocks.length;
}
