import { codeOnly, matches } from "../scan.ts";
import type { Rule, Tree } from "../tree.ts";
import { json, sources } from "../workspace.ts";

/** Longest source file, in lines. */
const maxLines = 320;
/** Longest function, in lines without blanks and comments; biome counts them. */
const maxFunctionLines = 70;

interface BiomeRules {
  linter?: {
    rules?: {
      complexity?: { noExcessiveLinesPerFunction?: { level: string; options: { maxLines: number } } };
    };
  };
}
interface BiomeConfig extends BiomeRules {
  /** Tests may be exempt: a `describe` is a function too. */
  overrides: readonly (BiomeRules & { includes: readonly string[] })[];
}

const limitsFunctions = ({ linter }: BiomeRules): boolean => {
  const rule = linter?.rules?.complexity?.noExcessiveLinesPerFunction;
  return rule?.level === "error" && rule.options.maxLines <= maxFunctionLines;
};

/** Files and functions that a reader can hold in the head, and no holes in the type checker. */
export const sizesRule: Rule = {
  name: "sizes",
  *check(tree: Tree) {
    for (const path of sources(tree, "packages").concat(sources(tree, "apps"), sources(tree, "tooling"))) {
      if (!path.includes("/src/")) continue;
      const source = tree.get(path)!;
      const lines = source.split("\n").length - 1;
      if (lines > maxLines)
        yield {
          path,
          message: `${lines} lines; expected at most ${maxLines}: split it by what changes together`,
        };
      for (const { line, found } of matches(source, /@ts-(?:ignore|nocheck|expect-error)\b/g))
        yield { path, line, message: `${found} hides an error` };
      for (const { line } of matches(codeOnly(source), /^export\s*\*/gm))
        yield { path, line, message: "export * hides names; list them" };
    }
    const biome = json<BiomeConfig>(tree, "biome.json");
    const forSources = biome.overrides?.filter(({ includes }) => includes.includes("**/src/**")) ?? [];
    if (![biome, ...forSources].some(limitsFunctions))
      yield {
        path: "biome.json",
        message: `expected noExcessiveLinesPerFunction as error with at most ${maxFunctionLines} lines`,
      };
  },
};
