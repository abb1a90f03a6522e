import { lineAt } from "../scan.ts";
import type { Rule, Tree } from "../tree.ts";
import { members, sources } from "../workspace.ts";

// Of a message or a timeout the first string is what the action listens to, the second its name.
const action =
  /\bon\s*\.\s*(?:(?:start|commands|internal)\(|(?:message|timeout)\(\s*"[^"\n]+",)\s*"([^"\n]+)"/g;

/** A protocol package has a SPEC.md that names every action, so that a reader of the paper finds each rule in the code. */
export const specRule: Rule = {
  name: "spec",
  *check(tree: Tree) {
    for (const { folder, tags } of members(tree)) {
      if (!tags.includes("protocol")) continue;
      const spec = tree.get(`${folder}/SPEC.md`);
      if (spec === undefined) {
        yield {
          path: `${folder}/SPEC.md`,
          message: "is missing: each action, its rule in the paper, its test",
        };
        continue;
      }
      for (const path of sources(tree, `${folder}/src`)) {
        const source = tree.get(path)!;
        for (const match of source.matchAll(action))
          if (!spec.includes(match[1]!))
            yield {
              path,
              line: lineAt(source, match.index),
              message: `action "${match[1]}" is not in SPEC.md`,
            };
      }
    }
  },
};
