import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./shell.ts";
import type { Manifest, Package } from "./workspace.ts";

/** A packed package. */
export interface Tarball {
  readonly path: string;
  /** As it lies in the tarball. */
  readonly manifest: Manifest;
  /** Paths in the tarball, without the leading `package/`. */
  readonly files: readonly string[];
}

/** Packs a built package as `pnpm publish` would. */
export function pack({ folder }: Package, into: string): Tarball {
  mkdirSync(into, { recursive: true });
  const said = run("pnpm", ["pack", "--json", "--pack-destination", into], folder);
  const { filename } = JSON.parse(said.slice(said.indexOf("{"))) as { filename: string };
  const path = filename.startsWith("/") ? filename : join(into, filename);
  const files = run("tar", ["-tzf", path], into)
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith("/"))
    .map((line) => line.replace(/^package\//, ""));
  const manifest = JSON.parse(run("tar", ["-xzOf", path, "package/package.json"], into)) as Manifest;
  return { path, manifest, files };
}
