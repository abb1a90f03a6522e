import { defineConfig, type Plugin } from "vite";
import { engineHash } from "./src/cli/engine-hash.ts";

/** Puts scripts and styles into the page: one file that also works from a disk, where modules may not be loaded. */
function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") return;
      let html = String(page.source);
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue;
        const file = name.replaceAll(".", "\\.");
        if (part.type === "chunk")
          html = html.replace(
            new RegExp(`<script[^>]*src="[^"]*${file}"[^>]*></script>`),
            () => `<script type="module">${part.code.replaceAll("</script", "<\\/script")}</script>`,
          );
        else if (name.endsWith(".css"))
          html = html.replace(
            new RegExp(`<link[^>]*href="[^"]*${file}"[^>]*>`),
            () => `<style>${part.source}</style>`,
          );
        // Anything else is data of tests that a package has beside its sources: nothing in the page asks for it.
        delete bundle[name];
      }
      page.source = html;
    },
  };
}

export default defineConfig({
  base: "./",
  define: { ENGINES: JSON.stringify(engineHash()) },
  resolve: { conditions: ["@eunomia/source", "module", "browser", "development|production"] },
  build: { outDir: "dist/explorer", emptyOutDir: true, target: "es2023", modulePreload: false },
  worker: { format: "iife" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [oneFile()],
});
