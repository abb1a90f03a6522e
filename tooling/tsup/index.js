import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

// One entry for each subpath that the package exports (and its bin): the manifest is the only list.
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const sources = Object.values(manifest.exports ?? {})
  .map((entry) => entry["@eunomia/source"])
  .filter((path) => path !== undefined);
const bins = Object.values(manifest.bin ?? {}).map((path) =>
  path.replace("./dist/", "./src/").replace(".js", ".ts"),
);

// tsup writes the JavaScript; `tsc -p tsconfig.build.json` writes the declarations.
export default defineConfig({
  entry: [...new Set([...sources, ...bins])],
  format: "esm",
  target: "node20",
  sourcemap: true,
  clean: true,
});
