import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The program that nodes run. Built, it is this one. From sources it is bundled once into `directory`: a node that has to
 * translate a hundred modules at every start would come back later than its cluster can wait.
 *
 * @param source what to bundle of the sources, when less than all of them will do; a module beside `main.ts`.
 */
export async function nodeProgram(directory: string, source = "main.ts"): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  if (!here.endsWith(".ts")) return here;
  const { build } = await import("esbuild");
  const outfile = join(directory, "node.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(`../${source}`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: true,
    conditions: ["@eunomia/source"],
    external: ["esbuild"],
    // What is CommonJS among the dependencies asks for Node's own modules by `require`. Sources may import the maker, too.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
  return outfile;
}
