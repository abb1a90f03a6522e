import { describe, expect, test } from "vitest";
import { type Makers, soundMakers, textOf } from "./support/cluster.ts";
import { active, ballot, leaderAlone, p1b, p2b, proposal } from "./support/lone.ts";
import {
  backoffTimesIndex,
  firstReportWins,
  forgetsVotes,
  lastReportWins,
  mutants,
  volatileRound,
} from "./support/mutants.ts";
import { acceptorRules } from "./support/rules-acceptor.ts";
import { leaderRules } from "./support/rules-leader.ts";

/** The faults of published code (section 5.1), each with the old behaviour as a twin that must be refused. */
const holds = (check: (makers: Makers) => void, makers: Makers): boolean => {
  try {
    check(makers);
    return true;
  } catch {
    return false;
  }
};

describe("F17: reports are merged by ballot, and one ballot has one value per slot", () => {
  const merging = leaderRules["adopt the ballot (4.5)"]!;
  const oneValue = (makers: Makers) => {
    const lone = active(makers).from("r0", proposal(1, "x")).from("r1", proposal(1, "y"));
    lone.from("a1", p2b(ballot(0, 0), 1)).from("a2", p2b(ballot(0, 0), 1));
    expect(lone.outputs().map(({ value }) => textOf(value))).toEqual(["x"]);
  };
  const adopting = (makers: Makers) => {
    const lone = leaderAlone(makers)
      .command({ kind: "lead" })
      .from("a1", p1b(ballot(0, 0)));
    expect(lone.state.phase).toBe("phase1");
  };
  test("the engine does", () => {
    for (const check of [merging, oneValue, adopting]) check(soundMakers);
  });
  test("a scout that keeps the last report does not", () =>
    expect(holds(merging, lastReportWins)).toBe(false));
  test("a scout that keeps the first report does not", () =>
    expect(holds(merging, firstReportWins)).toBe(false));
  test("two commanders under one ballot are refused", () => {
    const rule = leaderRules["propose at once (4.5)"]!;
    expect(holds(rule, mutants["second value under one ballot"]!)).toBe(false);
  });
  test("adopting after 1 of 3 answers is refused", () => {
    expect(holds(adopting, mutants["adopts after one promise of three"]!)).toBe(false);
  });
});

describe("F18: every leader backs off alike", () => {
  /** The suspicion timeouts of a leader after each of some preemptions. */
  const backoff = (makers: Makers, self: string): number[] => {
    const lone = leaderAlone(makers, { leaders: 3 }, self);
    return Array.from({ length: 12 }, (_, i) => {
      lone.command({ kind: "lead" });
      lone.from("a1", p1b(lone.state.ballot, [], { promised: ballot(2 * i + 1, 2) }));
      return lone.state.suspectMs;
    });
  };
  const alike = (makers: Makers) => {
    for (const self of ["l1", "l2"]) expect(backoff(makers, self)).toEqual(backoff(makers, "l0"));
    expect(backoff(makers, "l0")).toEqual([
      150, 225, 338, 507, 761, 1142, 1713, 2000, 2000, 2000, 2000, 2000,
    ]);
  };
  test("growing by half, up to the maximum", () => alike(soundMakers));
  test("a back-off multiplied by the index is refused", () =>
    expect(holds(alike, backoffTimesIndex)).toBe(false));
  test("shrinking by a constant per decided slot, down to the minimum", () => {
    const lone = active(soundMakers);
    lone.state.suspectMs = 125;
    const after = [1, 2, 3, 4].map((slot) => {
      lone
        .from("r0", proposal(slot, "x"))
        .from("a1", p2b(ballot(0, 0), slot))
        .from("a2", p2b(ballot(0, 0), slot));
      return lone.state.suspectMs;
    });
    expect(after).toEqual([115, 105, 100, 100]);
  });
});

describe("F19: crash and recovery are defined", () => {
  const leaderRestart = leaderRules["restart (4.7)"]!;
  const acceptorRestart = acceptorRules["restart (4.7)"]!;
  test("a leader never uses a round twice, an acceptor never forgets", () => {
    leaderRestart(soundMakers);
    acceptorRestart(soundMakers);
  });
  test("a leader that restarts at ballot [0,0] is refused", () =>
    expect(holds(leaderRestart, volatileRound)).toBe(false));
  test("an acceptor without its votes is refused", () =>
    expect(holds(acceptorRestart, forgetsVotes)).toBe(false));
});
