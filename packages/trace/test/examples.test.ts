import { expect, test } from "vitest";
import {
  type BroadcastEvent,
  type BroadcastMonitorOptions,
  broadcastMonitors,
  goodTrace,
  verdicts,
  violatingTraces,
} from "../src/index.ts";

function violated(events: readonly BroadcastEvent[], options: BroadcastMonitorOptions = {}): string[] {
  const monitors = broadcastMonitors(options);
  for (const event of events) for (const monitor of monitors) monitor.feed(event);
  return verdicts(monitors, true)
    .filter((verdict) => verdict.kind === "violated")
    .map((verdict) => verdict.property);
}

test("the good trace settles every property as kept", () => {
  const monitors = broadcastMonitors({ fifo: true, oneClock: true });
  for (const event of goodTrace) for (const monitor of monitors) monitor.feed(event);
  expect(verdicts(monitors).map(({ kind }) => kind)).toEqual(Array(9).fill("ok"));
});

for (const { property, name, events, options } of violatingTraces)
  test(`${property} and nothing else refuses: ${name}`, () => {
    expect(violated(events, options)).toEqual([property]);
  });

test("every property has a violating trace", () => {
  const covered = new Set(violatingTraces.map(({ property }) => property));
  expect(
    broadcastMonitors({ fifo: true })
      .map(({ property }) => property)
      .filter((property) => !covered.has(property)),
  ).toEqual([]);
});

test("files may be fed one after the other: broadcasts after their deliveries", () => {
  const late = [...goodTrace].sort(
    (x, y) =>
      Number(x.k === "broadcast" || x.k === "control") - Number(y.k === "broadcast" || y.k === "control"),
  );
  expect(violated(late, { oneClock: true, fifo: true })).toEqual([]);
  const monitors = broadcastMonitors();
  for (const event of late.slice(0, 5)) for (const monitor of monitors) monitor.feed(event);
  expect(verdicts(monitors)[0]).toMatchObject({ kind: "pending" });
});

test("without a quiesced run termination and relay stay pending", () => {
  const monitors = broadcastMonitors();
  for (const event of goodTrace.slice(0, -1)) for (const monitor of monitors) monitor.feed(event);
  expect(
    verdicts(monitors, true)
      .filter(({ kind }) => kind === "pending")
      .map(({ property }) => property),
  ).toEqual(["P4 termination", "P5 relay"]);
});

test("a crashed client or an ended session is owed nothing", () => {
  const lost: BroadcastEvent = { at: 5, k: "broadcast", who: "c9", seq: 1, bodies: "0123456789abcdef" };
  expect(violated([...goodTrace, lost])).toEqual(["P4 termination"]);
  expect(violated([...goodTrace, lost, { at: 6, k: "crash", who: "c9" }])).toEqual([]);
  expect(violated([...goodTrace, lost], { sessionEnded: (client) => client === "c9" })).toEqual([]);
});
