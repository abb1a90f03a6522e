import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = new URL(".", import.meta.url);

/** The `ts` blocks of a guide by the name that the first line of each gives, e.g. `// node.ts`, in their order. */
export function guideFiles(markdown: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [, block = ""] of markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const [, name] = /^\/\/ ([\w-]+)\.ts\n/.exec(block) ?? [];
    if (name === undefined)
      throw new Error(`a block of a guide begins with "// name.ts", got: ${block.slice(0, 60)}`);
    if (files.has(name)) throw new Error(`two blocks of a guide are called ${name}.ts`);
    files.set(name, block);
  }
  return files;
}

/**
 * Does what a reader of a guide does: puts its blocks side by side as files. They lie in `test/support/guide-NAME.tmp` while `work`
 * lasts, where the packages are found.
 */
export async function withGuide<T>(
  name: string,
  work: (folder: string, files: readonly string[]) => Promise<T>,
): Promise<T> {
  const text = readFileSync(new URL(`../../../../docs/guides/${name}.md`, import.meta.url), "utf8");
  const folder = fileURLToPath(new URL(`guide-${name}.tmp/`, here));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  try {
    const files = guideFiles(text);
    for (const [file, block] of files) writeFileSync(join(folder, `${file}.ts`), block);
    return await work(folder, [...files.keys()]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks the types of a guide's files, and runs them in their order; answers their names. */
export const runGuide = (name: string): Promise<readonly string[]> =>
  withGuide(name, async (folder, files) => {
    checkTypes(folder);
    for (const file of files) await import(/* @vite-ignore */ join(folder, `${file}.ts`));
    return files;
  });

function checkTypes(folder: string): void {
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../../tsconfig.json", include: ["*.ts"], exclude: [] }),
  );
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  try {
    execFileSync(process.execPath, [join(typescript, "bin", "tsc"), "-p", folder], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout ?? String(error));
  }
}
