import { sections } from "../src/rules/readme.ts";
import { layers, scope } from "../src/workspace.ts";

const manifest = (folder: string, more: object): string => {
  const name = folder.split("/")[1];
  const shared = { name: `${scope}/${name}`, version: "0.1.0", license: "Apache-2.0", type: "module" };
  return JSON.stringify({ ...shared, ...more });
};

const entry = (name: string): object => ({
  [`${scope}/source`]: `./src/${name}.ts`,
  types: `./dist/${name}.d.ts`,
  default: `./dist/${name}.js`,
});

const published = {
  description: "a package of the example",
  sideEffects: false,
  engines: { node: ">=20.19" },
  files: ["dist", "src"],
  exports: { ".": entry("index"), "./messages": entry("messages"), "./package.json": "./package.json" },
  scripts: { build: "tsup", test: "vitest run", typecheck: "tsc" },
};

/** The files of a package that keeps every rule. */
function pack(name: string, layer: string, dependencies: object): readonly (readonly [string, string])[] {
  const folder = `packages/${name}`;
  const readme = sections.map(
    (section) => `## ${section}\n${section === "Example" ? "\n```ts\nimport {} from 'x';\n```\n" : ""}`,
  );
  const tags = name === "switch" ? [layer, "messages"] : [layer];
  const files: [string, string][] = [
    [
      "package.json",
      manifest(folder, { ...published, dependencies, devDependencies: { vitest: "catalog:" } }),
    ],
    ["turbo.json", JSON.stringify({ extends: ["//"], tags })],
    ["tsconfig.json", JSON.stringify({ extends: `${scope}/tsconfig/pure.json` })],
    ["tsconfig.build.json", JSON.stringify({ compilerOptions: { types: [] } })],
    ["README.md", `# ${scope}/${name}\n\nOne sentence.\n\n${readme.join("\n")}`],
    ["SPEC.md", "| `1b promise` | \n"],
    ["src/index.ts", '/** What it is for. */\nexport { type Thing, thing } from "./thing.ts";\n'],
    ["src/messages.ts", '/** What travels. */\nexport { thing } from "./thing.ts";\n'],
    ["src/thing.ts", "/** One. */\nexport interface Thing {}\n\n/** Another. */\nexport const thing = 1;\n"],
    ["test/thing.test.ts", 'import { test } from "vitest";\n'],
    ["test/readme.test.ts", 'import { test } from "vitest";\n'],
  ];
  return files.map(([path, text]) => [`${folder}/${path}`, text] as const);
}

const boundaries = Object.fromEntries(
  Object.entries(layers).map(([name, { imports, tests }]) => {
    const allow = [...(imports ?? []), ...tests, "tooling"];
    if (name !== "tooling") allow.push("proof");
    return [name, { dependencies: { allow: [...new Set(allow)] } }];
  }),
);

/** A small repository that keeps every rule: the tests break it, one rule at a time. */
export function soundHouse(): Map<string, string> {
  const maxLines = { level: "error", options: { maxLines: 70 } };
  const needed = { [`${scope}/base`]: "workspace:^" };
  return new Map([
    ...pack("base", "base", {}),
    ...pack("switch", "protocol", needed),
    ...pack("paxos", "protocol", needed),
    ...pack("client", "client", { ...needed, [`${scope}/switch`]: "workspace:^" }),
    ...pack("proof", "proof", needed),
    [
      "package.json",
      JSON.stringify({
        packageManager: "pnpm@1.2.3",
        scripts: { test: "npx -y --prefer-offline pnpm@1.2.3 run check" },
      }),
    ],
    ["pnpm-workspace.yaml", "catalog:\n  vitest: 4.1.12\n\npmOnFail: ignore\n"],
    ["turbo.json", JSON.stringify({ boundaries: { tags: boundaries } })],
    [
      "biome.json",
      JSON.stringify({ linter: { rules: { complexity: { noExcessiveLinesPerFunction: maxLines } } } }),
    ],
    [
      "tooling/tsconfig/pure.json",
      JSON.stringify({ extends: "./base.json", compilerOptions: { types: [] } }),
    ],
    [
      ".ci/run",
      '#!/usr/bin/env bash\nset -euo pipefail\nnpx -y --prefer-offline pnpm@1.2.3 run build\necho "$count passed"\n',
    ],
    [".github/workflows/ci.yml", "run: .ci/run\n"],
    [".changeset/config.json", JSON.stringify({ fixed: [], linked: [] })],
    [".changeset/one.md", `---\n"${scope}/paxos": minor\n---\n\nLeaders hand over without waiting.\n`],
    ["docs/README.md", "[one](decisions/001-one.md)\n"],
    ["docs/decisions/001-one.md", "# 001: one\n\nContext: a\nDecision: b\nBad: c\nAlternatives: d\n"],
    ["LICENSE", "Apache License\n"],
    ["pnpm-lock.yaml", lockfile],
  ]);
}

const lockfile = [
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
]
  .map((name) => `\n  '${name}@1.0.0':\n`)
  .join("");
