import { codeOnly, importsOf, matches, packageOf } from "../scan.ts";
import type { Finding, Rule, Tree } from "../tree.ts";
import { isPure, json, type Member, members, scope, sources } from "../workspace.ts";

interface TsConfig {
  extends: string;
  compilerOptions: { types?: string[]; lib?: string[] };
}

/** Outside packages that are pure themselves. */
const pureOutside = ["@noble/hashes"];

// `types: []` keeps the platform's globals away; these come with the language itself, or would smuggle the others in.
const impure: readonly (readonly [RegExp, string])[] = [
  [/\bDate\b\s*[.(]|\bnew\s+Date\b/g, "time comes as an event"],
  [/\bMath\s*\.\s*random\b/g, "chance comes from outside"],
  [
    /\b(?:globalThis|Intl|Atomics|SharedArrayBuffer|WeakRef|FinalizationRegistry)\b/g,
    "differs between platforms or runs",
  ],
  [/\.(?:localeCompare|toLocale\w*)\b/g, "differs between machines"],
  [
    /\b(?:performance|console|crypto)\s*\.\s*\w+|\bprocess\s*\.\s*(?:env|argv|exit|hrtime|nextTick|std\w+|cwd|platform)\b/g,
    "the platform stays outside",
  ],
  [
    /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|structuredClone|fetch)\s*\(/g,
    "the platform stays outside",
  ],
  [/\beval\s*\(|\bnew\s+Function\b/g, "forbidden by many pages"],
  [/^\s*declare\s+(?!module)/gm, "declares a global that need not exist"],
  [/^(?:export\s+)?(?:let|var)\b[^\n]*/gm, "state of a module is shared by all engines of a process"],
  [/\basync\b(?!\s*:)|\bawait\b/g, "engines answer at once"],
];

/** Where a pure package meets doors that answer later. */
const mayPromise = /^packages\/(?:engine\/src\/(?:doors\.ts|driver\/)|aneris-switch\/src\/node\.ts)/;

function* configuration(tree: Tree, { folder }: Member): Generator<Finding> {
  const path = `${folder}/tsconfig.json`;
  const main = json<TsConfig>(tree, path);
  if (main.extends !== `${scope}/tsconfig/pure.json` || main.compilerOptions !== undefined)
    yield { path, message: `expected to extend ${scope}/tsconfig/pure.json and to add no compiler option` };
  const build = `${folder}/tsconfig.build.json`;
  if (json<TsConfig>(tree, build).compilerOptions?.types?.length !== 0)
    yield { path: build, message: 'expected "types": []' };
}

/** Base, logic and protocol packages know no clock, chance, I/O or platform, and keep no state in modules. */
export const pureRule: Rule = {
  name: "pure",
  *check(tree: Tree) {
    const { types, lib } = json<TsConfig>(tree, "tooling/tsconfig/pure.json").compilerOptions ?? {};
    if (types?.length !== 0 || lib !== undefined)
      yield {
        path: "tooling/tsconfig/pure.json",
        message: 'expected "types": [] and no other lib than that of base.json',
      };
    for (const member of members(tree).filter(isPure)) {
      yield* configuration(tree, member);
      for (const path of sources(tree, `${member.folder}/src`)) {
        const source = tree.get(path)!;
        const code = codeOnly(source);
        for (const [pattern, reason] of impure)
          for (const { line, found } of matches(code, pattern))
            yield { path, line, message: `${found}: ${reason}` };
        if (!mayPromise.test(path))
          for (const { line } of matches(code, /\bPromise\b/g))
            yield { path, line, message: "Promise: engines answer at once; only doors and drivers wait" };
        for (const { line, specifier } of importsOf(source)) {
          const name = packageOf(specifier);
          const fine =
            name === null
              ? !specifier.startsWith("node:")
              : name.startsWith(`${scope}/`) || pureOutside.includes(name);
          if (!fine) yield { path, line, message: `${specifier} is not pure` };
        }
      }
    }
  },
};
