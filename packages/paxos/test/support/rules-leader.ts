import { expect } from "vitest";
import { textOf, valueFrom } from "./cluster.ts";
import { active, ballot, leaderAlone, p1b, p2b, proposal } from "./lone.ts";
import type { RuleCheck } from "./rules-acceptor.ts";

const beat = (round: number, leader: number, commitThrough = 0) =>
  ({ kind: "heartbeat", ballot: ballot(round, leader), commitThrough }) as const;

/** Sections 4.5 to 4.8, line by line. The keys are the names of the actions they exercise. */
export const leaderRules: Readonly<Record<string, RuleCheck>> = {
  "restart (4.7)": (makers) => {
    const lone = active(makers).restart();
    expect(lone.state).toMatchObject({ roundHi: 0, phase: "passive", ballot: null });
    expect(lone.command({ kind: "lead" }).state.ballot).toEqual(ballot(1, 0));
    const skipping = leaderAlone(makers, { skipPhase1: true });
    expect(skipping.state).toMatchObject({ phase: "active", ballot: ballot(0, 0) });
    expect(skipping.effects[0]).toEqual({ kind: "persist", record: { kind: "roundHi", round: 0 } });
    expect(skipping.restart().command({ kind: "lead" }).state).toMatchObject({
      phase: "phase1",
      ballot: ballot(1, 0),
    });
  },
  "start a ballot on command (4.5)": (makers) => {
    const lone = leaderAlone(makers, {}, "l1").command({ kind: "lead" });
    const kinds = lone.effects.map(({ kind }) => kind);
    expect(kinds.indexOf("persist")).toBeLessThan(kinds.indexOf("send"));
    expect(lone.sent()).toMatchObject([
      { to: ["a1", "a2", "a3"], message: { kind: "p1a", ballot: ballot(0, 1), fromSlot: 1 } },
    ]);
  },
  "preempted in phase 1 (4.5)": (makers) => {
    const lone = leaderAlone(makers).command({ kind: "lead" });
    lone.from("a1", p1b(ballot(0, 0), [], { promised: ballot(3, 1) }));
    expect(lone.outputs()).toEqual([{ kind: "preempted", ballot: ballot(3, 1) }]);
    expect(lone.command({ kind: "lead" }).state.ballot).toEqual(ballot(4, 0));
  },
  "ask for the next page (4.5)": (makers) => {
    const lone = leaderAlone(makers).command({ kind: "lead" });
    lone.from("a1", p1b(ballot(0, 0)));
    lone.from("a2", p1b(ballot(0, 0), [[2, ballot(0, 0), "x"]], { more: true }));
    expect(lone.state.phase).toBe("phase1");
    expect(lone.sent()).toMatchObject([{ to: ["a2"], message: { kind: "p1a", fromSlot: 3 } }]);
    lone.from("a2", p1b(ballot(0, 0), [[4, ballot(0, 0), "stray"]], { fromSlot: 4 }));
    expect(lone.state.phase).toBe("phase1");
    lone.from("a2", p1b(ballot(0, 0), [[3, ballot(0, 0), "y"]], { fromSlot: 3 }));
    expect(lone.sent("p2a").map(({ message }) => textOf(message.value))).toEqual(["NOOP", "x", "y"]);
  },
  "adopt the ballot (4.5)": (makers) => {
    // F17: the higher ballot was heard first; the later report of a lower one must not replace it, nor the other way round.
    for (const [first, second] of [
      [ballot(1, 1), ballot(0, 0)],
      [ballot(0, 0), ballot(1, 1)],
    ] as const) {
      const lone = leaderAlone(makers).from("r0", proposal(2, "own"));
      lone.state.seen = ballot(1, 1);
      lone.command({ kind: "lead" });
      const text = (of: { round: number }) => `round ${of.round}`;
      lone.from("a1", p1b(ballot(2, 0), [[2, first, text(first)]]));
      lone.from("a2", p1b(ballot(2, 0), [[2, second, text(second)]]));
      expect(lone.sent("p2a").map(({ message }) => textOf(message.value))).toEqual(["NOOP", "round 1"]);
    }
    const floored = leaderAlone(makers).from("r0", proposal(1, "old")).command({ kind: "lead" });
    floored
      .from("a1", p1b(ballot(0, 0), [[7, ballot(0, 0), "x"]], { floor: 5 }))
      .from("a2", p1b(ballot(0, 0)));
    expect(floored.sent("p2a").map(({ message }) => message.slot)).toEqual([6, 7]);
  },
  "count a promise (4.5)": (makers) => {
    const lone = leaderAlone(makers).command({ kind: "lead" });
    lone.from("a1", p1b(ballot(0, 0))).from("a1", p1b(ballot(0, 0)));
    lone.from("stranger", p1b(ballot(0, 0))).from("a2", p1b(ballot(9, 9)));
    lone.from("a2", p1b(ballot(0, 0), [[65, ballot(0, 0), "beyond the window"]]));
    expect(lone.state).toMatchObject({ phase: "phase1", heard: ["a1"], seen: null });
  },
  "preempted in phase 2 (4.5)": (makers) => {
    const lone = active(makers).from("r0", proposal(1, "x"));
    lone.from("a1", p2b(ballot(0, 0), 1, ballot(0, 1)));
    expect(lone.outputs()).toEqual([{ kind: "preempted", ballot: ballot(0, 1) }]);
    expect(lone.state).toMatchObject({ phase: "passive", proposals: { keys: [1] } });
  },
  "propose at once (4.5)": (makers) => {
    const lone = active(makers).from("r0", proposal(3, "x"));
    expect(lone.sent()).toMatchObject([{ to: ["a1", "a2", "a3"], message: { kind: "p2a", slot: 3 } }]);
    expect(lone.from("r1", proposal(3, "y")).effects).toEqual([]);
    expect(lone.from("r1", proposal(65, "far")).effects).toEqual([]);
    expect(lone.from("stranger", proposal(4, "z")).fired).toEqual([]);
  },
  "keep a proposal until phase 1 is over (4.5)": (makers) => {
    const lone = leaderAlone(makers).from("r0", proposal(1, "x")).from("r1", proposal(1, "y"));
    expect(textOf(lone.state.proposals.values[0])).toBe("x");
  },
  "choose (4.5)": (makers) => {
    const lone = active(makers)
      .from("r0", proposal(1, "x"))
      .from("a1", p2b(ballot(0, 0), 1))
      .from("a3", p2b(ballot(0, 0), 1));
    expect(lone.sent()).toMatchObject([{ to: ["l1", "r0", "r1"], message: { kind: "decision", slot: 1 } }]);
    expect(lone.outputs()).toMatchObject([{ kind: "decided", slot: 1 }]);
    expect(lone.from("a2", p2b(ballot(0, 0), 1)).fired).toEqual([]);
    const brief = active(makers, { announce: "reference" }).from("r0", proposal(1, "x"));
    brief.from("a1", p2b(ballot(0, 0), 1)).from("a2", p2b(ballot(0, 0), 1));
    expect(brief.sent()).toMatchObject([
      {
        to: ["a1", "a2", "a3"],
        message: { kind: "chosen", ballot: ballot(0, 0), slots: [1], commitThrough: 1 },
      },
    ]);
  },
  "count an acceptance (4.5)": (makers) => {
    const lone = active(makers)
      .from("r0", proposal(1, "x"))
      .from("a1", p2b(ballot(0, 0), 1));
    lone.from("a1", p2b(ballot(0, 0), 1));
    expect([lone.outputs(), lone.state.acks.values[0].from]).toEqual([[], ["a1"]]);
    lone.from("a3", { ...p2b(ballot(0, 0), 1), valueDigest: new Uint8Array(32) } as never);
    lone.from("stranger", p2b(ballot(0, 0), 1)).from("a2", p2b(ballot(0, 0), 2));
    expect(lone.state.decided.keys).toEqual([]);
    // Acknowledgements of an earlier ballot of this leader say nothing about the present one.
    lone.from("a2", p2b(ballot(0, 0), 1, ballot(0, 1))).command({ kind: "lead" });
    lone.from("a1", p1b(ballot(1, 0))).from("a2", p1b(ballot(1, 0)));
    lone.from("a1", p2b(ballot(0, 0), 1)).from("a3", p2b(ballot(0, 0), 1));
    expect(lone.state.decided.keys).toEqual([]);
  },
  "answer a proposal with the decision (4.5)": (makers) => {
    const lone = active(makers)
      .from("l1", { kind: "decision", slot: 1, value: valueFrom("x") })
      .from("r1", proposal(1, "y"));
    expect(lone.sent()).toMatchObject([{ to: ["r1"], message: { kind: "decision", value: valueFrom("x") } }]);
  },
  "answer a proposal with the floor (4.5)": (makers) => {
    const lone = active(makers)
      .from("r0", { kind: "stable", slot: 3 })
      .from("r1", { kind: "stable", slot: 4 });
    lone.from("r0", proposal(3, "x"));
    expect(lone.effects).toEqual([
      { kind: "persist", record: { kind: "floor", floor: 3 } },
      { kind: "send", to: ["r0"], message: { kind: "trimmed", floor: 3 } },
    ]);
    expect(lone.from("r0", proposal(3, "x")).effects.map(({ kind }) => kind)).toEqual(["send"]);
    expect(lone.restart().state.floor).toBe(3);
  },
  "two decisions for one slot (4.5)": (makers) => {
    const lone = active(makers).from("l1", { kind: "decision", slot: 1, value: valueFrom("x") });
    lone.from("l1", { kind: "decision", slot: 1, value: valueFrom("y") });
    expect(lone.outputs()).toMatchObject([{ kind: "alarm", slot: 1 }]);
  },
  "store a decision (4.5)": (makers) => {
    const lone = active(makers)
      .from("r0", proposal(1, "own"))
      .from("l1", { kind: "decision", slot: 1, value: valueFrom("x") });
    expect(lone.state).toMatchObject({ commitThrough: 1, proposals: { keys: [] }, acks: { keys: [] } });
    expect(lone.from("r0", { kind: "decision", slot: 2, value: valueFrom("x") }).fired).toEqual([]);
  },
  "answer a fetch (4.10)": (makers) => {
    const lone = active(makers).from("l1", { kind: "decision", slot: 2, value: valueFrom("x") });
    lone.from("a1", { kind: "fetch", slots: [2, 1, 2] });
    expect(lone.sent()).toMatchObject([{ to: ["a1"], message: { kind: "decision", slot: 2 } }]);
    lone
      .from("r0", { kind: "stable", slot: 1 })
      .from("r1", { kind: "stable", slot: 1 })
      .from("r1", { kind: "fetch", slots: [1] });
    expect(lone.sent()).toMatchObject([{ to: ["r1"], message: { kind: "trimmed", floor: 1 } }]);
    expect(lone.from("stranger", { kind: "fetch", slots: [2] }).fired).toEqual([]);
  },
  "raise the floor (4.6)": (makers) => {
    const lone = active(makers)
      .from("r0", proposal(1, "x"))
      .from("l1", { kind: "decision", slot: 2, value: valueFrom("y") });
    lone.from("r0", { kind: "stable", slot: 3 }).from("r1", { kind: "stable", slot: 2 });
    expect(lone.state).toMatchObject({
      floor: 2,
      commitThrough: 2,
      proposals: { keys: [] },
      decided: { keys: [] },
      acks: { keys: [] },
    });
  },
  "note a stable report (4.6)": (makers) => {
    const lone = active(makers).from("r0", { kind: "stable", slot: 3 });
    expect(lone.state).toMatchObject({ floor: 0, stable: { keys: ["r0"], values: [3] } });
  },
  "take over the floor of an acceptor (4.6)": (makers) => {
    const lone = active(makers).from("a1", { kind: "trimmed", floor: 4 });
    expect(lone.state.floor).toBe(4);
    expect(lone.from("r0", { kind: "trimmed", floor: 9 }).fired).toEqual([]);
  },
  "preempted by a heartbeat (4.8)": (makers) => {
    expect(active(makers).from("l1", beat(0, 1)).outputs()).toEqual([
      { kind: "preempted", ballot: ballot(0, 1) },
    ]);
    expect(active(makers).from("l1", beat(0, 0)).fired).toEqual([]);
  },
  "follow the owner of the highest ballot (4.8)": (makers) => {
    const lone = leaderAlone(makers)
      .from("r0", proposal(1, "x"))
      .from("r0", proposal(2, "y"))
      .timeout("suspect");
    lone.from("l1", beat(3, 1, 1));
    expect(lone.effects).toMatchObject([{ kind: "arm", timer: "suspect", delayMs: 100 }]);
    expect(lone.state).toMatchObject({ probing: false, seen: ballot(3, 1), proposals: { keys: [2] } });
    expect(lone.from("l1", beat(2, 1)).fired).toEqual([]);
    expect(leaderAlone(makers, {}, "l1").from("l0", beat(0, 0)).effects).toMatchObject([{ delayMs: 120 }]);
  },
  "suspect and probe (4.8)": (makers) => {
    const lone = leaderAlone(makers).timeout("suspect");
    expect(lone.sent()).toMatchObject([{ to: ["a1", "a2", "a3"], message: { kind: "probe", nonce: 1 } }]);
    expect(lone.state.phase).toBe("passive");
  },
  "count a probe answer (4.8)": (makers) => {
    const lone = leaderAlone(makers).timeout("suspect").from("a1", { kind: "probeAck", nonce: 1 });
    lone
      .timeout("suspect")
      .from("a2", { kind: "probeAck", nonce: 1 })
      .from("a2", { kind: "probeAck", nonce: 2 });
    expect(lone.from("a2", { kind: "probeAck", nonce: 2 }).state).toMatchObject({
      phase: "passive",
      reached: ["a2"],
    });
  },
  "start a ballot, a phase-1 quorum being in reach (4.8)": (makers) => {
    const lone = leaderAlone(makers).timeout("suspect").from("a1", { kind: "probeAck", nonce: 1 });
    expect(lone.from("a3", { kind: "probeAck", nonce: 1 }).sent("p1a")).toHaveLength(1);
  },
  "send a heartbeat (4.8)": (makers) => {
    const lone = active(makers).timeout("heartbeat");
    expect(lone.sent()).toMatchObject([{ to: ["l1", "r0", "r1"], message: beat(0, 0) }]);
  },
  "ask for promises again (4.5)": (makers) => {
    const lone = leaderAlone(makers)
      .command({ kind: "lead" })
      .from("a2", p1b(ballot(0, 0)))
      .timeout("retry");
    expect(lone.sent("p1a").map(({ to }) => to[0])).toEqual(["a1", "a3"]);
  },
  "ask for acceptances again (4.5)": (makers) => {
    const lone = active(makers)
      .from("r0", proposal(1, "x"))
      .from("a2", p2b(ballot(0, 0), 1));
    expect(lone.timeout("retry").sent()).toEqual([]);
    expect(lone.timeout("retry").sent()).toMatchObject([
      { to: ["a1", "a3"], message: { kind: "p2a", slot: 1 } },
    ]);
  },
  "watch for a stall (4.8)": (makers) => {
    const lone = active(makers).timeout("stall").from("r0", proposal(1, "x")).timeout("stall");
    expect(lone.state).toMatchObject({ phase: "active", stallMarked: true });
    lone.from("a1", p2b(ballot(0, 0), 1)).from("a2", p2b(ballot(0, 0), 1));
    expect(lone.state.stallMarked).toBe(false);
  },
  "give up a stalled ballot (4.8)": (makers) => {
    const lone = active(makers).from("r0", proposal(1, "x")).timeout("stall").timeout("stall");
    expect(lone.outputs()).toEqual([{ kind: "stalled", ballot: ballot(0, 0) }]);
    expect(lone.state.phase).toBe("passive");
    // Acceptors that take longer than the first wait are waited for some time: each ballot is more patient, up to a bound.
    const waits = Array.from({ length: 12 }, (_, i) => {
      lone.command({ kind: "lead" });
      for (const acceptor of ["a1", "a2"]) lone.from(acceptor, p1b(ballot(i + 1, 0)));
      const wait: number = lone.effects.find(
        ({ kind, timer }) => kind === "arm" && timer === "stall",
      ).delayMs;
      lone.timeout("stall").timeout("stall");
      return wait;
    });
    const { stallMs, suspectMaxMs } = lone.config;
    expect([waits[0], waits.at(-1)]).toEqual([stallMs, 2 * suspectMaxMs]);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  },
};
