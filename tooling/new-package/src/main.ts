import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { layDown } from "./lay-down.ts";
import { packageLayers, ScaffoldError } from "./scaffold.ts";

const usage = `usage: pnpm new-package NAME --layer ${packageLayers.join("|")} [--description "one line"]`;
const root = fileURLToPath(new URL("../../..", import.meta.url));

try {
  const { values, positionals } = parseArgs({
    options: { layer: { type: "string" }, description: { type: "string" } },
    allowPositionals: true,
  });
  const [name = "", ...rest] = positionals;
  if (rest.length > 0) throw new ScaffoldError("name", `"name" expected one, got ${positionals.join(" ")}`);
  const { layer = "", description } = values;
  const paths = layDown(root, { name, layer, ...(description === undefined ? {} : { description }) });
  console.log(
    `${paths.join("\n")}\nNext: npm test (it installs what is new), then put your own in the place of the sample.`,
  );
} catch (error) {
  if (!(error instanceof ScaffoldError || (error instanceof Error && "code" in error))) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
