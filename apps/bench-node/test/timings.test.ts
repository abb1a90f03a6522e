import { expect, test } from "vitest";
import { reportText } from "../src/demo/report.ts";
import { Timings } from "../src/demo/timings.ts";

test("nothing delivered: no epochs", () => expect(new Timings().report()).toEqual([]));

test("latencies go to the epoch of their slot, gaps count only while somebody waits", () => {
  const timings = new Timings();
  timings.sent(1, 100);
  timings.sent(2, 100);
  timings.sent(3, 150);
  timings.delivered(1, 0, "two-thirds", true, 110);
  timings.settled(1, 2, 1, 112);
  timings.delivered(2, 0, "two-thirds", false, 1110);
  timings.delivered(3, 1, "paxos", true, 1160);
  timings.settled(3, 1, 3, 1170);
  timings.delivered(4, 1, "paxos", true, 1360);
  expect(timings.report()).toEqual([
    {
      epoch: 0,
      protocol: "two-thirds",
      firstSlot: 1,
      lastSlot: 2,
      commands: 2,
      seconds: 1,
      commandsPerSecond: 2,
      latencyMsP50: 12,
      latencyMsP99: 12,
      longestGapMs: 0,
    },
    {
      epoch: 1,
      protocol: "paxos",
      firstSlot: 3,
      lastSlot: 4,
      commands: 1,
      // The time from the last slot of the epoch before belongs to the new one: that is what the swap took.
      seconds: 0.25,
      commandsPerSecond: 4,
      latencyMsP50: 1020,
      latencyMsP99: 1020,
      longestGapMs: 200,
    },
  ]);
});

test("percentiles are of all commands, also beyond the first allocation", () => {
  const timings = new Timings();
  const count = 40_000;
  timings.delivered(1, 0, "paxos", false, 0);
  for (let seq = 1; seq <= count; seq += 1) timings.sent(seq, 0);
  // Answered backwards: latencies 1 to 100 ms, each as often.
  for (let seq = count; seq >= 1; seq -= 1) timings.settled(seq, 1, 1, 1 + (seq % 100));
  const [epoch] = timings.report();
  expect(epoch).toMatchObject({ commands: count, latencyMsP50: 51, latencyMsP99: 100, commandsPerSecond: 0 });
});

const epoch = {
  epoch: 0,
  protocol: "paxos",
  firstSlot: 1,
  lastSlot: 9,
  commands: 0,
  seconds: 0,
  commandsPerSecond: 0,
  latencyMsP50: null,
  latencyMsP99: 3.206,
  longestGapMs: 12.7,
};
const report = {
  verdict: "ok",
  input: { file: "in.txt", bytes: 5, sha256: "00", commands: 1 },
  outputs: [{ file: "a.out", bytes: 5, sha256: "00", equal: true }],
  properties: [{ property: "P1 validity", kind: "ok", detail: "1 deliveries" }],
  vacuous: [],
  counts: {} as never,
  epochs: [epoch],
  course: {
    pieceSeconds: 0.05,
    commandsPerSecond: [20, 0],
    latencyMsP50: [3, null],
    latencyMsP99: [4, null],
  },
  steps: [],
  alarms: [],
  seconds: 1.25,
  nodes: 4,
  date: "",
  machine: "",
  runDirectory: "runs/x",
} as const;

test("the report for a terminal says what held and what did not", () => {
  const good = reportText(report);
  expect(good).toContain("ok       a.out: 5 bytes, equal to the input byte for byte");
  expect(good).toContain("ok       P1 validity – 1 deliveries");
  expect(good).toMatch(/0 +paxos +1–9 +0 +0 +– +3\.21 +13/);
  expect(good).toMatch(/Verdict: ok after 1\.3 s on 4 nodes/);
  expect(good).not.toContain("FAILED");
  const bad = reportText({
    ...report,
    verdict: "failed",
    outputs: [{ ...report.outputs[0], equal: false }],
    properties: [{ ...report.properties[0], kind: "violated" }],
    alarms: ["subscriber-a: no"],
  });
  expect(bad.match(/FAILED/g)).toHaveLength(4);
  expect(bad).toContain("NOT equal to the input");
  expect(bad).toContain("alarm: subscriber-a: no");
});

test("the course of a run has a latency wherever something was answered", () => {
  const timings = new Timings();
  timings.delivered(1, 0, "paxos", true, 1010);
  for (const [seq, sentAt, answeredAt] of [
    [1, 1000, 1010],
    [2, 1000, 1030],
    [3, 1150, 1155],
  ] as const) {
    timings.sent(seq, sentAt);
    timings.settled(seq, 1, 1, answeredAt);
  }
  expect(timings.course(1000)).toEqual({
    pieceSeconds: 0.05,
    commandsPerSecond: [40, 0, 0, 20],
    latencyMsP50: [30, null, null, 5],
    latencyMsP99: [30, null, null, 5],
  });
  expect(new Timings().course(5).commandsPerSecond).toEqual([]);
});
