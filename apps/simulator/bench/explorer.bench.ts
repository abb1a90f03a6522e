/**
 * The page against its budgets, in Chromium: first interaction below 1 s, a trace of 1,000 steps on the screen within 200 ms
 * after the worker has told it, 100,000 states checked within 2 s. The middle of five fresh pages: wall time, which other work
 * on the machine stretches, and beside it what the page's own thread has computed, which it does not.
 *
 *     npx tsx --conditions=@eunomia/source bench/explorer.bench.ts
 */
import { loadavg } from "node:os";
import type { CDPSession, Page } from "playwright-core";
import { BuiltPage, hasBrowser } from "../test/support/browser.ts";

const pages = 5;

declare global {
  /** What a page measures of itself. */
  var measured: { choices?: number; story?: number; steps?: number; states?: number; seconds?: number };
}

/** Runs in the page before its own scripts: notes when choices are there, and how long a story takes from message to screen. */
function measure(): void {
  globalThis.measured = {};
  const { measured } = globalThis;
  new MutationObserver(() => {
    if (document.querySelector("button.choice") !== null) measured.choices ??= performance.now();
  }).observe(document, { childList: true, subtree: true });
  const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, "onmessage")!;
  Object.defineProperty(Worker.prototype, "onmessage", {
    set(handler: (event: MessageEvent) => void) {
      set!.call(this, (event: MessageEvent) => {
        const begun = performance.now();
        handler(event);
        const { steps, states, seconds } = event.data.answer ?? {};
        if (states !== undefined) Object.assign(measured, { states, seconds });
        if (steps !== undefined)
          requestAnimationFrame(() =>
            setTimeout(() =>
              Object.assign(measured, { story: performance.now() - begun, steps: steps.length }),
            ),
          );
      });
    },
  });
}

/** Milliseconds that the page's thread has computed so far. */
async function computed(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1000 * metrics.find(({ name }) => name === "TaskDuration")!.value;
}

interface Figures {
  readonly wall: typeof globalThis.measured;
  readonly startCpu: number;
  readonly storyCpu: number;
}

async function figures(page: Page): Promise<Figures> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.reload();
  await page.locator("button.choice").first().waitFor();
  const startCpu = await computed(devtools);
  const run = { profile: "swarm", seed: "1", mutant: "none", virtualMs: 3_000, maxSteps: 1_000 };
  await page.evaluate((params) => {
    location.hash = new URLSearchParams({ run: "paxos", params: JSON.stringify(params) }).toString();
  }, run);
  await page.waitForFunction(() => (globalThis.measured.steps ?? 0) >= 1_000, null, { timeout: 120_000 });
  const storyCpu = (await computed(devtools)) - startCpu;
  await page.selectOption("#protocol", "model golden/3a2p");
  await page.getByRole("button", { name: "Every state" }).click();
  await page.waitForFunction(() => globalThis.measured.states !== undefined, null, { timeout: 120_000 });
  return { wall: await page.evaluate(() => globalThis.measured), startCpu, storyCpu };
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

if (!hasBrowser) console.log("skipped: no Chromium; CHROMIUM names one elsewhere");
else {
  const explorer = await BuiltPage.start("explorer");
  await explorer.context.addInitScript(measure);
  const all: Figures[] = [];
  for (let at = 0; at < pages; at++) {
    const page = await explorer.open();
    all.push(await figures(page));
    await page.close();
  }
  await explorer.stop();
  const { steps, states } = all[0]!.wall;
  const line = (what: string, budget: number, wall: number, cpu: number | null): void =>
    console.log(
      `${what.padEnd(44)} ${wall.toFixed(0).padStart(6)} ms (budget ${budget} ms)${cpu === null ? "" : `, the page's thread ${cpu.toFixed(0)} ms`}`,
    );
  const of = (get: (one: Figures) => number): number => middle(all.map(get));
  line(
    "first interaction",
    1_000,
    of(({ wall }) => wall.choices!),
    of(({ startCpu }) => startCpu),
  );
  line(
    `${steps} steps, from the worker to the screen`,
    200,
    of(({ wall }) => wall.story!),
    of(({ storyCpu }) => storyCpu),
  );
  line(
    `${states!.toLocaleString("en")} states checked`,
    2_000,
    of(({ wall }) => wall.seconds! * 1000),
    null,
  );
  console.log(`load of the machine: ${loadavg()[0]!.toFixed(1)}`);
}
