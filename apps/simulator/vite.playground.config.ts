import { defineConfig } from "vite";
import { oneFile } from "./one-file.ts";

export default defineConfig({
  base: "./",
  resolve: { conditions: ["@eunomia/source", "module", "browser", "development|production"] },
  build: {
    outDir: "dist/playground",
    emptyOutDir: true,
    target: "es2023",
    modulePreload: false,
    rollupOptions: { input: "playground.html" },
  },
  worker: { format: "iife" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [oneFile("playground.html")],
});
