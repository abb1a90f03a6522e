import { codeOnly, lineAt, withoutComments } from "../scan.ts";
import type { Rule, Tree } from "../tree.ts";

const names = /export\s+(?:type\s+)?\{[^}]*\}\s*from\s*"\.\/[^"]+";/g;

/** `src/index.ts` of a package: what it is for, then the names it gives. */
export const indexRule: Rule = {
  name: "index",
  *check(tree: Tree) {
    for (const [path, source] of tree) {
      if (!/^packages\/[^/]+\/src\/index\.ts$/.test(path)) continue;
      if (!source.startsWith("/**"))
        yield { path, line: 1, message: "expected a doc comment that says what the package is for" };
      const text = withoutComments(source);
      const rest = text.replace(names, (match) => match.replace(/[^\n]/g, " "));
      const at = rest.search(/\S/);
      if (at !== -1 && codeOnly(source).trim() !== "")
        yield { path, line: lineAt(rest, at), message: "expected nothing but `export { … } from`" };
    }
  },
};
