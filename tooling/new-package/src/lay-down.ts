import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ScaffoldError, type ScaffoldOptions, scaffold } from "./scaffold.ts";

/**
 * Writes a new package into the repository at `root` and answers the paths, from the root.
 *
 * @throws ScaffoldError `exists` when a file would be overwritten; nothing is written then.
 */
export function layDown(root: string, options: ScaffoldOptions): readonly string[] {
  const files = scaffold(options);
  for (const path of files.keys())
    if (existsSync(join(root, path)))
      throw new ScaffoldError(
        "exists",
        `"name" expected a new one, got "${options.name}": there is ${path}. Choose another name`,
      );
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...files.keys()];
}
