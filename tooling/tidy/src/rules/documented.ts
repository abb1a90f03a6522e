import { lineAt } from "../scan.ts";
import type { Finding, Rule, Tree } from "../tree.ts";
import { members, scope } from "../workspace.ts";

interface Export {
  readonly name: string;
  /** Its name in the file it comes from. */
  readonly original: string;
  readonly from: string;
}

const relative = (path: string, specifier: string): string =>
  new URL(specifier, `file:///${path}`).pathname.slice(1);

/** Names that a file passes on from others. */
function passedOn(path: string, source: string): readonly Export[] {
  const found: Export[] = [];
  for (const [, list = "", specifier = ""] of source.matchAll(
    /export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"(\.[^"]+)"/g,
  ))
    for (const item of list.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "").split(",")) {
      const [original = "", name = original] = item
        .trim()
        .replace(/^type\s+/, "")
        .split(/\s+as\s+/);
      if (original !== "") found.push({ name, original, from: relative(path, specifier) });
    }
  return found;
}

/** Where a name is declared, and whether a doc comment stands before it; null if it is not declared in this file. */
function declaration(
  source: string,
  name: string,
): { readonly line: number; readonly documented: boolean } | null {
  const pattern = new RegExp(
    `^export\\s+(?:declare\\s+)?(?:abstract\\s+)?(?:async\\s+)?(?:function\\*?|class|const|let|interface|type)\\s+${name.replace("$", "\\$")}\\b`,
    "gm",
  );
  const found = [...source.matchAll(pattern)];
  if (found.length === 0) return null;
  // A schema and its type share one name, and one comment serves both; likewise overloads. A shape may speak by its fields.
  const documented = found.some((match) => {
    const before = source.slice(0, match.index).replace(/(?:[ \t]*\/\/[^\n]*\n)+$/, "");
    const [body = ""] = source.slice(match.index).split(/^(?=[})\]]|export |\/\*\*)/m, 1);
    return /\*\/\s*$/.test(before) || body.includes("/**") || body.includes("doc(");
  });
  return { line: lineAt(source, found[0]!.index), documented };
}

function* undocumented(tree: Tree, readme: string, item: Export): Generator<Finding> {
  const source = tree.get(item.from);
  if (source === undefined) {
    yield { path: item.from, message: `is missing, but "${item.name}" is exported from it` };
    return;
  }
  const found = declaration(source, item.original);
  if (found === null) {
    const next = passedOn(item.from, source).find(({ name }) => name === item.original);
    if (next !== undefined) yield* undocumented(tree, readme, next);
    return;
  }
  if (!found.documented && !new RegExp(`\`[^\`]*\\b${item.name.replace("$", "\\$")}\\b`).test(readme))
    yield {
      path: item.from,
      line: found.line,
      message: `"${item.name}" is public: expected a doc comment, or its name in the README`,
    };
}

/** Whatever a package gives away is explained: beside the declaration or in the README. */
export const documentedRule: Rule = {
  name: "documented",
  *check(tree: Tree) {
    for (const { folder, room, manifest } of members(tree)) {
      if (room !== "packages" || typeof manifest.exports !== "object") continue;
      const seen = new Set<string>();
      for (const entry of Object.values(manifest.exports)) {
        const source = (entry as Readonly<Record<string, string>>)[`${scope}/source`];
        if (source === undefined) continue;
        const path = `${folder}/${source.slice(2)}`;
        const text = tree.get(path) ?? "";
        const own = [
          ...text.matchAll(/^export\s+(?:async\s+)?(?:function\*?|class|const|interface|type)\s+(\w+)/gm),
        ].map(([, name = ""]) => ({ name, original: name, from: path }));
        for (const item of [...passedOn(path, text), ...own]) {
          const key = `${item.from} ${item.original}`;
          if (!seen.has(key)) yield* undocumented(tree, tree.get(`${folder}/README.md`) ?? "", item);
          seen.add(key);
        }
      }
    }
  },
};
