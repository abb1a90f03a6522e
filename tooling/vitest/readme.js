import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Runs every `ts` block of a README as a module of its own, in the test folder beside it. For the base packages, which the
 * conformance package (and its `runReadme`) stands on. Answers how many blocks ran.
 *
 * @param {URL} readme
 * @param {URL} [folder] where the modules are written while they run; default: the folder `test` beside the README
 * @returns {Promise<number>}
 */
export async function runReadmeBlocks(readme, folder = new URL("test/", readme)) {
  const path = fileURLToPath(readme);
  const blocks = [...readFileSync(path, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    (match) => match[1],
  );
  if (blocks.length === 0) throw new Error(`${path} has no example that runs`);
  for (const [at, block] of blocks.entries()) {
    const file = join(fileURLToPath(folder), `readme-block-${process.pid}-${at}.tmp.ts`);
    writeFileSync(file, `${block}\nexport {};\n`);
    try {
      await import(/* @vite-ignore */ file);
    } finally {
      rmSync(file, { force: true });
    }
  }
  return blocks.length;
}
