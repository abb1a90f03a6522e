import type { Manifest } from "./workspace.ts";

/** What a stranger must find in every package. */
const always = ["package.json", "README.md", "LICENSE"];

/**
 * What is wrong with a packed package, in words; empty if nothing is.
 *
 * @param manifest as it lies in the tarball, where pnpm has put versions in the place of `workspace:` and `catalog:`
 * @param files paths in the tarball, without the leading `package/`
 */
export function tarballProblems(manifest: Manifest, files: readonly string[]): readonly string[] {
  const there = new Set(files);
  const problems: string[] = [];
  for (const file of always) if (!there.has(file)) problems.push(`${file} is not in the tarball`);
  const meant = (manifest.files ?? []).filter((folder) => !/^(?:test|bench)\b/.test(folder));
  const isMeant = (file: string): boolean =>
    meant.some((each) => file === each || file.startsWith(`${each}/`)) ||
    always.includes(file) ||
    file === "CHANGELOG.md";
  for (const file of files) if (!isMeant(file)) problems.push(`${file} does not belong in the tarball`);
  const { exports = {} } = manifest;
  if (Object.keys(exports).length === 0) problems.push("no exports: everything could be imported");
  for (const [subpath, targets] of Object.entries(exports)) {
    if (subpath.includes("*")) problems.push(`exports: "${subpath}" opens whole folders`);
    if (subpath === "./package.json") continue;
    if (typeof targets === "string" || targets.types === undefined)
      problems.push(`exports: "${subpath}" has no types`);
    for (const target of typeof targets === "string" ? [targets] : Object.values(targets))
      if (!there.has(target.replace(/^\.\//, "")))
        problems.push(`exports: "${subpath}" names ${target}, which is not in the tarball`);
  }
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"] as const)
    for (const [name, range] of Object.entries(manifest[kind] ?? {}))
      if (/^(?:workspace|catalog|file|link):/.test(range))
        problems.push(`${kind}: "${name}" is ${range}, which nobody else can resolve`);
  if (manifest.sideEffects !== false)
    problems.push("sideEffects: expected false, so that bundlers may drop what is not used");
  return problems;
}
