import { describe, expect, test } from "vitest";
import { findings, rules } from "../src/index.ts";
import { soundHouse } from "./house.ts";

type House = Map<string, string>;

/** Adds to a file, or makes it. */
const add = (path: string, text: string) => (house: House) => house.set(path, (house.get(path) ?? "") + text);
const drop = (path: string) => (house: House) => house.delete(path);
/** Puts one text in the place of another, which must be there. */
const swap = (path: string, old: string, text: string) => (house: House) => {
  const before = house.get(path) ?? "";
  expect(before).toContain(old);
  house.set(path, before.replace(old, text));
};

const thing = "packages/paxos/src/thing.ts";
const index = "packages/paxos/src/index.ts";
const paxos = "packages/paxos/package.json";
const readme = "packages/paxos/README.md";

// Words of the rule itself, in two halves.
const join = (...parts: string[]): string => parts.join("");

/** Per rule: what is broken, how, and a part of what the rule must say. */
const broken: Readonly<Record<string, readonly (readonly [string, (house: House) => unknown, string])[]>> = {
  changesets: [
    ["an unknown package", swap(".changeset/one.md", "/paxos", "/raft"), "no published package"],
    ["an unknown step", swap(".changeset/one.md", "minor", "huge"), 'expected "name": patch, minor or major'],
    [
      "nothing said",
      swap(".changeset/one.md", "Leaders hand over without waiting.", "Fix."),
      "a sentence for the user",
    ],
    [
      "no front matter",
      (house) => house.set(".changeset/two.md", "Something for the user.\n"),
      "between two lines",
    ],
  ],
  ci: [
    ["no count at the end", swap(".ci/run", 'echo "$count passed"\n', ""), "last command"],
    ["goes on after a failure", swap(".ci/run", "set -euo pipefail", ""), "stops at the first failure"],
    ["no workflow", drop(".github/workflows/ci.yml"), "a workflow that runs"],
  ],
  decisions: [
    ["a gap", (house) => house.set("docs/decisions/003-three.md", "# 003: x"), "numbers have no gaps"],
    ["too long", add("docs/decisions/001-one.md", "more\n".repeat(20)), "expected at most 15"],
    ["only the good side", swap("docs/decisions/001-one.md", "Bad: c\n", ""), '"Bad:"'],
    ["not in the map", drop("docs/README.md"), "does not list"],
    ["another number in its title", swap("docs/decisions/001-one.md", "# 001", "# 002"), '"# 001: "'],
  ],
  documented: [
    ["no doc comment", swap(thing, "/** Another. */\n", ""), '"thing" is public'],
    ["an interface without a word", swap(thing, "/** One. */\n", ""), '"Thing" is public'],
    ["a file that is gone", drop(thing), "is missing, but"],
    [
      "through another file",
      (house) => {
        swap(index, "./thing.ts", "./more.ts")(house);
        add("packages/paxos/src/more.ts", 'export { Thing, other as thing } from "./other.ts";')(house);
        add(
          "packages/paxos/src/other.ts",
          "/** T. */\nexport interface Thing {}\nexport const other = 1;\n",
        )(house);
      },
      '"thing" is public',
    ],
  ],
  index: [
    ["code", add(index, "export const more = 1;\n"), "nothing but"],
    ["a side effect", add(index, 'import "./thing.ts";\n'), "nothing but"],
    ["no doc comment", swap(index, "/** What it is for. */\n", ""), "doc comment"],
  ],
  layers: [
    [
      "a protocol on another",
      swap(paxos, '"dependencies":{', '"dependencies":{"@eunomia/switch":"workspace:^",'),
      "may not hold @eunomia/switch",
    ],
    [
      "a protocol tested with another",
      swap(paxos, '"devDependencies":{', '"devDependencies":{"@eunomia/switch":"workspace:^",'),
      "devDependencies of layer",
    ],
    [
      "a proof package shipped",
      swap(paxos, '"dependencies":{', '"dependencies":{"@eunomia/proof":"workspace:^",'),
      "may not hold @eunomia/proof",
    ],
    [
      "a proof package in sources",
      (house) => {
        swap(paxos, '"devDependencies":{', '"devDependencies":{"@eunomia/proof":"workspace:^",')(house);
        add(thing, 'import { run } from "@eunomia/proof";\n')(house);
      },
      "belongs into dependencies",
    ],
    ["a dynamic import", add(thing, 'await import("@eunomia/client");\n'), "belongs into dependencies"],
    [
      "an outside package only tests have",
      add(thing, 'import type { T } from "vitest";\n'),
      "vitest is imported by sources",
    ],
    [
      "a client that sees an engine",
      add("packages/client/src/thing.ts", 'import { replica } from "@eunomia/switch";\n'),
      "@eunomia/switch/messages only",
    ],
    [
      "a client on a protocol",
      swap(
        "packages/client/package.json",
        '"dependencies":{',
        '"dependencies":{"@eunomia/paxos":"workspace:^",',
      ),
      "may not hold @eunomia/paxos",
    ],
    ["no layer", drop("packages/paxos/turbo.json"), "expected a first tag"],
    ["a package among apps", swap("packages/paxos/turbo.json", "protocol", "app"), "has another layer"],
    [
      "turbo told otherwise",
      swap("turbo.json", '"base","logic"', '"base","logic","protocol"'),
      "expected to allow",
    ],
    [
      "not in the workspace",
      swap(paxos, '"dependencies":{', '"dependencies":{"@eunomia/gone":"workspace:^",'),
      "is not in the workspace",
    ],
  ],
  links: [
    ["a dead link", add(readme, "see [there](../gone/README.md)\n"), "leads nowhere"],
    [
      "a test that is gone",
      add(readme, "| agreement | `test/gone.test.ts` |\n"),
      "there is no test/gone.test.ts",
    ],
  ],
  lockfile: [
    [
      "no macOS",
      swap("pnpm-lock.yaml", "@turbo/darwin-arm64", "@turbo/linux-64"),
      "lacks @turbo/darwin-arm64",
    ],
  ],
  manifest: [
    ["another name", swap(paxos, "@eunomia/paxos", "@eunomia/raft"), "name of the folder"],
    ["another licence", swap(paxos, "Apache-2.0", "MIT"), "license"],
    ["sources left out", swap(paxos, '["dist","src"]', '["dist"]'), "files"],
    ["a condition left out", swap(paxos, '"types":"./dist/index.d.ts",', ""), "in this order"],
    ["another file", swap(paxos, "./dist/index.js", "./dist/main.js"), "are built from"],
    ["a subpath without source", drop("packages/paxos/src/messages.ts"), "there is no ./src/messages.ts"],
    [
      "no way to the manifest",
      swap(paxos, ',"./package.json":"./package.json"', ""),
      'exports expected "./package.json"',
    ],
    [
      "no test",
      (house) => {
        drop("packages/paxos/test/thing.test.ts")(house);
        drop("packages/paxos/test/readme.test.ts")(house);
      },
      "has no test",
    ],
    [
      "versions in lockstep",
      swap(".changeset/config.json", '"fixed":[]', '"fixed":["a"]'),
      "versions are independent",
    ],
    ["an app that would be published", (house) => house.set("apps/x/package.json", "{}"), "private: true"],
  ],
  pure: [
    ["the clock", add(thing, "const at = Date.now();\n"), "Date."],
    ["chance", add(thing, "const x = Math.random();\n"), "Math.random"],
    ["a global", add(thing, "const x = globalThis;\n"), "globalThis"],
    ["a timer", add(thing, "setTimeout(() => {}, 1);\n"), "setTimeout"],
    ["the process", add(thing, "const x = process.env;\n"), "process.env"],
    ["the console", add(thing, "console.log(1);\n"), "console.log"],
    ["an async function", add(thing, "const f = async () => {};\n"), "async"],
    ["a promise", add(thing, "type Later = Promise<number>;\n"), "Promise"],
    ["state of the module", add(thing, "let counter = 0;\n"), "state of a module"],
    ["exported state of the module", add(thing, "export let counter = 0;\n"), "state of a module"],
    ["the language of the machine", add(thing, 'const x = "a".localeCompare("b");\n'), "localeCompare"],
    ["Node", add(thing, 'import { readFileSync } from "node:fs";\n'), "is not pure"],
    ["an impure package", add(thing, 'import { x } from "ws";\n'), "ws is not pure"],
    ["types of the platform", swap("packages/paxos/tsconfig.json", "pure.json", "base.json"), "pure.json"],
    [
      "types of the platform when built",
      swap("packages/paxos/tsconfig.build.json", '"types":[]', '"types":["node"]'),
      '"types": []',
    ],
    [
      "an option of its own",
      swap("packages/paxos/tsconfig.json", "}", ',"compilerOptions":{"types":["node"]}}'),
      "no compiler option",
    ],
    [
      "types of the platform for all",
      swap("tooling/tsconfig/pure.json", '"types":[]', '"types":["node"]'),
      '"types": []',
    ],
  ],
  readme: [
    ["no README", drop(readme), "is missing"],
    [
      "a section left out",
      swap(readme, "## What it does not do", "## Notes"),
      "lacks the sections What it does not do",
    ],
    [
      "another order",
      (house) => {
        swap(readme, "## Speed", "## X")(house);
        swap(readme, "## Spec\n", "## Speed\n")(house);
        swap(readme, "## X", "## Spec")(house);
      },
      "in the order",
    ],
    ["no example", swap(readme, "```ts", "```sh"), "a ts block"],
    ["an example that nobody runs", drop("packages/paxos/test/readme.test.ts"), "must run"],
  ],
  sizes: [
    ["a long file", add(thing, "const x = 1;\n".repeat(330)), "lines; expected at most 320"],
    ["an error hidden", add(thing, join("// @ts-", "ignore\n")), "hides an error"],
    ["export *", add(thing, 'export * from "./other.ts";\n'), "hides names"],
    ["long functions", swap("biome.json", "70", "300"), "at most 70 lines"],
  ],
  spec: [
    ["no SPEC.md", drop("packages/paxos/SPEC.md"), "is missing"],
    [
      "an action left out",
      add(thing, 'const a = on.message(\n  "p1a",\n  "1b refuse",\n);\n'),
      '"1b refuse"',
    ],
    ["a start action left out", add(thing, 'const a = on.start("restart", () => null);\n'), '"restart"'],
  ],
  versions: [
    ["a version of its own", swap(paxos, '"vitest":"catalog:"', '"vitest":"^4.0.0"'), "expected catalog:"],
    [
      "not in the catalog",
      swap(paxos, '"vitest":"catalog:"', '"left-pad":"catalog:"'),
      "is not in the catalog",
    ],
    [
      "used by nobody",
      swap("pnpm-workspace.yaml", "catalog:\n", "catalog:\n  'left-pad': 1.0.0\n"),
      "nobody uses left-pad",
    ],
    ["a published copy of our own", swap(paxos, '"workspace:^"', '"^0.1.0"'), "expected workspace:^"],
    ["a pin", swap(paxos, '"workspace:^"', '"workspace:*"'), "pin one version"],
    ["two versions of pnpm", swap(".ci/run", "pnpm@1.2.3", "pnpm@1.2.4"), "packageManager names"],
    ["a range of pnpm", swap("package.json", '"pnpm@1.2.3"', '"pnpm@1"'), "three numbers"],
  ],
  words: [
    ["unfinished", add(thing, join("// TO", "DO later\n")), "finish it"],
    ["a stub", add(thing, join('throw new Error("not ', 'implemented");\n')), "finish it"],
    [
      "one test alone",
      add("packages/paxos/test/thing.test.ts", join("test.on", "ly(() => {});\n")),
      "would not run",
    ],
    [
      "a test left out without a word",
      add("packages/paxos/test/thing.test.ts", join("test.sk", 'ip("x", () => {});\n')),
      "say why",
    ],
    ["a path of one machine", add(readme, join("run /ho", "me/me/x\n")), "one machine"],
    ["a registry", add(".npmrc", join("x=https://regist", "ry.example.org/\n")), "own choice"],
    ["how it was made", add(readme, join("as the language ", "model said\n")), "how it was made"],
  ],
};

