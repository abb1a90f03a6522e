import { build } from "esbuild";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { browserArguments, executablePath, hasBrowser } from "./support/browser.ts";
import { guideFiles, runGuide, withGuide } from "./support/guide.ts";

test("a block without a name, or with one that is taken, is refused", () => {
  const block = (text: string): string => `\`\`\`ts\n${text}\n\`\`\`\n`;
  expect([
    ...guideFiles(`${block("// a.ts\nlet a = 1;")}words\n${block("// b.ts\nlet b = 2;")}`).keys(),
  ]).toEqual(["a", "b"]);
  expect(() => guideFiles(block("let a = 1;"))).toThrow("begins with");
  expect(() => guideFiles(block("// a.ts\n") + block("// a.ts\n"))).toThrow("two blocks");
});

test("embed ordered broadcast in a Node service", async () => {
  expect(await runGuide("embed")).toEqual(["counters", "node", "service", "reading", "dying", "stopping"]);
});

test("assemble your own stack", async () => {
  expect(await runGuide("assemble")).toEqual(["ports", "suite", "stack", "page"]);
});

test("write a new protocol", async () => {
  const files = ["words", "chair", "seat", "suites", "check", "simulated", "binding", "cluster"];
  expect(await runGuide("new-protocol")).toEqual(files);
});

test.skipIf(!hasBrowser)("the assembled stack runs in Chromium, skipped because there is none", async () => {
  const { outputFiles } = await withGuide("assemble", (folder) =>
    build({
      entryPoints: [`${folder}/page.ts`],
      bundle: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      conditions: ["@eunomia/source"],
      write: false,
    }),
  );
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    const shown = page.waitForEvent("console");
    await page.addScriptTag({ type: "module", content: outputFiles[0]!.text });
    expect((await shown).text()).toBe("assembled: 20 clicks, 20, 20, 20 at the nodes");
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
