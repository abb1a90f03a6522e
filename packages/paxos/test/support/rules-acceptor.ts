import { expect } from "vitest";
import { type Makers, textOf, valueFrom } from "./cluster.ts";
import { acceptorAlone, ballot, p2a } from "./lone.ts";

/** What one rule must do, on engines that may be broken: throws where they are. */
export type RuleCheck = (makers: Makers) => void;

/** Sections 4.4, 4.6, 4.7 and 4.10, line by line. The keys are the names of the actions they exercise. */
export const acceptorRules: Readonly<Record<string, RuleCheck>> = {
  "1b promise (4.4)": (makers) => {
    const lone = acceptorAlone(makers).from("l1", { kind: "p1a", ballot: ballot(0, 1), fromSlot: 1 });
    expect(lone.effects.map(({ kind }) => kind)).toEqual(["persist", "send"]);
    expect(lone.sent()).toMatchObject([
      { to: ["l1"], message: { kind: "p1b", promised: ballot(0, 1), accepted: [], more: false } },
    ]);
    expect(lone.restart().state.promised).toEqual(ballot(0, 1));
  },
  "1b promise again (4.4)": (makers) => {
    const lone = acceptorAlone(makers).from("l0", p2a(ballot(0, 0), 3, "x"));
    lone.from("l0", { kind: "p1a", ballot: ballot(0, 0), fromSlot: 1 });
    expect(lone.effects.map(({ kind }) => kind)).toEqual(["send"]);
    expect(lone.sent()[0]!.message.accepted).toEqual([
      { slot: 3, ballot: ballot(0, 0), value: valueFrom("x") },
    ]);
    lone.from("l0", { kind: "p1a", ballot: ballot(0, 0), fromSlot: 4 });
    expect(lone.sent()[0]!.message.accepted).toEqual([]);
  },
  "1b refuse (4.4)": (makers) => {
    const lone = acceptorAlone(makers).from("l1", p2a(ballot(0, 1), 1, "x"));
    lone.from("l0", { kind: "p1a", ballot: ballot(0, 0), fromSlot: 1 });
    expect(lone.effects).toMatchObject([{ kind: "send", message: { promised: ballot(0, 1), accepted: [] } }]);
  },
  "2b accept (4.4)": (makers) => {
    const lone = acceptorAlone(makers).from("l0", p2a(ballot(0, 0), 2, "x"));
    expect(lone.effects).toEqual([
      { kind: "persist", record: { kind: "accepted", ballot: ballot(0, 0), slot: 2, value: valueFrom("x") } },
      {
        kind: "send",
        to: ["l0"],
        message: { kind: "p2b", ballot: ballot(0, 0), slot: 2, promised: ballot(0, 0), valueDigest: null },
      },
    ]);
    lone.from("l1", p2a(ballot(0, 1), 2, "y"));
    lone.restart();
    expect(lone.state.promised).toEqual(ballot(0, 1));
    expect(textOf(lone.state.accepted.values[0].value)).toBe("y");
    expect(lone.from("l1", p2a(ballot(0, 1), 65, "far")).effects).toEqual([]);
    const wordy = acceptorAlone(makers, { acknowledgeDigests: true }).from("l0", p2a(ballot(0, 0), 1, "x"));
    expect(wordy.sent()[0]!.message.valueDigest).toHaveLength(32);
  },
  "2b accept again (4.4)": (makers) => {
    const lone = acceptorAlone(makers)
      .from("l0", p2a(ballot(0, 0), 1, "x"))
      .from("l0", p2a(ballot(0, 0), 1, "x"));
    expect(lone.effects).toMatchObject([{ kind: "send", message: { kind: "p2b", promised: ballot(0, 0) } }]);
  },
  "2b refuse (4.4)": (makers) => {
    const lone = acceptorAlone(makers).from("l1", { kind: "p1a", ballot: ballot(0, 1), fromSlot: 1 });
    lone.from("l0", p2a(ballot(0, 0), 1, "x"));
    expect(lone.effects).toMatchObject([
      { kind: "send", message: { ballot: ballot(0, 0), promised: ballot(0, 1) } },
    ]);
    expect(lone.state.accepted.keys).toEqual([]);
  },
  "2b ballot reuse (4.4)": (makers) => {
    const lone = acceptorAlone(makers)
      .from("l0", p2a(ballot(0, 0), 1, "x"))
      .from("l0", p2a(ballot(0, 0), 1, "y"));
    expect(lone.effects).toMatchObject([
      { kind: "output", output: { kind: "alarm", reason: "ballot reuse", slot: 1 } },
    ]);
    expect(textOf(lone.state.accepted.values[0].value)).toBe("x");
  },
  "2b trimmed (4.4)": (makers) => {
    const lone = acceptorAlone(makers)
      .from("r0", { kind: "stable", slot: 4 })
      .from("r1", { kind: "stable", slot: 5 });
    lone.from("l0", p2a(ballot(0, 0), 4, "x"));
    expect(lone.effects).toEqual([{ kind: "send", to: ["l0"], message: { kind: "trimmed", floor: 4 } }]);
  },
  "raise the floor (4.6)": (makers) => {
    const lone = acceptorAlone(makers)
      .from("l0", p2a(ballot(0, 0), 1, "x"))
      .from("l0", p2a(ballot(0, 0), 2, "y"));
    lone.from("r0", { kind: "stable", slot: 2 });
    lone.from("r1", { kind: "stable", slot: 1 });
    expect(lone.effects).toEqual([{ kind: "persist", record: { kind: "floor", floor: 1 } }]);
    expect(lone.state.accepted.keys).toEqual([2]);
    lone.restart();
    expect([lone.state.floor, lone.state.accepted.keys]).toEqual([1, [2]]);
  },
  "note a stable report (4.6)": (makers) => {
    const lone = acceptorAlone(makers).from("r0", { kind: "stable", slot: 2 });
    expect(lone.state.stable).toEqual({ keys: ["r0"], values: [2] });
    expect(lone.from("r0", { kind: "stable", slot: 1 }).fired).toEqual([]);
    expect(lone.from("a2", { kind: "stable", slot: 9 }).fired).toEqual([]);
    expect(lone.state.floor).toBe(0);
  },
  "learn by reference (4.10)": (makers) => {
    const lone = acceptorAlone(makers, { announce: "reference" });
    lone.from("l0", p2a(ballot(1, 0), 1, "x")).from("l0", p2a(ballot(1, 0), 2, "old"));
    lone.from("l1", { kind: "chosen", ballot: ballot(2, 1), slots: [2, 3], commitThrough: 3 });
    expect(lone.sent()).toEqual([{ kind: "send", to: ["l1"], message: { kind: "fetch", slots: [2, 3] } }]);
    lone.from("l0", { kind: "chosen", ballot: ballot(1, 0), slots: [1], commitThrough: 1 });
    expect(lone.sent()).toMatchObject([
      { to: ["r0"], message: { kind: "decision", slot: 1, value: valueFrom("x") } },
    ]);
    expect(
      lone.from("l1", { kind: "chosen", ballot: ballot(1, 0), slots: [1], commitThrough: 1 }).fired,
    ).toEqual([]);
  },
  "relay a fetched decision (4.10)": (makers) => {
    const lone = acceptorAlone(makers, { announce: "reference" });
    const decision = { kind: "decision", slot: 1, value: valueFrom("x") } as const;
    expect(lone.from("l0", decision).sent()).toMatchObject([{ to: ["r0"], message: decision }]);
    expect(lone.from("a2", decision).effects).toEqual([]);
  },
  "answer a probe (4.8)": (makers) => {
    const lone = acceptorAlone(makers).from("l1", { kind: "probe", nonce: 7 });
    expect(lone.sent()).toMatchObject([{ to: ["l1"], message: { kind: "probeAck", nonce: 7 } }]);
    expect(lone.from("stranger", { kind: "probe", nonce: 7 }).fired).toEqual([]);
  },
  "answer a read (5.10)": (makers) => {
    const lone = acceptorAlone(makers).from("r1", { kind: "highest", nonce: 3 });
    expect(lone.sent()).toMatchObject([{ to: ["r1"], message: { kind: "highestAck", nonce: 3, slot: 0 } }]);
    lone.from("l0", p2a(ballot(0, 0), 2, "y")).from("l0", p2a(ballot(0, 0), 1, "x"));
    const answer = () => lone.from("r0", { kind: "highest", nonce: 4 }).sent("highestAck")[0]?.message.slot;
    expect(answer()).toBe(2);
    // What is retired counts, though nothing is left of it.
    lone.from("r0", { kind: "stable", slot: 2 }).from("r1", { kind: "stable", slot: 2 });
    expect([lone.state.accepted.keys, answer()]).toEqual([[], 2]);
    expect(lone.restart() && answer()).toBe(2);
    expect(lone.from("stranger", { kind: "highest", nonce: 5 }).fired).toEqual([]);
  },
  "restart (4.7)": (makers) => {
    const lone = acceptorAlone(makers).from("l0", p2a(ballot(0, 0), 1, "x"));
    lone.from("l1", { kind: "p1a", ballot: ballot(0, 1), fromSlot: 1 }).from("l1", p2a(ballot(0, 1), 2, "y"));
    const before = lone.engine.observe(lone.config, lone.state);
    expect(lone.engine.observe(lone.config, lone.restart().state)).toEqual(before);
    lone.records = [...lone.engine.compact(lone.config, lone.state)];
    expect(lone.engine.observe(lone.config, lone.restart().state)).toEqual(before);
  },
};
