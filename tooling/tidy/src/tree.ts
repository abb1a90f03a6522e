import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository as rules see it: path from the root, with slashes, to text. What git ignores is not in it. */
export type Tree = ReadonlyMap<string, string>;

/** One place where a rule is broken, and what to do about it. */
export interface Finding {
  readonly path: string;
  /** From 1; absent where the whole file or its absence is meant. */
  readonly line?: number;
  readonly message: string;
}

/** A rule of the repository. `check` is a pure function of the tree. */
export interface Rule {
  readonly name: string;
  readonly check: (tree: Tree) => Iterable<Finding>;
}

/** Data and lockfiles of other tools: listed, so that links to them resolve, but not read. */
const unread = /\.(jsonl|png|svg|gz|tgz|woff2)$/;

/** Whether a name or path matches a line of `.gitignore`. Knows plain names, `*.suffix` and paths from the root. */
function ignores(pattern: string, name: string, path: string): boolean {
  const plain = pattern.replace(/^\/|\/$/g, "");
  if (plain.startsWith("*.")) return name.endsWith(plain.slice(1));
  return plain.includes("/") ? path === plain : name === plain;
}

/** Reads the repository at `root`. Works without git, as an unpacked copy of the sources must pass too. */
export function readTree(root: string): Map<string, string> {
  const patterns = readFileSync(join(root, ".gitignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === ".git" || entry.name === "node_modules") continue;
      if (patterns.some((pattern) => ignores(pattern, entry.name, path))) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile())
        tree.set(path, unread.test(path) ? "" : readFileSync(join(root, path), "utf8"));
    }
  };
  walk("");
  return tree;
}
