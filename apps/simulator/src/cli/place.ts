import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this application, whether its sources run or what was built from them. */
export const appFolder: string = (() => {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, "package.json"))) return at;
  return process.cwd();
})();

/** Does this program run from its sources? */
export const fromSources: boolean = import.meta.url.endsWith(".ts");
