import { defineConfig } from "vite";
import { oneFile } from "./one-file.ts";
import { engineHash } from "./src/cli/engine-hash.ts";

export default defineConfig({
  base: "./",
  define: { ENGINES: JSON.stringify(engineHash()) },
  resolve: { conditions: ["@eunomia/source", "module", "browser", "development|production"] },
  build: { outDir: "dist/explorer", emptyOutDir: true, target: "es2023", modulePreload: false },
  worker: { format: "iife" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [oneFile("index.html")],
});
