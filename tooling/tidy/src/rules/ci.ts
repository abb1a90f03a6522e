import type { Rule, Tree } from "../tree.ts";

/** `.ci/run` is the one command of CI: strict, and its last line counts what passed. */
export const ciRule: Rule = {
  name: "ci",
  *check(tree: Tree) {
    const path = ".ci/run";
    const text = tree.get(path) ?? "";
    if (!text.startsWith("#!") || !text.includes("set -euo pipefail"))
      yield { path, message: "expected a script that stops at the first failure: set -euo pipefail" };
    const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
    const last = lines.at(-1) ?? "";
    if (!/^(?:echo|printf)\b.*\bpassed\b/.test(last))
      yield {
        path,
        line: text.trimEnd().split("\n").length,
        message: 'expected a last command such as echo "$count passed"',
      };
    const workflow = [...tree].find(([file]) => file.startsWith(".github/workflows/"))?.[1] ?? "";
    if (!workflow.includes(".ci/run"))
      yield { path: ".github/workflows", message: "expected a workflow that runs .ci/run" };
  },
};
