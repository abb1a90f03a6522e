import type { Rule, Tree } from "../tree.ts";

/** Tools that run a binary of the platform, as the lockfile names them on macOS and Windows. */
const binaries = [
  "@biomejs/cli-darwin-arm64",
  "@biomejs/cli-win32-x64",
  "@esbuild/darwin-arm64",
  "@esbuild/win32-x64",
  "@rolldown/binding-darwin-arm64",
  "@rolldown/binding-win32-x64-msvc",
  "@turbo/darwin-arm64",
  "@turbo/windows-64",
  "@typescript/typescript-darwin-arm64",
  "@typescript/typescript-win32-x64",
];

/** A lockfile written on Linux may lack the binaries of other platforms without a word: contributors there could not start. */
export const lockfileRule: Rule = {
  name: "lockfile",
  *check(tree: Tree) {
    const path = "pnpm-lock.yaml";
    const text = tree.get(path) ?? "";
    for (const name of binaries)
      if (!text.includes(`\n  '${name}@`))
        yield { path, message: `lacks ${name}: choose a version of the tool that has it` };
  },
};
