import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The packages whose sources decide what an engine does, in the order in which they are hashed. */
export const enginePackages: readonly string[] = [
  "codec",
  "engine",
  "quorum-algebra",
  "paxos",
  "two-thirds",
  "learner-graph",
  "hetero-paxos",
  "aneris-switch",
];

/** Paths below `folder` by code unit, folders looked into. */
function filesBelow(folder: string, prefix = ""): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)
        : entry.name.endsWith(".ts")
          ? [`${prefix}${entry.name}`]
          : [],
    )
    .sort();
}

/**
 * SHA-256 over the sources of the engine packages, as hex: packages in order, files by path, each as path, NUL, text with line
 * ends as LF, NUL. Replay files and checkpoints carry it: under another hash the same choices may mean something else.
 *
 * @param sourceFolder where the sources of a package lie; default: the `src` beside its installed `package.json`.
 */
export function engineHash(sourceFolder: (name: string) => string = installedSources): string {
  const hash = createHash("sha256");
  for (const name of enginePackages) {
    const folder = sourceFolder(name);
    for (const path of filesBelow(folder)) {
      const text = readFileSync(join(folder, path), "utf8").replaceAll("\r\n", "\n");
      hash.update(`${name}/${path}\0${text}\0`);
    }
  }
  return hash.digest("hex");
}

function installedSources(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve(`@eunomia/${name}/package.json`)), "src");
}
