import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { servePage } from "../src/cli/explore/server.ts";
import { Session } from "../src/explorer/worker/session.ts";
import { shelfModels } from "../src/explorer/worker/shelf-models.ts";
import { BuiltPage, hasBrowser } from "./support/browser.ts";

if (!hasBrowser) console.warn("no Chromium here: the page is not tested; CHROMIUM names one elsewhere");

const choose = (page: Page, name: string): Promise<unknown> =>
  page.selectOption("#protocol", `model ${name}`);
const openAgain = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Open at the beginning" }).click();
const steps = (page: Page): Promise<string | null> => page.locator(".timeline output").textContent();
const selected = (page: Page) => page.locator("#diagram [aria-selected='true']");

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(!hasBrowser)("the page in Chromium, skipped because there is none", () => {
  let explorer: BuiltPage;
  beforeAll(async () => {
    explorer = await BuiltPage.start("explorer");
  });
  afterAll(async () => {
    await explorer?.stop();
    expect(explorer.complaints).toEqual([]);
  });

  test("opens from a disk, checks a model and leads through the counterexample", async () => {
    const page = await explorer.open();
    await choose(page, "golden/forgetful");
    await page.getByRole("button", { name: "Every state" }).click();
    await page.locator("#check .violated").waitFor();
    expect(await page.locator("#check .counters").textContent()).toContain("25,091");
    expect(await page.locator(".title").textContent()).toBe("golden/forgetful violates agreement");
    expect(await steps(page)).toBe("0 of 22");
    for (let step = 1; step <= 22; step++) {
      await page.getByRole("button", { name: "Next step", exact: true }).click();
      expect(await selected(page).getAttribute("aria-label")).toMatch(new RegExp(`^${step}\\. `));
    }
    await page.locator("#properties .violated").waitFor();
    expect(await page.locator("#properties .violated").textContent()).toContain(
      "the learner decided 0 and 1",
    );
    expect(await page.locator("#inspector .changed").first().textContent()).toContain("1");
    expect(await page.locator(".step.crash").count()).toBe(2);
    await page.close();
  });

  test("works with the keyboard alone", async () => {
    const page = await explorer.open(
      "model=golden/3a2p&params=" +
        encodeURIComponent(
          JSON.stringify({
            acceptors: 2,
            proposers: 1,
            crashes: 1,
            losses: 0,
            duplicates: 0,
            ignored: "consume",
          }),
        ),
    );
    // A key that comes before the steps are there has nothing to go to.
    await page.locator("button.choice[aria-disabled='false']").first().waitFor();
    await page.keyboard.press("n");
    await page.locator("button.choice:focus").waitFor();
    await page.locator(".effects").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("1 of 1").waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.getByText("0 of 1").waitFor();
    await page.keyboard.press("1");
    await page.locator(".step").first().waitFor();
    await page.keyboard.press("d");
    await page.locator("#diagram:focus").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByText("0 of 1").waitFor();
    await page.keyboard.press("p");
    await page.keyboard.press("End");
    await page.getByText("compared with the beginning (pinned)").waitFor();
    await page.keyboard.press("/");
    await page.locator("#search:focus").waitFor();
    await page.keyboard.type("promised");
    await page.locator(".hit").first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("?");
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Keys" }).waitFor({ state: "hidden" });
    await page.keyboard.press("o");
    await page.locator("#protocol:focus").waitFor();
    await page.close();
  });

  test("loses, doubles and crashes by clicks on messages and processes, however late the worker answers", async () => {
    const page = await explorer.open();
    // The choices of the moment before stay in view until the worker has told the new ones: they must not be taken.
    await page.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (this: Worker, message: { readonly call: string }) {
        setTimeout(() => post.call(this, message), message.call === "position" ? 300 : 0);
      };
    });
    await choose(page, "golden/forgetful");
    await page.locator(".parameters > summary").click();
    await page.fill("#parameter-losses", "1");
    await page.fill("#parameter-duplicates", "1");
    await openAgain(page);
    await page.locator("button.choice", { hasText: "begin" }).first().click();
    const waiting = page.locator(".letter.waiting");
    await waiting.first().waitFor();
    expect(await waiting.count()).toBe(2);
    await waiting.first().locator(".name").click();
    await page.locator(".asked .group", { hasText: "copy a message" }).locator("button.choice").click();
    await page.getByText("2 of 2").waitFor();
    expect(await waiting.count()).toBe(3);
    await waiting.first().locator(".name").click();
    const lose = page.locator(".asked .group", { hasText: "lose a message" }).locator("button.choice");
    // The preview that a pointer brings about must not move the button from under it.
    await page.locator(".asked button.choice[aria-disabled='false']").first().waitFor();
    const place = await lose.boundingBox();
    await lose.hover();
    await page.locator(".asked .group .effects, .asked .group .quiet").first().waitFor();
    expect(await lose.boundingBox()).toEqual(place);
    await lose.click();
    await page.locator(".letter.lost").waitFor();
    expect(await waiting.count()).toBe(2);
    await page.locator(".lane", { hasText: "a0" }).click();
    await page.locator(".asked .group", { hasText: "crash" }).locator("button.choice").click();
    await page.locator(".lane.down").waitFor();
    await page.locator(".life.down").waitFor({ state: "attached" });
    // What is pinned is the moment that the counter tells, not the one that is still in view.
    await page.keyboard.press("Home");
    await page.keyboard.press("p");
    await page.keyboard.press("End");
    await page.getByText("compared with the beginning (pinned)").waitFor();
    await page.close();
  });

  test("a link opens the same story at the same moment, and says when it is of other engines", async () => {
    const page = await explorer.open();
    await page.keyboard.press("r");
    await page.getByText("10 of 10").waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.getByText("9 of 10").waitFor();
    const hash = new URL(page.url()).hash.slice(1);
    const said = await page.locator(".timeline .said").textContent();
    const again = await explorer.open(hash);
    await again.getByText("9 of 10").waitFor();
    expect(await again.locator(".timeline .said").textContent()).toBe(said);
    const other = await explorer.open(hash.replace(/engines=\w+/, "engines=000000000000"));
    await other.getByText("the link was made with other engines").waitFor();
    for (const each of [page, again, other]) await each.close();
  });

  test("saves files, and opens the replay file that it saved", async () => {
    const page = await explorer.open();
    await choose(page, "golden/forgetful");
    await page.getByRole("button", { name: "Every state" }).click();
    await page.locator("#check .violated").waitFor();
    const saved = async (name: string): Promise<string> => {
      await page.locator(".menu > summary").click();
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name, exact: true }).click();
      return (await download).path();
    };
    expect(readFileSync(await saved("Picture (SVG)"), "utf8")).toMatch(/^<svg xmlns/);
    expect(readFileSync(await saved("Mermaid"), "utf8")).toMatch(/^sequenceDiagram\n/);
    expect(readFileSync(await saved("Unit test"), "utf8")).toContain("followPath(space");
    const replay = await saved("Replay file");
    await choose(page, "golden/3a2p");
    await openAgain(page);
    await page.getByText("0 of 0").waitFor();
    await page.setInputFiles("input[type='file']", replay);
    await page.getByText("22 of 22").waitFor();
    await page.setInputFiles("input[type='file']", {
      name: "x.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("hello"),
    });
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("not the header of a replay file");
    await page.close();
  });

  test("a search that takes too long is stopped, and the story is still there", async () => {
    const page = await explorer.open();
    await choose(page, "golden/3a2p");
    await page.locator(".parameters > summary").click();
    await page.fill("#parameter-acceptors", "4");
    await openAgain(page);
    await page.locator(".lane", { hasText: "a3" }).waitFor();
    await page.keyboard.press("1");
    await page.getByText("1 of 1").waitFor();
    await page.getByRole("button", { name: "Every state" }).click();
    await page.locator("#check .counters").waitFor();
    await page.locator("#check").getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Every state" }).waitFor();
    await page.locator("body").press("1");
    await page.getByText("2 of 2").waitFor();
    await page.close();
  });

  test("is light or dark as the screen, or as the reader wants it", async () => {
    const page = await explorer.open();
    const paper = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.emulateMedia({ colorScheme: "light" });
    const light = await paper();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.keyboard.press("t");
    expect(await paper()).toBe(light);
    await page.keyboard.press("t");
    await page.emulateMedia({ colorScheme: "light" });
    expect(await paper()).toBe(dark);
    await page.keyboard.press("t");
    expect(await paper()).toBe(light);
    await page.close();
  });

  test("fits a window of 320 pixels, one room at a time", async () => {
    const page = await explorer.open("", { width: 320, height: 640 });
    for (const [name, id] of [
      ["Scope", "setup"],
      ["Next", "next"],
      ["State", "inspector"],
      ["Diagram", "diagram"],
    ]) {
      await page.locator(".rooms").getByText(name!).click();
      await page.locator(`#${id}`).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(320);
    }
    expect(await page.locator("#setup").isVisible()).toBe(false);
    await page.close();
  });

  test("opens the replay that is served beside it", async () => {
    const [engines = ""] = /[0-9a-f]{64}/.exec(explorer.html) ?? [];
    const session = new Session({ engines, models: shelfModels, systems: [] });
    const name = "golden/forgetful";
    const { params } = shelfModels.find((each) => each.name === name)!;
    await session.handle("search", { name, params, maxStates: 100_000, witness: null });
    const { text: replay } = await session.handle("file", { kind: "replay" });
    const { server, url } = await servePage({ page: explorer.html, replay }, 0);
    const page = await explorer.open("", undefined, url);
    await page.getByText("22 of 22").waitFor();
    expect(await page.locator(".title").textContent()).toBe("golden/forgetful violates agreement");
    await page.close();
    server.close();
  });
});
