import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { appFolder, fromSources } from "./place.ts";

const words = (args: readonly string[]): string =>
  args.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");

/** The command line that calls this program again with these arguments, to be copied as it stands. */
export function invocation(args: readonly string[]): string {
  if (!fromSources)
    return words(["node", relative(process.cwd(), join(appFolder, "dist", "main.js")), ...args]);
  // The root of the repository has a script for it.
  if (existsSync(join(process.cwd(), "pnpm-workspace.yaml"))) return `npm run -s simulator -- ${words(args)}`;
  const main = relative(process.cwd(), join(appFolder, "src", "main.ts"));
  return words(["npx", "tsx", "--conditions=@eunomia/source", main, ...args]);
}
