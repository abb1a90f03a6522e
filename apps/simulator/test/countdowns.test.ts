import { checkCountdown } from "@eunomia/checker";
import { expect, test } from "vitest";
import { countdowns } from "../src/protocols/countdowns.ts";

/** The least number of periods, how many of them let timers fire, and the states that it holds for. */
const bounds: Readonly<Record<string, readonly [periods: number, timers: number, states: number]>> = {
  "paxos/3a1b": [5, 0, 333],
  "paxos/2a2b": [13, 2, 2512],
  "paxos/2a2b-both": [5, 0, 2512],
  "two-thirds/3of4": [4, 1, 465],
  "aneris/2r1s": [6, 0, 8100],
  "aneris/2r1s-both": [6, 0, 8100],
};

for (const [name, [periods, timerPeriods, states]] of Object.entries(bounds))
  test(`${name}: ${periods} synchronous periods are enough from everywhere, and ${periods - 1} are not`, () => {
    const { model, goal, options } = countdowns[name]!;
    const report = checkCountdown(model(), goal, options);
    expect(report).toMatchObject({ result: "holds", periods, timerPeriods, states });
    expect(report.worst!.periods.length).toBe(periods + 1);
  });

test("one acceptor of two is no core: the leader that is left asks for ever, and the loop is shown", () => {
  const { model, goal } = countdowns["paxos/2a2b"]!;
  const report = checkCountdown(model(), goal, { cores: [["a1", "l0", "r0", "r1"]] });
  expect(report).toMatchObject({ result: "violated", periods: null });
  expect(report.worst!.loop).not.toBeNull();
});

test("a run in which something grows for ever is not known to be a loop", () => {
  const { model, goal } = countdowns["aneris/2r1s"]!;
  const report = checkCountdown(model(), goal, { cores: [["n0", "d0"]], liveStates: 100 });
  expect(report.result).toBe("unknown");
});
