import { expect } from "vitest";
import type { EngineOf } from "./adapter.ts";
import { five, Rig } from "./rig.ts";

/** One sentence of the definition, checked on one member. `line` quotes the section it stands in. */
export interface Rule {
  readonly name: string;
  readonly line: string;
  /** Actions that must have fired for the test to mean something. */
  readonly fires: readonly string[];
  run(engineOf: EngineOf): void;
}

export function rule(
  name: string,
  line: string,
  fires: readonly string[],
  body: (rig: Rig, engineOf: EngineOf) => void,
): Rule {
  return { name, line, fires, run: (engineOf) => body(new Rig(engineOf), engineOf) };
}

const allBut = "p1,p2,p3,p4,p5";

/** What is said of votes and decisions in section 3.3. */
export const voteRules: readonly Rule[] = [
  rule("cast: the vote is durable before it leaves", "3.3 cast", ["propose: cast (3.3)"], (rig) => {
    expect(rig.propose(1, "a")).toEqual(["persist vote 1 0 a", `${allBut} <- vote 1 0 a`]);
    expect(rig.slot(1)).toBe("0 0 a -");
    expect(rig.propose(1, "b")).toEqual([]);
    expect(rig.propose(2, "bad")).toEqual([]);
    expect(rig.propose(2, "a", "p1")).toEqual([]);
    expect(rig.slot(2)).toBe("nothing");
  }),
  rule(
    "f+1 equal votes are followed where no proposal came, one is not",
    "3.3 on VOTE",
    ["vote: count (3.3)", "vote: hear of a slot (3.3)", "vote for what f+1 vote for (3.3)"],
    (rig) => {
      expect(rig.vote("p1", 1, 0, "a")).toEqual([]);
      expect(rig.vote("p2", 1, 0, "b")).toEqual([]);
      expect(rig.vote("p3", 1, 0, "a")).toEqual(["persist vote 1 0 a", `${allBut} <- vote 1 0 a`]);
      rig.votes(["p1", "p2"], 2, 0, "bad");
      expect(rig.slot(2)).toBe("0 -1 - -");
    },
  ),
  rule("q equal votes decide, with their certificate", "3.3 on VOTE", ["decide (3.3)"], (rig) => {
    rig.propose(1, "a");
    expect(rig.votes(["p1", "p2", "p3"], 1, 0, "a")).toEqual([]);
    expect(rig.vote("p3", 1, 0, "a")).toEqual([]);
    expect(rig.vote("p4", 1, 0, "b")).toEqual([]);
    expect(rig.vote("p5", 1, 0, "a")).toEqual([
      `${allBut},r0,r1,r2 <- decided 1 a by p0,p1,p2,p3,p5 in 0`,
      "output decided 1 a",
      "persist decided 1 same",
    ]);
  }),
  rule("votes of different rounds do not count together", "3.3 on VOTE", [], (rig) => {
    rig.votes(["p1", "p2", "p3"], 1, 1, "a");
    rig.propose(1, "a");
    rig.vote("p4", 1, 0, "a");
    expect(rig.slot(1)).toBe("0 0 a -");
    expect(rig.vote("p5", 1, 0, "a")).toEqual([]);
    expect(rig.vote("p4", 1, 1, "a")).toEqual([]);
    expect(rig.vote("p5", 1, 1, "a")).toEqual([
      `${allBut},r0,r1,r2 <- decided 1 a by ${allBut} in 1`,
      "output decided 1 a",
      "persist decided 1 same",
    ]);
  }),
  rule(
    "the first vote of a round stands, a second one is evidence",
    "3.3 on VOTE",
    ["vote: evidence (3.3)"],
    (rig) => {
      rig.propose(1, "a");
      rig.votes(["p1", "p2", "p3"], 1, 0, "a");
      rig.vote("p4", 1, 0, "b");
      expect(rig.vote("p4", 1, 0, "a")).toEqual(["output evidence 1 0 p4 two vote"]);
      expect(rig.slot(1)).toBe("0 0 a -");
      // Once: one piece convicts, and whoever lies may do so for ever.
      expect(rig.vote("p4", 1, 0, "c")).toEqual([]);
    },
  ),
  rule(
    "a vote counts only if its signer made it, for this slot and round",
    "3.2",
    ["vote: refuse (3.2)"],
    (rig) => {
      expect(rig.vote("p1", 1, 0, "a", "p2")).toEqual(["output refused vote of p1: signature"]);
      expect(rig.vote("r0", 1, 0, "a")).toEqual(["output refused vote of r0: stranger"]);
      expect(rig.vote("p1", 70_000, 0, "a")).toEqual(["output refused vote of p1: out of range"]);
      expect(rig.slot(1)).toBe("nothing");
    },
  ),
  rule(
    "a certified decision is learned, recorded, not relayed",
    "3.3 on DECIDED",
    ["decided: learn (3.3)"],
    (rig) => {
      expect(rig.decided("p1", 1, "a")).toEqual(["output decided 1 a", "persist decided 1 a"]);
      expect(rig.decided("p2", 1, "a")).toEqual([]);
      rig.restart();
      expect(rig.slot(1)).toBe("0 -1 - a");
    },
  ),
  rule(
    "a decision without q votes of one round, of distinct members, is refused",
    "3.3 on DECIDED",
    ["decided: refuse (3.2)"],
    (rig) => {
      const refused = ["output refused decided of p1: certificate"];
      expect(rig.decided("p1", 1, "a", rig.proof(1, "a", five.slice(1)))).toEqual(refused);
      expect(rig.decided("p1", 1, "a", rig.proof(1, "a", ["p1", "p1", "p2", "p3", "p4"]))).toEqual(refused);
      expect(rig.decided("p1", 1, "a", rig.proof(1, "b", five))).toEqual(refused);
      expect(rig.decided("p1", 1, "a", rig.proof(2, "a", five))).toEqual(refused);
      const { votes } = rig.proof(1, "a", five, 1);
      const mixed = { round: 0, votes: [...rig.proof(1, "a", five.slice(0, 4)).votes, votes[4]!] };
      expect(rig.decided("p1", 1, "a", mixed)).toEqual(refused);
      expect(rig.decided("r0", 1, "a")).toEqual(["output refused decided of r0: stranger"]);
      expect(rig.slot(1)).toBe("nothing");
    },
  ),
  rule("two certified decisions raise an alarm", "3.3", ["decided: alarm (3.3)"], (rig) => {
    rig.decided("p1", 1, "a");
    expect(rig.decided("p1", 1, "b")).toEqual(["output alarm 1 a b"]);
    expect(rig.decided("p1", 1, "b", rig.proof(1, "b", five.slice(1)))).toEqual([
      "output refused decided of p1: certificate",
    ]);
  }),
  rule(
    "a vote in a certificate that is another than the one told here is evidence",
    "3.3 on VOTE",
    ["decided: learn (3.3)"],
    (rig) => {
      rig.vote("p3", 1, 0, "b");
      expect(rig.decided("p1", 1, "a")).toEqual([
        "output evidence 1 0 p3 two vote",
        "output decided 1 a",
        "persist decided 1 a",
      ]);
    },
  ),
  rule(
    "a decided slot is answered for, whatever is said about it",
    "3.3",
    ["propose: decided (3.3)", "vote: decided (3.3)", "status: decided (3.3)", "newround: decided (3.3)"],
    (rig) => {
      rig.decided("p1", 1, "a");
      const told = `decided 1 a by ${allBut} in 0`;
      expect(rig.propose(1, "b")).toEqual([`r0 <- ${told}`]);
      expect(rig.vote("p2", 1, 0, "b")).toEqual([`p2 <- ${told}`]);
      expect(rig.status("p3", 1, 1, "-")).toEqual([`p3 <- ${told}`]);
      expect(rig.newround("p2", 1, 1, "b", {})).toEqual([`p2 <- ${told}`]);
      expect(rig.vote("stranger", 1, 0, "b")).toEqual(["output refused vote of stranger: stranger"]);
    },
  ),
];
