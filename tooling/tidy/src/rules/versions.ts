import { matches } from "../scan.ts";
import type { Finding, Rule, Tree } from "../tree.ts";
import { json, type Manifest, members, scope } from "../workspace.ts";

/** Names under `catalog:` in pnpm-workspace.yaml. */
function catalogOf(tree: Tree): ReadonlySet<string> {
  const [, block = ""] = /^catalog:\n((?: {2}[^\n]*\n)*)/m.exec(tree.get("pnpm-workspace.yaml") ?? "") ?? [];
  return new Set([...block.matchAll(/^ {2}'?([^':\n]+)'?:/gm)].map((match) => match[1]!));
}

function* pnpmVersion(tree: Tree): Generator<Finding> {
  const pinned = json<Manifest>(tree, "package.json").packageManager ?? "";
  if (!/^pnpm@\d+\.\d+\.\d+$/.test(pinned))
    yield { path: "package.json", message: "packageManager expected pnpm@ and three numbers" };
  const places = [...tree.keys()].filter(
    (path) =>
      path === "package.json" || path === ".ci/run" || path.endsWith(".md") || path.startsWith(".github/"),
  );
  for (const path of places)
    for (const { line, found } of matches(tree.get(path)!, /\bpnpm@\d[\w.]*\b/g))
      if (found !== pinned) yield { path, line, message: `names ${found}; packageManager names ${pinned}` };
  for (const path of ["package.json", ".ci/run"])
    if (!tree.get(path)?.includes(`npx -y --prefer-offline ${pinned}`))
      yield { path, message: `expected npx -y --prefer-offline ${pinned}` };
}

/** One version of everything, named once. */
export const versionsRule: Rule = {
  name: "versions",
  *check(tree: Tree) {
    yield* pnpmVersion(tree);
    const catalog = catalogOf(tree);
    const used = new Set<string>();
    const root = json<Manifest>(tree, "package.json");
    for (const { folder, manifest } of [{ folder: "", manifest: root }, ...members(tree)]) {
      const path = folder === "" ? "package.json" : `${folder}/package.json`;
      for (const [name, range] of Object.entries({
        ...manifest.devDependencies,
        ...manifest.optionalDependencies,
        ...manifest.dependencies,
      })) {
        if (name.startsWith(`${scope}/`)) {
          if (!range.startsWith("workspace:"))
            yield { path, message: `${name} expected workspace:^, got ${range}` };
        } else if (range === "catalog:") {
          used.add(name);
          if (!catalog.has(name))
            yield { path, message: `${name} is not in the catalog of pnpm-workspace.yaml` };
        } else if (folder !== "" || !/^\d+\.\d+\.\d+$/.test(range))
          yield { path, message: `${name} expected catalog:, got ${range}` };
      }
      for (const [name, range] of Object.entries(manifest.dependencies ?? {}))
        if (name.startsWith(`${scope}/`) && range === "workspace:*" && manifest.private !== true)
          yield {
            path,
            message: `${name} expected workspace:^: a published package would pin one version of it`,
          };
    }
    for (const name of catalog)
      if (!used.has(name))
        yield { path: "pnpm-workspace.yaml", message: `nobody uses ${name} of the catalog` };
  },
};