test("a sound house passes", () => {
  for (const rule of rules) expect([rule.name, ...findings(rule, soundHouse())]).toEqual([rule.name]);
});

for (const rule of rules)
  describe(rule.name, () => {
    // A rule without a broken example is one that may never fail.
    const examples = broken[rule.name] ?? [];
    test("has broken examples", () => expect(examples).not.toEqual([]));
    test.each(examples)("refuses %s", (_what, breakIt, said) => {
      const house = soundHouse();
      breakIt(house);
      expect(findings(rule, house).join("\n")).toContain(said);
    });
  });

test("the limit of functions may spare tests", () => {
  const house = soundHouse();
  const complexity = { noExcessiveLinesPerFunction: { level: "error", options: { maxLines: 70 } } };
  const overrides = [{ includes: ["**/src/**"], linter: { rules: { complexity } } }];
  house.set("biome.json", JSON.stringify({ linter: { rules: {} }, overrides }));
  for (const rule of rules) expect(findings(rule, house)).toEqual([]);
});

test("what is allowed is not refused", () => {
  const house = soundHouse();
  add(
    thing,
    '/* Date.now() */\nconst a = "Math.random()"; // setTimeout(\nconst process = 1;\nconst list = ["--import", "tsx"];\n',
  )(house);
  add(
    "packages/paxos/test/thing.test.ts",
    join("test.sk", "ipIf(one.needs !== undefined)(one.name, run);\n"),
  )(house);
  for (const rule of rules) expect(findings(rule, house)).toEqual([]);
});
