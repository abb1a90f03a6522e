import { importsOf, packageOf } from "../scan.ts";
import type { Finding, Rule, Tree } from "../tree.ts";
import { json, layerOf, layers, type Member, members, scope, shipped, sources } from "../workspace.ts";

interface TurboConfig {
  boundaries: { tags: Record<string, { dependencies: { allow: string[] } }> };
}

const among = (tags: readonly string[], allowed: readonly string[]): boolean =>
  tags.some((tag) => allowed.includes(tag));

/** Tags that turbo has to allow: it does not tell sources from tests. */
const allowedByTurbo = (name: string): readonly string[] => {
  const { imports, tests } = layers[name]!;
  return [...(imports ?? []), ...tests, ...(name === "tooling" ? [] : ["proof", "tooling"])];
};

function* table(tree: Tree): Generator<Finding> {
  const { boundaries } = json<TurboConfig>(tree, "turbo.json");
  for (const [name, { imports }] of Object.entries(layers)) {
    if (imports === null) continue;
    const expected = [...new Set(allowedByTurbo(name))].sort().join(", ");
    const got = [...(boundaries?.tags[name]?.dependencies.allow ?? [])].sort().join(", ");
    if (got !== expected)
      yield {
        path: "turbo.json",
        message: `layer "${name}" expected to allow ${expected}; got ${got || "nothing"}`,
      };
  }
}

function* dependencies(member: Member, byName: ReadonlyMap<string, Member>): Generator<Finding> {
  const path = `${member.folder}/package.json`;
  const layer = layerOf(member);
  if (layer === undefined) {
    yield {
      path: `${member.folder}/turbo.json`,
      message: `expected a first tag among ${Object.keys(layers).join(", ")}`,
    };
    return;
  }
  if (layer.imports === null) return;
  const check = function* (
    names: readonly string[],
    allowed: readonly string[],
    kind: string,
  ): Generator<Finding> {
    for (const name of names) {
      const other = byName.get(name);
      if (other !== undefined && !among(other.tags, allowed))
        yield {
          path,
          message: `${kind} of layer "${member.tags[0]}" may not hold ${name} (${other.tags.join(", ")})`,
        };
    }
  };
  yield* check(Object.keys(shipped(member.manifest)), layer.imports, "dependencies");
  yield* check(
    Object.keys(member.manifest.devDependencies ?? {}),
    [...layer.imports, ...layer.tests, "proof", "tooling"],
    "devDependencies",
  );
}

function* imports(tree: Tree, member: Member, byName: ReadonlyMap<string, Member>): Generator<Finding> {
  const { manifest, folder } = member;
  const kept = shipped(manifest);
  for (const path of sources(tree, `${folder}/src`))
    for (const { line, specifier } of importsOf(tree.get(path)!)) {
      const name = packageOf(specifier);
      if (name === null || name === manifest.name) continue;
      if (kept[name] === undefined)
        yield { path, line, message: `${name} is imported by sources, so it belongs into dependencies` };
      // A client may know what travels, not the engine behind it.
      const other = byName.get(name);
      if (member.tags[0] === "client" && other?.tags.includes("protocol") && specifier !== `${name}/messages`)
        yield { path, line, message: `a client may import ${name}/messages only; got ${specifier}` };
    }
}

/** Who may stand on whom: in manifests, in sources, and in the table that `turbo boundaries` reads. */
export const layersRule: Rule = {
  name: "layers",
  *check(tree: Tree) {
    const all = members(tree);
    const byName = new Map(all.map((member) => [member.manifest.name ?? "", member]));
    yield* table(tree);
    for (const member of all) {
      yield* dependencies(member, byName);
      if (member.room !== "tooling") yield* imports(tree, member, byName);
      if (
        (member.room === "apps") !== (member.tags[0] === "app") ||
        (member.room === "tooling") !== (member.tags[0] === "tooling")
      )
        yield {
          path: `${member.folder}/turbo.json`,
          message: `a member of ${member.room}/ has another layer than "${member.tags[0]}"`,
        };
      for (const name of Object.keys(shipped(member.manifest)))
        if (name.startsWith(`${scope}/`) && !byName.has(name))
          yield { path: `${member.folder}/package.json`, message: `${name} is not in the workspace` };
    }
  },
};
