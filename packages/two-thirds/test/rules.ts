import { expect } from "vitest";
import { type EngineOf, Rig, whole } from "./rig.ts";

/** One sentence of the definition, checked on one member. `line` quotes the section it stands in. */
export interface Rule {
  readonly name: string;
  readonly line: string;
  /** Actions that must have fired for the test to mean something. */
  readonly fires: readonly string[];
  run(engineOf: EngineOf): void;
}

function rule(
  name: string,
  line: string,
  fires: readonly string[],
  body: (rig: Rig, engineOf: EngineOf) => void,
): Rule {
  return {
    name,
    line,
    fires,
    run: (engineOf) => body(new Rig(engineOf), engineOf),
  };
}

/** Slots 1 to `through` decided by word of p1. */
function decideThrough(rig: Rig, through: number): void {
  for (let slot = 1; slot <= through; slot++) rig.decided("p1", slot, `v${slot}`);
}

export const rules: readonly Rule[] = [
  rule("cast: the vote is durable before it leaves", "2.4 cast", ["propose: cast (2.4)"], (rig) => {
    expect(rig.propose(1, "a")).toEqual(["persist vote 1 0 a", "p1,p2,p3 <- vote 1 0 a"]);
    expect(rig.slot(1)).toBe("0 a -");
  }),
  rule(
    "a read is answered with the highest slot voted in, decided or finished",
    "5.10",
    ["highest: answer (5.10)"],
    (rig) => {
      expect(rig.from("r0", { kind: "highest", nonce: 1 })).toEqual(["r0 <- highestAck 1 0"]);
      rig.propose(3, "a");
      expect(rig.from("r0", { kind: "highest", nonce: 2 })).toEqual(["r0 <- highestAck 2 3"]);
      rig.decided("p1", 5, "b");
      expect(rig.from("r1", { kind: "highest", nonce: 3 })).toEqual(["r1 <- highestAck 3 5"]);
      rig.restart();
      expect(rig.from("r0", { kind: "highest", nonce: 4 })).toEqual(["r0 <- highestAck 4 5"]);
      rig.from("p1", { kind: "trimmed", floor: 9 });
      expect(rig.from("r0", { kind: "highest", nonce: 5 })).toEqual(["r0 <- highestAck 5 9"]);
      expect(rig.from("p1", { kind: "highest", nonce: 6 })).toEqual([]);
    },
  ),
  rule("PROPOSE below the floor is answered TRIMMED", "2.4 on PROPOSE", ["propose: trimmed (2.4)"], (rig) => {
    rig.from("p1", { kind: "trimmed", floor: 5 });
    expect(rig.propose(5, "a")).toEqual(["r0 <- trimmed 5"]);
    expect(rig.propose(6, "a")).toHaveLength(2);
  }),
  rule(
    "PROPOSE of a decided slot is answered DECIDED",
    "2.4 on PROPOSE",
    ["propose: decided (2.4)"],
    (rig) => {
      rig.decided("p1", 1, "a");
      expect(rig.propose(1, "b")).toEqual(["r0 <- decided 1 a"]);
    },
  ),
  rule("a second PROPOSE has no effect", "2.4 on PROPOSE", [], (rig) => {
    rig.propose(1, "a");
    expect(rig.propose(1, "b")).toEqual([]);
    expect(rig.slot(1)).toBe("0 a -");
  }),
  rule("VOTE below the floor is answered TRIMMED", "2.4 on VOTE", ["vote: trimmed (2.4)"], (rig) => {
    rig.from("p1", { kind: "trimmed", floor: 5 });
    expect(rig.vote("p2", 3, 4, "a")).toEqual(["p2 <- trimmed 5"]);
    expect(rig.slot(3)).toBe("-1 - -");
  }),
  rule("VOTE of a decided slot is answered DECIDED", "2.4 on VOTE", ["vote: decided (2.4)"], (rig) => {
    rig.decided("p1", 1, "a");
    expect(rig.vote("p2", 1, 7, "b")).toEqual(["p2 <- decided 1 a"]);
    expect(rig.slot(1)).toBe("-1 - a");
  }),
  rule(
    "the first vote of a round stands, a second one is evidence",
    "2.4 on VOTE",
    ["vote: evidence (2.4)"],
    (rig) => {
      rig.propose(1, "a");
      rig.vote("p1", 1, 0, "b");
      expect(rig.vote("p1", 1, 0, "a")).toEqual(["output evidence 1 0 p1 b a"]);
      // Had it replaced the first one, this vote would decide.
      expect(rig.vote("p2", 1, 0, "a")).toEqual(["persist vote 1 1 same", "p1,p2,p3 <- vote 1 1 a"]);
    },
  ),
  rule("a vote counts once, however often it comes", "2.4 on VOTE", ["vote: count (2.4)"], (rig) => {
    rig.propose(1, "a");
    expect(rig.vote("p1", 1, 0, "a")).toEqual([]);
    expect(rig.vote("p1", 1, 0, "a")).toEqual([]);
    expect(rig.slot(1)).toBe("0 a -");
  }),
  rule(
    "a vote of a higher round is adopted, the rounds between are not voted in",
    "2.5",
    ["vote: jump (2.4)"],
    (rig) => {
      rig.propose(1, "a");
      expect(rig.vote("p1", 1, 4, "b")).toEqual(["persist vote 1 4 b", "p1,p2,p3 <- vote 1 4 b"]);
      expect(rig.slot(1)).toBe("4 b -");
    },
  ),
  rule("a jump works for a slot never heard of", "2.5", ["vote: jump (2.4)"], (rig) => {
    expect(rig.vote("p1", 9, 2, "b")).toEqual(["persist vote 9 2 b", "p1,p2,p3 <- vote 9 2 b"]);
  }),
  rule(
    "a vote of a lower round is answered with the own vote",
    "2.4 on VOTE",
    ["vote: pull a laggard (2.4)"],
    (rig) => {
      rig.vote("p1", 1, 2, "b");
      expect(rig.vote("p2", 1, 0, "a")).toEqual(["p2 <- vote 1 2 b"]);
      expect(rig.vote("p2", 1, 0, "a")).toEqual(["p2 <- vote 1 2 b"]);
    },
  ),
  rule(
    "E votes decide; nothing of the step waits for the record",
    "2.4 evaluate (1), H2",
    ["decide (2.4)"],
    (rig) => {
      rig.propose(1, "a");
      rig.vote("p1", 1, 0, "a");
      expect(rig.vote("p2", 1, 0, "a")).toEqual([
        "p1,p2,p3,r0,r1,r2 <- decided 1 a",
        "output decided 1 a",
        "persist decided 1 same",
      ]);
      expect(rig.slot(1)).toBe("0 a a");
    },
  ),
  rule(
    "a late vote decides a past round",
    "2.4 evaluate (1), note b",
    ["vote: pull a laggard (2.4)", "decide (2.4)"],
    (rig) => {
      rig.propose(1, "a");
      rig.vote("p1", 1, 0, "a");
      rig.vote("p2", 1, 0, "b");
      expect(rig.slot(1)).toBe("1 a -");
      expect(rig.vote("p3", 1, 0, "a").slice(0, 2)).toEqual([
        "p3 <- vote 1 1 a",
        "p1,p2,p3,r0,r1,r2 <- decided 1 a",
      ]);
    },
  ),
  rule(
    "T votes lead to the next round with the most frequent value",
    "2.4 evaluate (2)",
    ["advance (2.4)"],
    (rig) => {
      rig.propose(1, "a");
      expect(rig.vote("p1", 1, 0, "b")).toEqual([]);
      expect(rig.vote("p2", 1, 0, "b")).toEqual(["persist vote 1 1 b", "p1,p2,p3 <- vote 1 1 b"]);
    },
  ),
  rule("ties go to the smallest value", "2.4 choose", ["advance (2.4)"], (rig) => {
    rig.propose(1, "c");
    rig.vote("p1", 1, 0, "a");
    expect(rig.vote("p2", 1, 0, "b")).toEqual(["persist vote 1 1 a", "p1,p2,p3 <- vote 1 1 a"]);
  }),
  rule("ties go to the smallest digest if so ordered", "1 order", ["advance (2.4)"], (_rig, engineOf) => {
    const rig = new Rig(engineOf, { order: "digest" });
    // SHA-256: c = 2e7d…, b = 3e23…, a = ca97….
    rig.propose(1, "a");
    rig.vote("p1", 1, 0, "b");
    expect(rig.vote("p2", 1, 0, "c")[0]).toBe("persist vote 1 1 c");
  }),
  rule(
    "DECIDED is believed, recorded, not relayed",
    "2.4 on DECIDED, note c",
    ["decided: learn (2.4)"],
    (rig) => {
      rig.propose(1, "b");
      expect(rig.decided("p1", 1, "a")).toEqual(["output decided 1 a", "persist decided 1 a"]);
      expect(rig.decided("p2", 1, "a")).toEqual([]);
      expect(rig.slot(1)).toBe("0 b a");
    },
  ),
  rule("two decisions of a slot raise an alarm", "2.4 on DECIDED", ["decided: alarm (2.4)"], (rig) => {
    rig.decided("p1", 1, "a");
    expect(rig.decided("p2", 1, "b")).toEqual(["output alarm 1 a b"]);
    expect(rig.slot(1)).toBe("-1 - a");
  }),
  rule("lazy relay tells learners only", "2.4 note c", ["decide (2.4)"], (_rig, engineOf) => {
    const rig = new Rig(engineOf, { relay: "lazy" });
    rig.propose(1, "a");
    rig.vote("p1", 1, 0, "a");
    expect(rig.vote("p2", 1, 0, "a")[0]).toBe("r0,r1,r2 <- decided 1 a");
  }),
  rule("a restart brings the vote back and sends it again", "2.4 on RESTART", ["restart (2.4)"], (rig) => {
    rig.propose(1, "a");
    rig.vote("p1", 2, 3, "b");
    rig.decided("p1", 3, "c");
    expect(rig.restart()).toEqual(["p1,p2,p3 <- vote 1 0 a", "p1,p2,p3 <- vote 2 3 b"]);
    expect(rig.propose(1, "z")).toEqual([]);
    expect(rig.propose(3, "z")).toEqual(["r0 <- decided 3 c"]);
    rig.vote("p1", 1, 0, "a");
    expect(rig.vote("p2", 1, 0, "a")).toContain("output decided 1 a");
  }),
  rule("the records of compact stand for all", "engine compact", ["restart (2.4)"], (rig) => {
    decideThrough(rig, 3);
    rig.from("p1", { kind: "trimmed", floor: 2 });
    rig.propose(4, "a");
    rig.vote("p1", 4, 2, "b");
    rig.propose(5, "a");
    rig.decided("p1", 5, "a");
    const compacted = [...rig.engine.compact(rig.config, rig.state)];
    rig.restart();
    const full = rig.engine.observe(rig.config, rig.state);
    rig.restart(compacted);
    expect(rig.engine.observe(rig.config, rig.state)).toEqual(full);
    expect(compacted).toHaveLength(5);
  }),
  rule(
    "f+1 learners retire slots; the floor outlives a restart",
    "1 floor",
    ["stable: raise the floor (1)", "stable: note (1)"],
    (rig) => {
      decideThrough(rig, 4);
      expect(rig.stable("r0", 4)).toEqual([]);
      expect(rig.stable("r0", 4)).toEqual([]);
      expect(rig.stable("r2", 3)).toEqual(["persist floor 3"]);
      expect(rig.state.slots.keys).toEqual([4]);
      expect(rig.propose(3, "z")).toEqual(["r0 <- trimmed 3"]);
      rig.restart();
      expect(rig.propose(3, "z")).toEqual(["r0 <- trimmed 3"]);
    },
  ),
  rule(
    "with f+1 learners or fewer all must be ready",
    "1 floor",
    ["stable: raise the floor (1)"],
    (_rig, engineOf) => {
      const rig = new Rig(engineOf, { learners: ["r0", "r1"] });
      expect(rig.stable("r1", 2)).toEqual([]);
      expect(rig.stable("r0", 9)).toEqual(["persist floor 2"]);
      const alone = new Rig(engineOf, { learners: ["r0"] });
      expect(alone.stable("r0", 9)).toEqual(["persist floor 9"]);
    },
  ),
  rule("a floor heard from a member is adopted", "1 floor", ["trimmed: raise the floor (1)"], (rig) => {
    rig.propose(1, "a");
    expect(rig.from("p3", { kind: "trimmed", floor: 4 })).toEqual(["persist floor 4"]);
    expect(rig.state.open).toEqual([]);
    expect(rig.from("p3", { kind: "trimmed", floor: 4 })).toEqual([]);
  }),
  rule(
    "FETCH is answered with decisions, and TRIMMED below the floor",
    "2.3",
    ["fetch: serve (2.3)"],
    (rig) => {
      decideThrough(rig, 3);
      rig.from("p1", { kind: "trimmed", floor: 1 });
      rig.propose(5, "a");
      expect(rig.from("r1", { kind: "fetch", slots: [1, 2, 3, 4, 5] })).toEqual([
        "r1 <- trimmed 1",
        "r1 <- decided 2 v2",
        "r1 <- decided 3 v3",
      ]);
    },
  ),
  rule("only members vote and decide, only learners propose", "1 H6", [], (rig) => {
    for (const stranger of ["x", "r0", "p0"]) {
      expect(rig.vote(stranger, 1, 0, "a")).toEqual([]);
      expect(rig.decided(stranger, 1, "a")).toEqual([]);
      expect(rig.from(stranger, { kind: "trimmed", floor: 9 })).toEqual([]);
      expect(rig.from(stranger, { kind: "head", floor: 9, maxVoted: 9, maxDecided: 9 })).toEqual([]);
    }
    expect(rig.propose(1, "a", "x")).toEqual([]);
    expect(rig.propose(1, "a", "p1")).toEqual([]);
    expect(rig.stable("p1", 4)).toEqual([]);
    expect(rig.from("x", { kind: "fetch", slots: [0] })).toEqual([]);
  }),
  rule("nothing beyond maxAhead gets state", "P12", [], (_rig, engineOf) => {
    const rig = new Rig(engineOf, { maxAhead: 3 });
    expect(rig.propose(4, "a")).toEqual([]);
    expect(rig.vote("p1", 4, 0, "a")).toEqual([]);
    expect(rig.decided("p1", 4, "a")).toEqual([]);
    expect(rig.propose(3, "a")).toHaveLength(2);
    expect(rig.state.slots.keys).toEqual([3]);
  }),
  rule(
    "votes are kept of the highest round and keepRounds below",
    "2.2",
    ["vote: pull a laggard (2.4)"],
    (_rig, engineOf) => {
      const rig = new Rig(engineOf, { keepRounds: 2 });
      for (let round = 0; round < 20; round++) rig.vote("p1", 1, round, "b");
      expect(rig.state.slots.values[0]!.votes.keys).toEqual([17, 18, 19]);
      rig.vote("p2", 1, 3, "a");
      expect(rig.state.slots.values[0]!.votes.keys).toEqual([17, 18, 19]);
    },
  ),
  rule(
    "one member alone decides at once, also after a restart",
    "2.1",
    ["decide (2.4)"],
    (_rig, engineOf) => {
      const rig = new Rig(engineOf, { members: ["p0"], learners: ["r0"] });
      expect(rig.propose(1, "a")).toContain("output decided 1 a");
      rig.restart(rig.records.slice(0, 1));
      expect(rig.slot(1)).toBe("0 a a");
    },
  ),
  rule(
    "the learner on the same node hears every decision in full",
    "2.3",
    ["decided: learn (2.4)"],
    (_rig, engineOf) => {
      const rig = new Rig(engineOf, { colocatedLearner: "r1" });
      expect(rig.from("p1", { kind: "decided", slot: 1, choice: whole("a") })[0]).toBe("r1 <- decided 1 a");
    },
  ),
];
