import { request } from "node:http";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Glance, Meters } from "../src/observe/meters.ts";
import { ObserveError, type ObserveServer, observe } from "../src/observe/server.ts";
import { browserArguments, executablePath, hasBrowser } from "./support/browser.ts";

const glance: Glance = {
  node: "n1",
  cluster: "demo",
  version: "1.2.3",
  startedAt: 0,
  at: 7_380_000,
  unready: [],
  delivered: 1234,
  epoch: 3,
  protocol: "paxos",
  leader: "n2",
  members: [1, 2, 3].map((i) => ({ id: `n${i}`, host: "127.0.0.1", port: 7000 + i })),
  retired: [],
  f: 1,
  nextControl: 1,
  log: { first: 1001, last: 1234, durable: 1230 },
  snapshots: [500, 1000],
  queue: { waiting: 5, proposed: 2, parked: 1 },
  peers: [
    { node: "n2", connected: true, delivered: 1234, stable: 1200, behind: 0 },
    { node: "n3", connected: false, delivered: 900, stable: 900, behind: 334 },
  ],
  clients: 4,
  subscribers: 2,
  refusals: { "mac: unknown sender": 7, '<img src="x">': 1 },
  certificateUntil: null,
  residentBytes: 100 * 2 ** 20,
  cpuSeconds: 3,
};

let now: Glance = glance;
let meters: Meters;
let server: ObserveServer;

beforeAll(async () => {
  meters = new Meters(() => now);
  server = await observe({ host: "127.0.0.1", port: 0, meters });
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: string;
}
const ask = (path: string, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ ...server.address, path, method }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        body += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    asked.on("error", reject);
    asked.end();
  });

test("a node in which entries wait and no slot comes is not ready until one does", () => {
  const stalled = new Meters(() => glance);
  for (let second = 1; second <= 4; second += 1) stalled.tick(second * 1000);
  expect(stalled.look().unready).toEqual([]);
  stalled.tick(5000);
  expect(stalled.look().unready).toEqual(["no slot was delivered for 5 s, while 7 wait"]);
  stalled.delivered(1235, 3, 100, [], 5500);
  stalled.tick(6000);
  expect(stalled.look().unready).toEqual([]);
  const idle = new Meters(() => ({ ...glance, queue: { waiting: 0, proposed: 0, parked: 0 } }));
  for (let second = 1; second <= 10; second += 1) idle.tick(second * 1000);
  expect(idle.look().unready).toEqual([]);
});

test("health says that the node lives, readiness that it can serve, and why not", async () => {
  expect(await ask("/healthz")).toEqual({ status: 200, body: "ok\n" });
  expect(await ask("/readyz")).toEqual({ status: 200, body: "ready\n" });
  now = { ...glance, unready: ["2 of 3 nodes do not answer", "behind by 40 slots"] };
  expect(await ask("/readyz")).toEqual({
    status: 503,
    body: expect.stringMatching(/^2 of 3 nodes do not answer\nbehind by 40 slots\n/),
  });
  expect((await ask("/healthz")).status).toBe(200);
  expect((await ask("/metrics")).body).toContain("eunomia_ready 0");
  now = glance;
});

test("what is not there, and what would change something, is refused", async () => {
  expect((await ask("/../../etc/passwd")).status).toBe(404);
  expect((await ask("/status.json", "POST")).status).toBe(405);
  expect(await ask("/", "HEAD")).toEqual({ status: 200, body: "" });
  await expect(observe({ ...server.address, meters })).rejects.toThrow(ObserveError);
});

test("Prometheus gets counts, gauges by label and histograms", async () => {
  meters.proposed(10, 100);
  meters.delivered(10, 64, 4096, [], 104);
  meters.delivered(11, 0, 1, [{ slot: 11, n: 1, what: "swap to two-thirds" }], 105);
  meters.synced(0.3);
  meters.alarm(9, "two values", 5);
  const { body } = await ask("/metrics");
  for (const line of [
    "eunomia_delivered_slot 1234",
    'eunomia_peer_behind_slots{peer="n3"} 334',
    'eunomia_peer_connected{peer="n2"} 1',
    'eunomia_refusals_total{reason="mac: unknown sender"} 7',
    'eunomia_protocol{protocol="paxos"} 1',
    "eunomia_slots_total 2",
    "eunomia_commands_total 64",
    "eunomia_alarms_total 1",
    "eunomia_controls_total 1",
    // Only the slot that was proposed here has a latency.
    "eunomia_slot_seconds_count 1",
    'eunomia_slot_seconds_bucket{le="0.005"} 1',
    "eunomia_journal_sync_seconds_count 1",
  ])
    expect(body.split("\n")).toContain(line);
  expect(body).toContain("nodejs_eventloop_lag_seconds");
});

