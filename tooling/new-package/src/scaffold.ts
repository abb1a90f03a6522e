import { layers, scope } from "@eunomia/tidy";
import { documents } from "./documents.ts";

/** A package that cannot be laid down as asked. Match on `code`. */
export class ScaffoldError extends Error {
  readonly code: "name" | "layer" | "exists";
  constructor(code: ScaffoldError["code"], message: string) {
    super(message);
    this.name = "ScaffoldError";
    this.code = code;
  }
}

/** What the new package is to be. */
export interface ScaffoldOptions {
  /** Name without the scope; also the name of its folder. */
  readonly name: string;
  /** A layer of the house that packages stand in. */
  readonly layer: string;
  /** One line, as the registry shows it. */
  readonly description?: string;
}

/** Layers that a package may stand in: apps and tooling have rooms of their own. */
export const packageLayers: readonly string[] = Object.keys(layers).filter(
  (layer) => layer !== "app" && layer !== "tooling",
);

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function manifest(name: string, description: string, pure: boolean): object {
  const tooling = ["tsconfig", "tsup", "vitest"].map((tool) => [`${scope}/${tool}`, "workspace:*"]);
  const outside = ["@types/node", "tsup", "typescript", "vitest"].map((tool) => [tool, "catalog:"]);
  return {
    name: `${scope}/${name}`,
    version: "0.1.0",
    description,
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    files: ["dist", "src"],
    exports: {
      ".": { [`${scope}/source`]: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
    scripts: {
      build: "tsup && tsc -p tsconfig.build.json",
      test: "vitest run",
      typecheck: pure ? "tsc && tsc -p tsconfig.test.json" : "tsc",
    },
    devDependencies: Object.fromEntries([...tooling, ...outside]),
  };
}

/**
 * The files of a new package, by path from the root of the repository.
 *
 * @throws ScaffoldError `name` or `layer` when that is not one.
 * @example
 * for (const [path, text] of scaffold({ name: "lattice", layer: "logic" })) console.log(path, text.length);
 */
export function scaffold({ name, layer, description }: ScaffoldOptions): ReadonlyMap<string, string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new ScaffoldError(
      "name",
      `"name" expected lower-case words with hyphens, got "${name}". Leave the scope out`,
    );
  if (!packageLayers.includes(layer))
    throw new ScaffoldError(
      "layer",
      `"layer" expected ${packageLayers.join(", ")}, got "${layer}". The table is in turbo.json`,
    );
  const pure = layers[layer]?.pure === true;
  const folder = `packages/${name}`;
  const build = {
    extends: `${scope}/tsconfig/build.json`,
    ...(pure ? { compilerOptions: { types: [] } } : {}),
  };
  const files = new Map([
    [`${folder}/package.json`, json(manifest(name, description ?? `What ${name} is for`, pure))],
    [`${folder}/turbo.json`, `{ "extends": ["//"], "tags": ["${layer}"] }\n`],
    [`${folder}/tsconfig.json`, json({ extends: `${scope}/tsconfig/${pure ? "pure" : "base"}.json` })],
    [`${folder}/tsconfig.build.json`, json(build)],
    [`${folder}/tsup.config.ts`, `export { default } from "${scope}/tsup";\n`],
    [`${folder}/vitest.config.ts`, `export { default } from "${scope}/vitest";\n`],
  ]);
  if (pure) files.set(`${folder}/tsconfig.test.json`, json({ extends: `${scope}/tsconfig/base.json` }));
  for (const [path, text] of documents(name, layer)) files.set(`${folder}/${path}`, text);
  files.set(
    `.changeset/${name}.md`,
    `---\n"${scope}/${name}": minor\n---\n\nA first version: say here what users can do with it.\n`,
  );
  return files;
}
