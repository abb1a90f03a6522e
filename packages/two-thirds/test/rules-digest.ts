import { expect } from "vitest";
import { bytes, digest, type EngineOf, hash, Rig, whole } from "./rig.ts";
import type { Rule } from "./rules.ts";

const rigOf = (engineOf: EngineOf, more = {}) =>
  new Rig(engineOf, { digestAboveBytes: 2, order: "digest", ...more });
const line = "8 votes by digest";

/** Rules of votes by digest: values above two bytes are named, others are sent whole. */
export const digestRules: readonly Rule[] = [
  {
    name: "a large value is journaled whole and voted for by digest",
    line,
    fires: ["propose: cast (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      expect(rig.propose(1, "large")).toEqual([
        "persist vote 1 0 large",
        `p1,p2,p3 <- vote 1 0 ${hash("large")}`,
      ]);
      expect(rig.propose(2, "ab")).toEqual(["persist vote 2 0 ab", "p1,p2,p3 <- vote 2 0 ab"]);
      expect(rig.restart()).toEqual([`p1,p2,p3 <- vote 1 0 ${hash("large")}`, "p1,p2,p3 <- vote 2 0 ab"]);
    },
  },
  {
    name: "votes whole and by digest for one value count together",
    line,
    fires: ["decide (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      rig.propose(1, "large");
      rig.vote("p1", 1, 0, whole("large"));
      expect(rig.vote("p2", 1, 0, digest("large"))).toEqual([
        `p1,p2,p3,r0,r1,r2 <- decided 1 ${hash("large")}`,
        "output decided 1 large",
        "persist decided 1 same",
      ]);
    },
  },
  {
    name: "a digest of a value that is small enough to be sent is refused",
    line,
    fires: [],
    run(engineOf) {
      const rig = rigOf(engineOf);
      expect(rig.vote("p1", 1, 0, digest("ab"))).toEqual([]);
      expect(rig.vote("p1", 1, 0, { ...digest("large"), digest: bytes("short") } as never)).toEqual([]);
      expect(rig.state.slots.keys).toEqual([]);
      expect(new Rig(engineOf).vote("p1", 1, 0, digest("large"))).toEqual([]);
    },
  },
  {
    name: "nobody votes for a value that is not there: it is asked for first",
    line,
    fires: [
      "vote: wait for the value (8)",
      "ask for a value (8)",
      "value: take (8)",
      "jump once the value is here (8)",
    ],
    run(engineOf) {
      const rig = rigOf(engineOf);
      expect(rig.vote("p1", 1, 3, digest("large"))).toEqual([`p1 <- want 1 ${hash("large")}`]);
      expect(rig.vote("p2", 1, 3, digest("large"))).toEqual([]);
      expect(rig.from("p1", { kind: "value", slot: 1, value: bytes("other") })).toEqual([]);
      expect(rig.from("x", { kind: "value", slot: 1, value: bytes("large") })).toEqual([]);
      expect(rig.slot(1)).toBe("-1 - -");
      expect(rig.from("p1", { kind: "value", slot: 1, value: bytes("large") })).toEqual([
        "persist vote 1 3 large",
        `p1,p2,p3 <- vote 1 3 ${hash("large")}`,
        `p1,p2,p3,r0,r1,r2 <- decided 1 ${hash("large")}`,
        "output decided 1 large",
        "persist decided 1 same",
      ]);
    },
  },
  {
    name: "a voter answers for its value, decided or not",
    line,
    fires: ["want: answer (8)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      const want = () =>
        rig.from("p2", { kind: "want", slot: 1, digest: (digest("large") as { digest: Uint8Array }).digest });
      expect(want()).toEqual([]);
      rig.propose(1, "large");
      expect(want()).toEqual(["p2 <- value 1 large"]);
      rig.restart();
      expect(want()).toEqual(["p2 <- value 1 large"]);
      rig.decided("p1", 1, digest("large"));
      expect(want()).toEqual(["p2 <- decided 1 large"]);
    },
  },
  {
    name: "a proposal that comes too late to be voted for is kept",
    line,
    fires: ["propose: hold (8)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      rig.propose(1, "large");
      rig.propose(1, "other", "r1");
      // No request: the value is there.
      expect(rig.vote("p1", 1, 2, digest("other"))[0]).toBe("persist vote 1 2 other");
      for (let i = 0; i < 20; i++) rig.propose(1, `too many ${i}`, "r1");
      expect(rig.state.slots.values[0]!.held.keys.length).toBeLessThanOrEqual(4);
    },
  },
  {
    name: "a value asked for comes with a proposal as well",
    line,
    fires: ["propose: cast (2.4)", "propose: hold (8)", "jump once the value is here (8)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      rig.propose(1, "large");
      expect(rig.vote("p1", 1, 2, digest("other"))).toEqual([`p1 <- want 1 ${hash("other")}`]);
      expect(rig.propose(1, "other", "r1")[0]).toBe("persist vote 1 2 other");
    },
  },
  {
    name: "a value that stays away is asked for again, then done without",
    line,
    fires: ["retry: vote again (2.4)", "advance (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      // SHA-256: "aaa" = 9834…, "ccc" = 64da…, "bbb" = 3e74…: the tie goes to bbb, whose only voter falls silent.
      rig.propose(1, "aaa");
      rig.vote("p1", 1, 0, digest("bbb"));
      expect(rig.vote("p2", 1, 0, digest("ccc"))).toEqual([`p1 <- want 1 ${hash("bbb")}`]);
      expect(rig.fire("retry")).toEqual([
        `p1,p2,p3 <- vote 1 0 ${hash("aaa")}`,
        "persist vote 1 1 same",
        `p1,p2,p3 <- vote 1 1 ${hash("aaa")}`,
      ]);
    },
  },
  {
    name: "a value that may be decided is never done without",
    line,
    fires: ["ask for a value (8)", "retry: vote again (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      rig.propose(1, "aaa");
      rig.vote("p1", 1, 0, digest("bbb"));
      expect(rig.vote("p2", 1, 0, digest("bbb"))).toEqual([`p1,p2 <- want 1 ${hash("bbb")}`]);
      for (let i = 0; i < 20; i++) rig.fire("retry");
      expect(rig.slot(1)).toBe("0 aaa -");
      expect(rig.from("p2", { kind: "value", slot: 1, value: bytes("bbb") })[0]).toBe("persist vote 1 1 bbb");
    },
  },
  {
    name: "a decision by digest is fetched if its value is not there",
    line,
    fires: ["decided: fetch (8)", "decided: learn (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      expect(rig.decided("p1", 1, digest("large"))).toEqual(["p1 <- fetch 1"]);
      rig.propose(2, "large");
      expect(rig.decided("p1", 2, digest("large"))).toEqual([
        "output decided 2 large",
        "persist decided 2 same",
      ]);
      expect(rig.decided("p2", 2, digest("large"))).toEqual([]);
      expect(rig.decided("p2", 2, whole("large"))).toEqual([]);
      expect(rig.decided("p2", 2, digest("other"))).toEqual([`output alarm 2 large ${hash("other")}`]);
    },
  },
  {
    name: "who named the decided value gets its digest, others get it whole",
    line,
    fires: ["vote: decided (2.4)", "propose: decided (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      rig.decided("p1", 1, whole("large"));
      expect(rig.vote("p2", 1, 0, digest("large"))).toEqual([`p2 <- decided 1 ${hash("large")}`]);
      expect(rig.vote("p2", 1, 0, digest("other"))).toEqual(["p2 <- decided 1 large"]);
      expect(rig.propose(1, "large")).toEqual([`r0 <- decided 1 ${hash("large")}`]);
      expect(rig.propose(1, "other")).toEqual(["r0 <- decided 1 large"]);
    },
  },
  {
    name: "the learner on the same node gets the value, the others its digest",
    line,
    fires: ["decide (2.4)"],
    run(engineOf) {
      const rig = rigOf(engineOf, { colocatedLearner: "r1", relay: "lazy" });
      rig.propose(1, "large");
      rig.vote("p1", 1, 0, digest("large"));
      expect(rig.vote("p2", 1, 0, digest("large")).slice(0, 2)).toEqual([
        `r0,r2 <- decided 1 ${hash("large")}`,
        "r1 <- decided 1 large",
      ]);
    },
  },
  {
    name: "a jump waits for no value of a higher round that stays away",
    line,
    fires: ["jump once the value is here (8)"],
    run(engineOf) {
      const rig = rigOf(engineOf);
      rig.propose(1, "large");
      rig.vote("p1", 1, 4, digest("other"));
      rig.vote("p2", 1, 5, digest("gone for good"));
      expect(rig.from("p1", { kind: "value", slot: 1, value: bytes("other") })[0]).toBe(
        "persist vote 1 4 other",
      );
    },
  },
];
