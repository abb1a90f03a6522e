import { changesetsRule } from "./rules/changesets.ts";
import { ciRule } from "./rules/ci.ts";
import { decisionsRule } from "./rules/decisions.ts";
import { documentedRule } from "./rules/documented.ts";
import { indexRule } from "./rules/index-names.ts";
import { layersRule } from "./rules/layers.ts";
import { linksRule } from "./rules/links.ts";
import { lockfileRule } from "./rules/lockfile.ts";
import { manifestRule } from "./rules/manifest.ts";
import { pureRule } from "./rules/pure.ts";
import { readmeRule } from "./rules/readme.ts";
import { sizesRule } from "./rules/sizes.ts";
import { specRule } from "./rules/spec.ts";
import { versionsRule } from "./rules/versions.ts";
import { wordsRule } from "./rules/words.ts";
import type { Rule, Tree } from "./tree.ts";

/** All rules of the repository. */
export const rules: readonly Rule[] = [
  changesetsRule,
  ciRule,
  decisionsRule,
  documentedRule,
  indexRule,
  layersRule,
  linksRule,
  lockfileRule,
  manifestRule,
  pureRule,
  readmeRule,
  sizesRule,
  specRule,
  versionsRule,
  wordsRule,
];

/** What a rule finds, one line each: where, and what to do. */
export function findings(rule: Rule, tree: Tree): readonly string[] {
  return [...rule.check(tree)].map(
    ({ path, line, message }) => `${path}${line === undefined ? "" : `:${line}`}: ${message}`,
  );
}
