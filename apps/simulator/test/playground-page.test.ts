import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BuiltPage, hasBrowser } from "./support/browser.ts";

if (!hasBrowser) console.warn("no Chromium here: the page is not tested; CHROMIUM names one elsewhere");

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const data = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/quorum-algebra/data/${name}.json`, import.meta.url));

describe.skipIf(!hasBrowser)("the playground in Chromium, skipped because there is none", () => {
  let built: BuiltPage;
  const open = (address = "", viewport?: { width: number; height: number }) => built.open(address, viewport);
  beforeAll(async () => {
    built = await BuiltPage.start("playground");
  });
  afterAll(async () => {
    await built?.stop();
    expect(built.complaints).toEqual([]);
  });

  test("types an expression, turns nodes, lists sets, slides chances", async () => {
    const page = await open();
    await page.getByLabel("Quorums, stake or a trust graph").fill("{x1, x2, x3, x4} >= 3");
    await page.getByText("Quorums of 4 nodes: typed").first().waitFor();
    await page.getByRole("button", { name: "x1 is well" }).click();
    await page.getByText("It goes on").waitFor();
    await page.locator("#picture [data-node='x2']").click();
    await page.getByText("It stands still").waitFor();
    expect(await page.locator("#picture svg").getAttribute("aria-label")).toContain("3 of 4");
    await page.getByRole("button", { name: "All well" }).click();
    expect(await page.getByText("It stands still").count()).toBe(0);

    await page.getByRole("button", { name: "who can halt it" }).click();
    await page.getByText("6, which are all").waitFor();
    expect(await page.locator("#sets li").first().textContent()).toBe("x1, x2");

    const before = await page.locator("#chances dd").first().textContent();
    await page.locator("#crash").fill("-1");
    await page.getByText("a node is down: 10 %").waitFor();
    await page.waitForFunction((old) => document.querySelector("#chances dd")?.textContent !== old, before);
    await page.close();
  });

  test("says in place what is wrong with a text, and goes on from there", async () => {
    const page = await open();
    const text = page.getByLabel("Quorums, stake or a trust graph");
    await text.fill("{a, b >= 2");
    await page.locator("#said", { hasText: "line 1, column 7: expected" }).waitFor();
    expect(await text.getAttribute("aria-invalid")).toBe("true");
    await text.fill("{a, b} >= 2");
    await page.getByText("Quorums of 2 nodes").first().waitFor();
    await page.close();
  });

  test("tells an operator which organisations can halt or split a network", async () => {
    const page = await open();
    await page.setInputFiles("#files", data("stellar-2025-07-20"));
    await page.getByText("It takes 3 organisations to split it, by lying").waitFor();
    await page.getByRole("button", { name: "who can halt it" }).click();
    await page.getByLabel("whole organisations").check();
    await page.getByText("35, which are all").waitFor();
    for (const name of ["lobstr.co", "satoshipay.io", "www.stellar.org"])
      await page.locator("#nodes button.link", { hasText: name }).click();
    await page.getByText("It stands still").waitFor();
    expect(await page.locator(".node.down").count()).toBe(9);
    await page.close();
  });

  test("tells a designer what two chains can agree on", async () => {
    const page = await open();
    await page.setInputFiles("#files", [data("cosmoshub-4-2022-10"), data("osmosis-1-2021-07-23")]);
    await page.getByText("no agreement can be promised even if everybody is honest").first().waitFor();
    await page.selectOption("#rule", "9/10");
    await page.getByText(/must agree while the Byzantine have less than 6\.61 %/).waitFor();
    expect(await page.locator("#picture svg").getAttribute("aria-label")).toContain("Stake");
    await page.close();
  });

  test("works with the keyboard alone, and in the dark", async () => {
    const page = await open();
    await page.keyboard.press("t");
    await page.keyboard.press("t");
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    const paper = await page.locator("#picture svg > rect").evaluate((rect) => getComputedStyle(rect).fill);
    expect(paper).toBe("rgb(22, 24, 28)");
    await page.keyboard.press("n");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "a1 is down" }).waitFor();
    await page.keyboard.press("h");
    await page.getByRole("button", { name: "a1 is well" }).waitFor();
    await page.keyboard.press("2");
    expect(await page.locator("[role=tab][aria-selected=true]").textContent()).toContain("Nines");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("t");
    await page.close();
  });

  test("a link holds what was typed; a narrow window shows one room at a time", async () => {
    const page = await open(`q=${encodeURIComponent("{p, q, r} >= 2")}`, { width: 420, height: 800 });
    expect(await page.getByText("Quorums of 3 nodes").first().textContent()).toContain("typed");
    await page.locator("#picture svg").waitFor();
    expect(await page.locator("#text").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Input" }).click();
    expect(await page.locator("#text").isVisible()).toBe(true);
    await page.close();
  });

  test("is one file that asks for nothing else", () => {
    expect(built.html).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)="(?!data:)/);
  });
});
