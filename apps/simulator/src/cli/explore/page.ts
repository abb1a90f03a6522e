import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { appFolder, fromSources } from "../place.ts";
import { refuse } from "../refusal.ts";

/** Where `vite build` puts the page. */
export const pageFile: string = join(appFolder, "dist", "explorer", "index.html");

/**
 * The explorer page as one HTML file, of these engines. From sources it is built when it is absent or of other engines; it
 * carries their hash.
 */
export async function explorerPage(engines: string): Promise<string> {
  const isCurrent = (): boolean => existsSync(pageFile) && readFileSync(pageFile, "utf8").includes(engines);
  if (!isCurrent() && fromSources) {
    console.error("building the page ...");
    const { build } = await import("vite");
    await build({ root: appFolder, configFile: join(appFolder, "vite.config.ts"), logLevel: "error" });
  }
  if (!existsSync(pageFile))
    refuse("no-page", `there is no ${pageFile}`, "build it: pnpm --filter @eunomia/simulator run build");
  if (!isCurrent()) console.error("the page was built from other engines: it will refuse replays of these");
  return readFileSync(pageFile, "utf8");
}
