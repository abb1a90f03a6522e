import type { Rule, Tree } from "../tree.ts";
import { members } from "../workspace.ts";

/** In this order, so that a reader of one package finds the way in all of them. */
export const sections = [
  "Install",
  "Example",
  "What you must do",
  "What it promises",
  "What it does not do",
  "Fits with",
  "Spec",
  "Speed",
  "Licence",
];

/** Every package has a README of one shape, with an example that a test runs. */
export const readmeRule: Rule = {
  name: "readme",
  *check(tree: Tree) {
    for (const { folder, room, manifest } of members(tree)) {
      if (room !== "packages") continue;
      const path = `${folder}/README.md`;
      const text = tree.get(path);
      if (text === undefined) {
        yield { path, message: `is missing; expected the sections ${sections.join(", ")}` };
        continue;
      }
      if (!text.startsWith(`# ${manifest.name}\n\n`))
        yield { path, line: 1, message: `expected "# ${manifest.name}", then one sentence` };
      const prose = text.replace(/^```[\s\S]*?^```/gm, "");
      const found = [...prose.matchAll(/^## (.*)$/gm)].map((match) => match[1]!.trim());
      const missing = sections.filter((section) => !found.includes(section));
      if (missing.length > 0) yield { path, message: `lacks the sections ${missing.join(", ")}` };
      else if (found.filter((section) => sections.includes(section)).join() !== sections.join())
        yield { path, message: `expected the sections in the order ${sections.join(", ")}` };
      const [, example = ""] = text.split(/^## Example$/m);
      if (!/^```ts\n[\s\S]*?^```/m.test(example))
        yield { path, message: "expected a ts block under Example" };
      if (!tree.has(`${folder}/test/readme.test.ts`))
        yield { path: `${folder}/test/readme.test.ts`, message: "is missing: the example must run" };
    }
  },
};
