import { consensusSchedules, describeFailure, type ScheduleReport } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { memberEngine } from "../src/index.ts";
import { cluster, everybody } from "./cluster.ts";
import { type EngineOf, Rig } from "./rig.ts";
import { twins } from "./twins.ts";

/** Passes over the records of its votes when it comes back. */
const forgetsVotes: EngineOf = twins.find(({ kind }) => kind === "vote forgotten on restart")!.engineOf;

const count = 1000;

/** Members crash and come back at any moment; everything else that may go wrong in a network does. */
const schedules = (engineOf: EngineOf): ScheduleReport =>
  consensusSchedules({
    engines: cluster({ engineOf }),
    ...everybody(),
    slots: 1,
    seeds: { count },
    faults: { loss: 0.1, duplication: 0.1, crash: 0.03 },
    shrinkReplays: 0,
  });

describe("F19: a voter that comes back without its records breaks agreement; ours keeps them", () => {
  test("votes that are not durable are refused: two values are decided for one slot", () => {
    const { failures, runs } = schedules(forgetsVotes);
    console.log(`after ${runs} schedules: ${failures[0]?.property}: ${failures[0]?.reason}`);
    expect(failures[0]?.property).toBe("agreement");
  });

  test("the same schedules pass with the records", () => {
    const { failures, ...counts } = schedules(memberEngine);
    console.log(JSON.stringify(counts));
    expect(failures.map(describeFailure)).toEqual([]);
    expect(counts.done).toBe(count);
    expect(counts.restarts).toBeGreaterThan(count);
  });

  /** What a member that voted for `a` does about a proposal of `b` after a restart. */
  const afterRestart = (engineOf: EngineOf): string[] => {
    const rig = new Rig(engineOf);
    rig.propose(1, "a");
    rig.restart();
    return rig.propose(1, "b", "r1");
  };
  test("what happens there: without its record a member votes twice in one round", () => {
    expect(afterRestart(memberEngine)).toEqual([]);
    expect(afterRestart(forgetsVotes)).toEqual(["persist vote 1 0 b", "p1,p2,p3 <- vote 1 0 b"]);
  });
});
