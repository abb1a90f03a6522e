import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { appFolder, fromSources } from "../place.ts";
import { refuse } from "../refusal.ts";

/** Where `vite build` puts the page. */
export const pageFile: string = join(appFolder, "dist", "explorer", "index.html");

/**
 * The explorer page as one HTML file, of these engines. From sources it is built when it is absent or of other engines; it
 * carries their hash.
 */
export function explorerPage(engines: string): string {
  const isCurrent = (): boolean => existsSync(pageFile) && readFileSync(pageFile, "utf8").includes(engines);
  if (!isCurrent() && fromSources) {
    console.error("building the page ...");
    const { resolve } = createRequire(import.meta.url);
    const vite = join(dirname(resolve("vite/package.json")), "bin", "vite.js");
    const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "error"], {
      cwd: appFolder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) refuse("no-page", "vite could not build the page", "see above, and mend that first");
  }
  if (!existsSync(pageFile))
    refuse("no-page", `there is no ${pageFile}`, "build it: pnpm --filter @eunomia/simulator run build");
  if (!isCurrent()) console.error("the page was built from other engines: it will refuse replays of these");
  return readFileSync(pageFile, "utf8");
}
