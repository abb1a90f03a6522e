import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { called } from "./support/called.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const before = process.cwd();
beforeAll(() => process.chdir(root));
afterAll(() => process.chdir(before));

interface Guide {
  /** Command lines, and what each is said to print. */
  readonly commands: readonly { readonly line: string; readonly shown: readonly string[] }[];
  readonly programs: readonly string[];
}

function guide(name: string): Guide {
  const text = readFileSync(`${root}docs/guides/${name}.md`, "utf8");
  const commands = [...text.matchAll(/^```sh\n([^\n]*)\n```\n\n(?:[^\n]+\n\n)?```text\n([\s\S]*?)^```$/gm)];
  expect(commands.length).toBe([...text.matchAll(/^```sh$/gm)].length);
  return {
    commands: commands.map(([, line = "", shown = ""]) => ({ line, shown: shown.trimEnd().split("\n") })),
    programs: [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code),
  };
}

/** The words of a command line behind `--`, double quotes taken off. */
const wordsOf = (line: string): readonly string[] => {
  expect(line).toMatch(/^npm run -s trust -- /);
  return [...line.slice(line.indexOf("-- ") + 3).matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  );
};

/** Does the output have this line? An ellipsis in the guide stands for anything. */
const has = (out: string, shown: string): boolean => {
  const pattern = shown.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}`, "m").test(out);
};

describe.each(["validator", "bridge"])("the guide %s", (name) => {
  const { commands, programs } = guide(name);

  test.each(commands)("prints what it says: $line", async ({ line, shown }) => {
    const { code, out, err } = await called(...wordsOf(line));
    expect([0, 1], err).toContain(code);
    for (const each of shown) expect(has(out, each), `${each}\n\nnot in\n\n${out}`).toBe(true);
  });

  test.each(programs)("has a program that runs", async (code) => {
    const file = fileURLToPath(new URL(`./guide-${name}.tmp.ts`, import.meta.url));
    writeFileSync(file, code);
    try {
      await import(/* @vite-ignore */ file);
    } finally {
      rmSync(file);
    }
  });
});

test("a line that is not printed is missed", () => {
  expect(has("a b c\nd", "a … c")).toBe(true);
  expect(has("a b c\nd", "a … d")).toBe(false);
});
