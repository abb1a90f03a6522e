import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "@eunomia/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Troubles } from "../src/node/troubles.ts";
import { bounded, diskLimitBytes, trends } from "../src/soak/findings.ts";
import { kinds, type Planned, plan } from "../src/soak/plan.ts";
import type { Life } from "../src/soak/samples.ts";
import { trendOf } from "../src/soak/trend.ts";

test("every round holds every trouble once, in another order, and equal seeds give equal plans", () => {
  const rounds = (seed: number): Planned[][] => {
    const made = plan({ seed, holdMs: [100, 200], replaceEvery: 3 });
    return Array.from({ length: 4 }, () => made.next().value);
  };
  expect(rounds(7)).toEqual(rounds(7));
  expect(rounds(7)).not.toEqual(rounds(8));
  for (const [at, round] of rounds(7).entries()) {
    const expected = kinds.filter((kind) => at % 3 === 0 || kind !== "replace");
    expect(round.map(({ kind }) => kind).sort()).toEqual([...expected].sort());
    for (const { holdMs } of round) expect(holdMs >= 100 && holdMs <= 200).toBe(true);
  }
  expect(rounds(7)[0]!.map(({ kind }) => kind)).not.toEqual(rounds(7)[1]!.map(({ kind }) => kind));
});

/** Half an hour of samples, one a second: 150 MiB, and what is added to them. */
function lifeOf(more: (second: number) => number): Life {
  const at = Array.from({ length: 1800 }, (_, second) => second);
  const residentBytes = at.map((second) => 150 * 2 ** 20 + more(second));
  return { node: "n1", pid: 1, at, residentBytes, descriptors: at.map(() => 30) };
}
/** Up and down by some MiB, as a collected heap does. */
const heap = (second: number): number => ((second * 7919) % 97) * 2e5;

test("memory that goes up and down is flat, whatever it did in the beginning; a leak is none", () => {
  const verdictOf = (more: (second: number) => number): string =>
    trends([lifeOf(more)], "n1", 1800)[0]!.verdict;
  expect(verdictOf(heap)).toBe("flat");
  expect(verdictOf((second) => heap(second) + Math.min(0, second - 500) * 1e5)).toBe("flat");
  // 20 MiB in half an hour.
  expect(verdictOf((second) => heap(second) + second * 12_000)).toBe("grows");
  expect(trends([lifeOf(heap)], "n1", 200)[0]!.verdict).toBe("short");
  expect(trends([], "n1", 1800)[0]!.verdict).toBe("short");
});

test("a straight line is found as it is, and its interval holds it", () => {
  const at = Array.from({ length: 240 }, (_, i) => i);
  const exact = trendOf({ at, values: at.map((moment) => 5 + moment * 2) })!;
  expect(exact.growth).toBeCloseTo(480, 6);
  expect(exact.high - exact.low).toBeCloseTo(0, 6);
  const noisy = trendOf({ at, values: at.map((moment) => moment * 2 + (moment % 13) * 9) })!;
  expect(noisy.low < 480 && noisy.high > 480).toBe(true);
  expect(trendOf({ at: [0, 1], values: [1, 2] })).toBe(null);
});

test("files that stay below the limit are bounded only when more was written than fits below it", () => {
  const of = (bytes: number) => new Map([["n2", { at: [0, 1], values: [bytes, bytes / 2] }]]);
  expect(bounded(of(90), 2 * diskLimitBytes).verdict).toBe("bounded");
  expect(bounded(of(90), diskLimitBytes - 1).verdict).toBe("short");
  expect(bounded(of(diskLimitBytes + 1), 0)).toMatchObject({
    verdict: "exceeded",
    most: { node: "n2", bytes: diskLimitBytes + 1 },
  });
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "eunomia-troubles-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a full disk takes nothing more, until there is room again", async () => {
  const troubles = new Troubles();
  const { fileSystem } = troubles;
  const file = fileSystem.open(join(folder, "a"), "create");
  file.write(Uint8Array.of(1), 0);
  troubles.set({ diskFull: true });
  const full = expect.objectContaining({ code: "ENOSPC" });
  expect(() => file.write(Uint8Array.of(2), 1)).toThrow(full);
  expect(() => file.truncate(9)).toThrow(full);
  expect(() => fileSystem.open(join(folder, "b"), "create")).toThrow(full);
  expect(await new Promise((done) => file.writeLater(Uint8Array.of(2), 1, done))).toEqual(full);
  expect(file.sizeBytes()).toBe(1);
  troubles.set({});
  expect(await new Promise((done) => file.writeLater(Uint8Array.of(2), 1, done))).toBe(null);
  expect(file.sizeBytes()).toBe(2);
  file.close();
});

test("a slow disk is done with syncs later, and what nobody ordered is not slow", async () => {
  const troubles = new Troubles();
  const file = troubles.fileSystem.open(join(folder, "a"), "create");
  troubles.set({ diskDelayMs: 30 });
  const order: string[] = [];
  const late = new Promise<void>((resolve) =>
    file.syncLater(() => {
      order.push("synced");
      resolve();
    }),
  );
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      order.push("earlier");
      resolve();
    }, 0),
  );
  await late;
  expect(order).toEqual(["earlier", "synced"]);
  file.close();
});

test("a clock jumps forward and never back; what is sent to the cut off is lost without a word", () => {
  const troubles = new Troubles();
  const before = troubles.clock.now();
  troubles.set({ clockAheadMs: 3_600_000 });
  expect(troubles.clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
  troubles.set({});
  expect(troubles.clock.now() - before).toBeGreaterThanOrEqual(3_600_000);

  const sent: string[] = [];
  const inner: Transport = {
    self: "n1",
    send: (to) => sent.push(to) > 0,
    listen: () => {},
    close: async () => {},
  };
  const transport = troubles.transport(inner);
  troubles.set({ muteTo: ["n2"] });
  expect([transport.send("n2", new Uint8Array()), transport.send("n3", new Uint8Array())]).toEqual([
    true,
    true,
  ]);
  troubles.set({});
  transport.send("n2", new Uint8Array());
  expect(sent).toEqual(["n3", "n2"]);
});
