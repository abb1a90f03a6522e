import { expect } from "vitest";
import { five, Rig } from "./rig.ts";
import { type Rule, rule } from "./rules.ts";

/** What is said of floors, gossip and reads (1, 2.3, 5.10), and what f + 1 members have to say before it counts. */
export const floorRules: readonly Rule[] = [
  rule(
    "f+1 learners retire slots; the floor outlives a restart",
    "1 floor",
    ["stable: note (1)", "stable: raise the floor (1)"],
    (rig) => {
      rig.propose(1, "a");
      expect(rig.from("r0", { kind: "stable", slot: 4 })).toEqual([]);
      expect(rig.from("p1", { kind: "stable", slot: 4 })).toEqual([]);
      expect(rig.from("r1", { kind: "stable", slot: 3 })).toEqual(["persist floor 3"]);
      expect(rig.slot(1)).toBe("nothing");
      rig.restart();
      expect(rig.state.floor).toBe(3);
    },
  ),
  rule(
    "a floor is adopted once f+1 members tell of it",
    "1 floor",
    ["trimmed: hear of a floor (1)"],
    (rig) => {
      expect(rig.from("p1", { kind: "trimmed", floor: 9 })).toEqual([]);
      expect(rig.from("p1", { kind: "trimmed", floor: 8 })).toEqual([]);
      expect(rig.state.floor).toBe(0);
      expect(rig.from("p2", { kind: "trimmed", floor: 5 })).toEqual(["persist floor 5"]);
    },
  ),
  rule(
    "whatever is said about a slot below the floor is answered TRIMMED",
    "1 floor",
    ["propose: trimmed (1)", "vote: trimmed (1)", "status: trimmed (1)", "newround: trimmed (1)"],
    (rig) => {
      for (const member of ["p1", "p2"]) rig.from(member, { kind: "trimmed", floor: 5 });
      expect(rig.propose(5, "a")).toEqual(["r0 <- trimmed 5"]);
      expect(rig.vote("p3", 5, 0, "a")).toEqual(["p3 <- trimmed 5"]);
      expect(rig.status("p3", 5, 1, "-")).toEqual(["p3 <- trimmed 5"]);
      expect(rig.newround("p3", 5, 1, "a", {})).toEqual(["p3 <- trimmed 5"]);
      expect(rig.decided("p3", 5, "a")).toEqual([]);
      expect(rig.slot(5)).toBe("nothing");
    },
  ),
  rule(
    "what f+1 members called decided is asked for, once an earlier HEAD said so",
    "2.3 HEAD",
    ["head: catch up (2.3)"],
    (rig) => {
      const head = (from: string, floor: number, maxDecided: number) =>
        rig.from(from, { kind: "head", floor, maxDecided });
      expect(head("p1", 0, 1000)).toEqual([]);
      expect(head("p1", 0, 1000)).toEqual([]);
      expect(head("p2", 0, 2)).toEqual([]);
      expect(head("p3", 0, 3)).toEqual(["p3 <- fetch 1,2"]);
      expect(head("p1", 9, 1000)).toEqual(["p1 <- fetch 1,2,3"]);
      expect(head("p4", 2, 3)).toEqual(["persist floor 2", "p4 <- fetch 3"]);
    },
  ),
  rule("HEAD says what was decided and forgotten", "2.3 HEAD", ["head: gossip (2.3)"], (_rig, engineOf) => {
    const rig = new Rig(engineOf, { headMs: 50 });
    rig.decided("p1", 3, "a");
    expect(rig.fire("head")).toEqual(["p1,p2,p3,p4,p5,r0,r1,r2 <- head 0 3"]);
    expect(rig.armed.has("head")).toBe(true);
  }),
  rule(
    "FETCH is answered with certified decisions, and TRIMMED below the floor",
    "2.3 HEAD",
    ["fetch: serve (2.3)"],
    (rig) => {
      rig.decided("p1", 3, "a");
      for (const learner of ["r0", "r1"]) rig.from(learner, { kind: "stable", slot: 1 });
      expect(rig.from("r0", { kind: "fetch", slots: [1, 2, 3] })).toEqual([
        "r0 <- trimmed 1",
        `r0 <- decided 3 a by ${five.join(",")} in 0`,
      ]);
      expect(rig.from("stranger", { kind: "fetch", slots: [3] })).toEqual([]);
    },
  ),
  rule(
    "a read is answered with the highest slot voted in, decided or finished",
    "5.10",
    ["highest: answer (5.10)"],
    (rig) => {
      expect(rig.from("r0", { kind: "highest", nonce: 1 })).toEqual(["r0 <- highestAck 1 0"]);
      rig.propose(3, "a");
      expect(rig.from("r0", { kind: "highest", nonce: 2 })).toEqual(["r0 <- highestAck 2 3"]);
      rig.decided("p1", 5, "b");
      rig.restart();
      expect(rig.from("r1", { kind: "highest", nonce: 3 })).toEqual(["r1 <- highestAck 3 5"]);
      expect(rig.from("p1", { kind: "highest", nonce: 4 })).toEqual([]);
    },
  ),
];
