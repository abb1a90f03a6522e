import { expect, test } from "vitest";
import { codeOnly, importsOf, packageOf } from "../src/scan.ts";

const specifiers = (source: string): readonly string[] =>
  [...importsOf(source)].map(({ specifier }) => specifier);

test("finds imports of every form, with their lines", () => {
  const source = [
    'import { a } from "one";',
    'import type { b } from "two";',
    "import {",
    "  c,",
    '} from "three";',
    'export { d } from "./four.ts";',
    'import "five";',
    'const six = await import("six");',
    "export const a = 1;",
    'import * as seven from "seven";',
  ].join("\n");
  expect([...importsOf(source)]).toEqual([
    { line: 1, specifier: "one" },
    { line: 2, specifier: "two" },
    { line: 5, specifier: "three" },
    { line: 6, specifier: "./four.ts" },
    { line: 7, specifier: "five" },
    { line: 8, specifier: "six" },
    { line: 10, specifier: "seven" },
  ]);
});

test("takes no comment and no text for an import", () => {
  expect(
    specifiers('// import { a } from "one";\n/* import "two"; */\nconst list = ["--import", "tsx"];'),
  ).toEqual([]);
  expect(specifiers('const text = `import { a } from "three";`;')).toEqual([]);
});

test("blanks comments, strings and regular expressions, and keeps lines", () => {
  const source =
    'const a = "Date.now()"; // Date\nconst b = /"/g; Date;\nconst c = 4 / 2; /* x\n */ let d = `a\n"`;\n';
  const code = codeOnly(source);
  expect(code.split("\n").map((line) => line.length)).toEqual(source.split("\n").map((line) => line.length));
  expect(code.match(/Date/g)).toHaveLength(1);
  expect(code).toContain("4 / 2");
  expect(code).toContain("let d");
});

test("names the package of a specifier", () => {
  expect(["@a/b/c", "@a/b", "d/e.js", "f", "./g.ts", "node:fs"].map(packageOf)).toEqual([
    "@a/b",
    "@a/b",
    "d",
    "f",
    null,
    null,
  ]);
});
