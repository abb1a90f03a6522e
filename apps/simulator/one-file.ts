import type { Plugin } from "vite";

/** Puts scripts and styles into the page `source`, called index.html then: one file that also works from a disk, where modules may not be loaded. */
export function oneFile(source: string): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle[source];
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
      page.fileName = "index.html";
    },
  };
}
