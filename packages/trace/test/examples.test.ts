import { expect, test } from "vitest";
import {
  type BroadcastEvent,
  type BroadcastMonitorOptions,
  broadcastMonitors,
  goodTrace,
  type Verdict,
  verdicts,
  violatingTraces,
} from "../src/index.ts";

function judged(
  events: readonly BroadcastEvent[],
  options: BroadcastMonitorOptions = {},
): Verdict<BroadcastEvent>[] {
  const monitors = broadcastMonitors({ fifo: true, ...options });
  for (const event of events) for (const monitor of monitors) monitor.feed(event);
  return verdicts(monitors, true);
}

/** P11 is an option of a cluster, so only traces about it are judged by it. */
const broken = (events: readonly BroadcastEvent[], options: BroadcastMonitorOptions = {}): string[] =>
  judged(events, { fifo: false, ...options })
    .filter(({ kind }) => kind === "violated")
    .map(({ property }) => property);

test("the good trace settles every property as kept, and none of them for want of events", () => {
  for (const { kind, looked, property } of judged(goodTrace, { globalOrder: true })) {
    expect(kind, property).toBe("ok");
    expect(looked, property).toBeGreaterThan(0);
  }
});

for (const { property, name, events, options } of violatingTraces)
  test(`${property} and nothing else refuses: ${name}`, () => {
    expect(broken(events, options)).toEqual([property]);
    const verdict = judged(events, { fifo: false, ...options }).find(({ kind }) => kind === "violated");
    expect(verdict?.detail).not.toBe("");
  });

test("every property has a violating trace", () => {
  const covered = new Set(violatingTraces.map(({ property }) => property));
  const all = broadcastMonitors({ fifo: true }).map(({ property }) => property);
  expect(all.filter((property) => !covered.has(property))).toEqual([]);
});

test("what breaks agreement is shown from both sides", () => {
  const { events = [] } = violatingTraces.find(({ property }) => property === "P3 agreement")!;
  const shown = judged(events).find(({ property }) => property === "P3 agreement")!.events!;
  expect(shown.map((event) => "who" in event && event.who)).toEqual(["r0", "r1"]);
});

test("files may be fed one after the other: broadcasts after their deliveries", () => {
  const isLate = (event: BroadcastEvent) => Number(event.kind === "broadcast" || event.kind === "control");
  const late = [...goodTrace].sort((x, y) => isLate(x) - isLate(y));
  expect(broken(late)).toEqual([]);
  expect(broken(late, { globalOrder: true })).toEqual(["P1 validity"]);
  const monitors = broadcastMonitors();
  for (const event of late.slice(0, 5)) for (const monitor of monitors) monitor.feed(event);
  expect(verdicts(monitors)[0]).toMatchObject({ kind: "pending" });
});

test("a monitor alone says the same as among the others", () => {
  for (const { property, events, options } of violatingTraces) {
    const alone = broadcastMonitors({ fifo: true, ...options }).find((one) => one.property === property)!;
    for (const event of events) alone.feed(event);
    expect(alone.verdict(true).kind).toBe("violated");
  }
});

test("without a quiesced run termination and relay stay pending", () => {
  const pending = judged(goodTrace.slice(0, -1)).filter(({ kind }) => kind === "pending");
  expect(pending.map(({ property }) => property)).toEqual(["P4 termination", "P5 relay"]);
});

test("a property that saw nothing says so", () => {
  for (const { detail, kind } of judged([{ kind: "quiesced", at: 1 }])) {
    expect(kind).toBe("ok");
    expect(detail).toMatch(/^vacuous: no /);
  }
});

test("a crashed client or an ended session is owed nothing", () => {
  const lost: BroadcastEvent = {
    kind: "broadcast",
    at: 5,
    who: "c9",
    client: 9,
    seq: 1,
    digests: "0123456789abcdef",
  };
  expect(broken([...goodTrace, lost])).toEqual(["P4 termination"]);
  expect(broken([...goodTrace, lost, { kind: "crash", at: 6, who: "c9" }])).toEqual([]);
  expect(broken([...goodTrace, lost], { sessionEnded: (client) => client === 9 })).toEqual([]);
});

test("lines lost in a crash are covered by the recovery only if asked", () => {
  const { events } = violatingTraces.find(({ name }) => name.startsWith("a recovery claims"))!;
  expect(broken(events)).toEqual(["P5 relay"]);
  expect(broken(events, { recoverCovers: true })).toEqual([]);
});

test("first in, first out: lines lost in a crash hide commands, lines that are there do not", () => {
  const digest = "0123456789abcdef";
  const deliver = (slot: number, seq: number): BroadcastEvent => ({
    kind: "deliver",
    at: slot,
    who: "r0",
    slot,
    epoch: 0,
    protocol: "paxos",
    runs: [1, seq, 1],
    digests: digest,
  });
  const sent: BroadcastEvent = {
    kind: "broadcast",
    at: 0,
    who: "c1",
    client: 1,
    seq: 1,
    digests: digest.repeat(9),
  };
  const recover = (slot: number): BroadcastEvent => ({ kind: "recover", at: 9, who: "r0", slot });
  const lost = [sent, deliver(1, 1), recover(3), deliver(4, 4)];
  const fifo = "P11 first in, first out";
  expect(broken(lost, { fifo: true })).toEqual([fifo]);
  expect(broken(lost, { fifo: true, recoverCovers: true })).toEqual([]);
  expect(broken([...lost, deliver(5, 6)], { fifo: true, recoverCovers: true })).toEqual([fifo]);
  const whole = [sent, deliver(1, 1), recover(1), deliver(2, 3)];
  expect(broken(whole, { fifo: true, recoverCovers: true })).toEqual([fifo]);
});
