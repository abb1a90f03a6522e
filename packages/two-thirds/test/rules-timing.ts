import { expect } from "vitest";
import { Rig } from "./rig.ts";
import type { Rule } from "./rules.ts";

const withGrace = (engineOf: Parameters<Rule["run"]>[0]) => new Rig(engineOf, { graceMs: 10 });

/** Rules about timers: grace, retransmission, gossip. */
export const timingRules: readonly Rule[] = [
  {
    name: "with grace, T votes wait for the tick",
    line: "2.4 note a",
    fires: ["tick: grace (2.4)", "advance (2.4)"],
    run(engineOf) {
      const rig = withGrace(engineOf);
      rig.propose(1, "a");
      rig.vote("p1", 1, 0, "b");
      expect(rig.vote("p2", 1, 0, "b")).toEqual([]);
      expect(rig.armed.get("tick")).toBe(10);
      expect(rig.fire("tick")).toEqual(["persist vote 1 1 b", "p1,p2,p3 <- vote 1 1 b"]);
    },
  },
  {
    name: "the votes of all members need no grace, nor do E equal ones",
    line: "2.4 evaluate",
    fires: ["advance (2.4)", "decide (2.4)"],
    run(engineOf) {
      const rig = withGrace(engineOf);
      rig.propose(1, "a");
      rig.vote("p1", 1, 0, "b");
      rig.vote("p2", 1, 0, "b");
      expect(rig.vote("p3", 1, 0, "a")).toEqual(["persist vote 1 1 same", "p1,p2,p3 <- vote 1 1 a"]);
      rig.propose(2, "a");
      rig.vote("p1", 2, 0, "a");
      expect(rig.vote("p2", 2, 0, "a")).toContain("output decided 2 a");
    },
  },
  {
    name: "grace doubles with every round, and lasts at least as long as it says",
    line: "2.4 note a",
    fires: ["tick: grace (2.4)"],
    run(engineOf) {
      const rig = withGrace(engineOf);
      rig.vote("p1", 1, 3, "b");
      rig.vote("p2", 1, 3, "a");
      // The timer runs already, so its next tick may come at once: it does not count.
      rig.vote("p1", 2, 1, "b");
      rig.vote("p2", 2, 1, "a");
      const moved: string[] = [];
      for (let ticks = 1; rig.armed.has("tick") && ticks < 20; ticks++)
        for (const line of rig.fire("tick")!)
          if (line.startsWith("persist vote")) moved.push(`${ticks}: ${line}`);
      expect(moved.slice(0, 2)).toEqual(["3: persist vote 2 2 same", "8: persist vote 1 4 same"]);
    },
  },
  {
    name: "the tick timer stops when no slot waits",
    line: "2.4 note a",
    fires: ["tick: grace (2.4)"],
    run(engineOf) {
      const rig = withGrace(engineOf);
      rig.propose(1, "a");
      rig.decided("p1", 1, "a");
      expect(rig.fire("tick")).toEqual([]);
      expect(rig.armed.has("tick")).toBe(false);
      rig.propose(2, "a");
      expect(rig.armed.has("tick")).toBe(true);
    },
  },
  {
    name: "an undecided slot is sent again, less and less often",
    line: "2.4 on retransmit timer",
    fires: ["retry: vote again (2.4)"],
    run(engineOf) {
      const rig = new Rig(engineOf);
      rig.propose(1, "a");
      const sent: number[] = [];
      for (let ticks = 1; ticks <= 40; ticks++)
        if (rig.fire("retry")!.includes("p1,p2,p3 <- vote 1 0 a")) sent.push(ticks);
      expect(sent).toEqual([1, 3, 7, 15, 23, 31, 39]);
      rig.decided("p1", 1, "a");
      expect(rig.fire("retry")).toEqual([]);
      expect(rig.fire("retry")).toBeNull();
    },
  },
  {
    name: "retransmission ends grace",
    line: "2.4 on retransmit timer",
    fires: ["retry: vote again (2.4)", "advance (2.4)"],
    run(engineOf) {
      const rig = withGrace(engineOf);
      rig.propose(1, "a");
      rig.vote("p1", 1, 0, "b");
      rig.vote("p2", 1, 0, "b");
      expect(rig.fire("retry")).toEqual([
        "p1,p2,p3 <- vote 1 0 a",
        "persist vote 1 1 b",
        "p1,p2,p3 <- vote 1 1 b",
      ]);
    },
  },
  {
    name: "after a restart the timers run again",
    line: "2.4 on RESTART",
    fires: ["retry: vote again (2.4)"],
    run(engineOf) {
      const rig = new Rig(engineOf, { headMs: 50, graceMs: 10 });
      rig.propose(1, "a");
      rig.restart();
      expect([...rig.armed]).toEqual([
        ["retry", 100],
        ["tick", 10],
        ["head", 50],
      ]);
      expect(rig.fire("retry")).toEqual(["p1,p2,p3 <- vote 1 0 a"]);
    },
  },
  {
    name: "HEAD says what was voted, decided and forgotten",
    line: "2.3",
    fires: ["head: gossip (2.3)"],
    run(engineOf) {
      const rig = new Rig(engineOf, { headMs: 50 });
      rig.from("p1", { kind: "trimmed", floor: 2 });
      rig.propose(7, "a");
      rig.decided("p1", 5, "b");
      expect(rig.fire("head")).toEqual(["p1,p2,p3,r0,r1,r2 <- head 2 7 5"]);
      rig.restart();
      expect(rig.fire("head")).toEqual(["p1,p2,p3,r0,r1,r2 <- head 2 7 5"]);
    },
  },
  {
    name: "what an earlier HEAD called decided is asked for",
    line: "2.3",
    fires: ["head: catch up (2.3)"],
    run(engineOf) {
      const rig = new Rig(engineOf);
      const head = (floor: number, maxDecided: number) =>
        rig.from("p1", { kind: "head", floor, maxVoted: maxDecided, maxDecided });
      rig.decided("p2", 3, "c");
      expect(head(0, 4)).toEqual([]);
      expect(head(0, 6)).toEqual(["p1 <- fetch 1,2,4"]);
      expect(head(2, 6)).toEqual(["persist floor 2", "p1 <- fetch 4,5,6"]);
      expect(head(1, 2)).toEqual([]);
    },
  },
];
