import { dirname, posix } from "node:path";
import { lineAt } from "../scan.ts";
import type { Rule, Tree } from "../tree.ts";

/** Links in documents lead somewhere, and so do the names of files that a README cites as proof. */
export const linksRule: Rule = {
  name: "links",
  *check(tree: Tree) {
    const folders = new Set<string>();
    for (const path of tree.keys())
      for (let at = dirname(path); at !== "."; at = dirname(at)) folders.add(at);
    const exists = (path: string): boolean => tree.has(path) || folders.has(path.replace(/\/$/, ""));
    for (const [path, text] of tree) {
      if (!path.endsWith(".md") || path.endsWith("CHANGELOG.md")) continue;
      for (const match of text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)]*)?\)/g)) {
        const target = posix.join(dirname(path), match[1]!);
        if (!exists(target))
          yield { path, line: lineAt(text, match.index), message: `the link to ${match[1]} leads nowhere` };
      }
      for (const match of text.matchAll(/`((?:test|bench)\/[\w./-]+\.(?:ts|txt|json))`/g))
        if (/^packages\/[^/]+\/\w+\.md$/.test(path) && !exists(posix.join(dirname(path), match[1]!)))
          yield { path, line: lineAt(text, match.index), message: `there is no ${match[1]}` };
    }
  },
};
