import type { Rule, Tree } from "../tree.ts";

const maxLines = 15;

/** Decisions are short, numbered without gaps, say what they cost, and stand in the map of documents. */
export const decisionsRule: Rule = {
  name: "decisions",
  *check(tree: Tree) {
    const folder = "docs/decisions/";
    const paths = [...tree.keys()].filter((path) => path.startsWith(folder)).sort();
    for (const [at, path] of paths.entries()) {
      const text = tree.get(path)!;
      const number = String(at + 1).padStart(3, "0");
      if (!new RegExp(`^${number}-[a-z0-9-]+\\.md$`).test(path.slice(folder.length)))
        yield { path, message: `expected ${number}-some-words.md: numbers have no gaps` };
      if (!text.startsWith(`# ${number}: `))
        yield { path, line: 1, message: `expected "# ${number}: " and what was decided` };
      const lines = text.trimEnd().split("\n").length;
      if (lines > maxLines) yield { path, message: `${lines} lines; expected at most ${maxLines}` };
      for (const part of ["Context:", "Decision:", "Bad:", "Alternatives:"])
        if (!text.includes(`\n${part}`))
          yield { path, message: `expected a line that begins with "${part}"` };
      if (!tree.get("docs/README.md")?.includes(path.slice("docs/".length)))
        yield { path: "docs/README.md", message: `does not list ${path}` };
    }
  },
};
