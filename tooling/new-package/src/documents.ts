import { scope } from "@eunomia/tidy";

/** The sample function: small, but with a property that a broken twin violates. */
const source = `/**
 * How many of \`count\` members make a majority: any two majorities share a member.
 *
 * @throws RangeError when \`count\` is not a positive integer.
 * @example
 * majority(5); // 3
 */
export function majority(count: number): number {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(\`"count" expected a positive integer, got \${count}\`);
  return Math.floor(count / 2) + 1;
}
`;

const test = (name: string): string => `import { majority } from "${scope}/${name}";
import { expect, test } from "vitest";

/** Two sets of this size, out of \`count\`, cannot miss each other. */
const meets = (size: (count: number) => number): boolean =>
  [1, 2, 3, 4, 5, 6, 7].every((count) => size(count) <= count && 2 * size(count) > count);

test("any two majorities share a member", () => {
  expect(meets(majority)).toBe(true);
});

test("the test refuses a broken twin", () => {
  expect(meets((count) => Math.ceil(count / 2))).toBe(false);
});

test("a caller's mistake is told", () => {
  expect(() => majority(0)).toThrow(RangeError);
});
`;

const readmeTest = `import { runReadmeBlocks } from "${scope}/vitest/readme";
import { expect, test } from "vitest";

test("the example in the README runs", async () => {
  expect(await runReadmeBlocks(new URL("../README.md", import.meta.url))).toBeGreaterThan(0);
});
`;

const readme = (name: string, layer: string): string => `# ${scope}/${name}

One sentence: what it decides or gives, under which faults.

## Install

\`\`\`sh
npm install ${scope}/${name}
\`\`\`

## Example

\`\`\`ts
import { majority } from "${scope}/${name}";

if (majority(5) !== 3) throw new Error("expected three of five");
\`\`\`

## What you must do

Give positive integers.

## What it promises

| property | test |
| --- | --- |
| any two majorities share a member | \`test/${name}.test.ts\` |

## What it does not do

It knows nothing of weights.

## Fits with

Any package of layer \`${layer}\` and above.

## Spec

No paper: a majority is more than half.

## Speed

Not measured: one division.

## Licence

Apache-2.0
`;

const spec = `# What the engines compute, rule by rule

| engine | action | rule | test |
|---|---|---|---|
`;

/** Sources, tests and texts of a new package, by path from its folder. */
export function documents(name: string, layer: string): ReadonlyMap<string, string> {
  const files = new Map([
    ["README.md", readme(name, layer)],
    [
      "src/index.ts",
      '/** What the package is for, in one sentence. */\nexport { majority } from "./majority.ts";\n',
    ],
    ["src/majority.ts", source],
    [`test/${name}.test.ts`, test(name)],
    ["test/readme.test.ts", readmeTest],
  ]);
  if (layer === "protocol") files.set("SPEC.md", spec);
  return files;
}