test("the course is bounded, and so is what is waited for", () => {
  const own = new Meters(() => glance);
  for (let slot = 1; slot <= 10_000; slot += 1) own.proposed(slot, 0);
  own.delivered(1, 1, 1, [], 50);
  own.delivered(10_000, 1, 1, [], 60);
  for (let second = 1; second <= 500; second += 1) own.tick(second * 1000);
  const { course } = own.look();
  expect(course).toHaveLength(120);
  expect(course.at(-1)).toEqual({ at: 500_000, slots: 0, commands: 0, p50: null, p99: null });
  const fresh = new Meters(() => glance);
  for (let slot = 1; slot <= 3; slot += 1) fresh.proposed(slot, 0);
  for (const [slot, took] of [
    [1, 5],
    [2, 9],
    [3, 7],
  ] as const)
    fresh.delivered(slot, 2, 1, [], took);
  fresh.tick(1000);
  expect(fresh.look().course).toEqual([{ at: 1000, slots: 3, commands: 6, p50: 7, p99: 9 }]);
});

if (!hasBrowser)
  console.warn("no Chromium here: the status page is not looked at; CHROMIUM names one elsewhere");

describe.skipIf(!hasBrowser)("the page in Chromium, skipped because there is none", () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const tells = async (id: string): Promise<string | null> => page.locator(`#${id}`).textContent();

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: browserArguments });
    page = await browser.newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (line) => {
      if (line.type() === "error" && !line.text().includes("ERR_CONNECTION")) complaints.push(line.text());
    });
    await page.goto(`http://127.0.0.1:${server.address.port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    expect(complaints).toEqual([]);
  });

  test("shows who leads, what is in force, how fast and how far, and follows", async () => {
    await page.getByText("n1 of demo").waitFor();
    expect(await tells("state")).toBe("alarm"); // One was raised above.
    expect(await tells("leader")).toBe("n2");
    expect(await tells("epoch")).toBe("3, paxos");
    expect(await tells("slot")).toBe("1,234");
    expect(await tells("up")).toBe("2 h 3 min");
    expect(await page.locator("#peers tr").allTextContents()).toEqual(["n2yes1,2341,2000", "n3no900900334"]);
    expect(await tells("controls")).toBe("111swap to two-thirds");
    now = { ...glance, leader: null, delivered: 99_999, unready: ["behind by 40 slots"] };
    await page.getByText("99,999").waitFor();
    expect(await tells("state")).toBe("not ready");
    expect(await tells("why")).toContain("behind by 40 slots");
    expect(await tells("leader")).toBe("nobody in particular");
    now = glance;
  });

  test("what peers can put into a reason stays text", async () => {
    expect(await page.locator("#refusals").textContent()).toContain('<img src="x">');
    expect(await page.locator("#refusals img").count()).toBe(0);
  });

  test("draws its curves, and fits a narrow window", async () => {
    expect(await page.locator(".chart canvas").count()).toBe(2);
    await page.setViewportSize({ width: 320, height: 640 });
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(320);
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/status-narrow.png`, fullPage: true });
    await page.setViewportSize({ width: 1200, height: 800 });
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/status.png`, fullPage: true });
  });

  test("says that it is old when the node is gone", async () => {
    const gone = await observe({ host: "127.0.0.1", port: 0, meters });
    const other = await browser.newPage();
    await other.goto(`http://127.0.0.1:${gone.address.port}/`);
    await other.getByText("n1 of demo").waitFor();
    await gone.close();
    await other.getByText("the node does not answer").waitFor();
    await other.close();
  });
});
