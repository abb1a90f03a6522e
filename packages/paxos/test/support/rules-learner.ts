import { expect } from "vitest";
import { valueFrom } from "./cluster.ts";
import { ballot, learnerAlone } from "./lone.ts";
import type { RuleCheck } from "./rules-acceptor.ts";

const propose = (slot: number, text: string) => ({ kind: "propose", slot, value: valueFrom(text) });
const decision = (slot: number, text: string) =>
  ({ kind: "decision", slot, value: valueFrom(text) }) as const;
const beat = (round: number, leader: number, commitThrough = 0) =>
  ({ kind: "heartbeat", ballot: ballot(round, leader), commitThrough }) as const;

/** The learner's part of sections 4.3 to 4.8. The keys are the names of the actions they exercise. */
export const learnerRules: Readonly<Record<string, RuleCheck>> = {
  "restart (4.7)": (makers) => {
    const lone = learnerAlone(makers).from("l0", decision(1, "x")).restart();
    expect(lone.effects.map(({ timer }) => timer)).toEqual(["retry", "silence"]);
    expect(lone.from("l0", decision(1, "x")).outputs()).toHaveLength(1);
  },
  "take commands (5.4)": (makers) => {
    const lone = learnerAlone(makers).command(propose(1, "x"), propose(1, "y"), propose(2, "z"));
    expect(lone.sent("propose").map(({ to, message }) => [to, message.slot])).toEqual([
      [["l0", "l1"], 1],
      [["l0", "l1"], 2],
    ]);
    const choosy = learnerAlone(makers, { proposeTo: "active" })
      .from("l1", beat(0, 1))
      .command(propose(1, "x"));
    expect(choosy.sent("propose")).toMatchObject([{ to: ["l1"] }]);
    lone.from("l0", decision(1, "x")).command({ kind: "trim", slot: 1 });
    expect(lone.sent()).toMatchObject([
      { to: ["a1", "a2", "a3", "l0", "l1"], message: { kind: "stable", slot: 1 } },
    ]);
    expect(lone.state).toMatchObject({
      floor: 1,
      through: 1,
      decided: { keys: [] },
      proposals: { keys: [2] },
    });
    expect(lone.command(propose(1, "late")).effects).toEqual([]);
  },
  "count an answer to a read (5.10)": (makers) => {
    const answer = (nonce: number, slot: number) => ({ kind: "highestAck", nonce, slot }) as const;
    const lone = learnerAlone(makers).command({ kind: "highest", nonce: 7 });
    expect(lone.sent()).toMatchObject([{ to: ["a1", "a2", "a3"], message: { kind: "highest", nonce: 7 } }]);
    // One acceptor alone, even twice, is no quorum; nor is a stranger, nor an answer to another question.
    expect(lone.from("a2", answer(7, 5)).outputs()).toEqual([]);
    expect(lone.from("a2", answer(7, 9)).fired).toEqual([]);
    expect(lone.from("stranger", answer(7, 9)).fired).toEqual([]);
    expect(lone.from("a1", answer(6, 9)).fired).toEqual([]);
    // Lost questions are asked again, of those who have not answered.
    expect(lone.timeout("retry").sent("highest")).toMatchObject([{ to: ["a1", "a3"] }]);
    expect(lone.from("a3", answer(7, 4)).outputs()).toEqual([{ kind: "highest", nonce: 7, slot: 5 }]);
    expect(lone.from("a1", answer(7, 9)).fired).toEqual([]);
    // A later question takes the place of an open one.
    lone.command({ kind: "highest", nonce: 8 }).command({ kind: "highest", nonce: 9 });
    expect(lone.from("a1", answer(8, 9)).fired).toEqual([]);
    expect(lone.from("a1", answer(9, 2)).from("a2", answer(9, 1)).outputs()).toEqual([
      { kind: "highest", nonce: 9, slot: 2 },
    ]);
    // Nothing is lower than what this learner has trimmed.
    lone.command({ kind: "trim", slot: 6 }, { kind: "highest", nonce: 10 });
    expect(lone.from("a1", answer(10, 0)).from("a2", answer(10, 0)).outputs()).toEqual([
      { kind: "highest", nonce: 10, slot: 6 },
    ]);
  },
  "learn a decision (4.5)": (makers) => {
    const lone = learnerAlone(makers).command(propose(2, "own")).from("a2", decision(2, "x"));
    expect(lone.outputs()).toMatchObject([{ kind: "decided", slot: 2 }]);
    expect(lone.from("l0", decision(2, "x")).effects).toEqual([]);
    expect(lone.from("stranger", decision(1, "x")).fired).toEqual([]);
    expect(lone.from("l0", decision(65, "far")).fired).toEqual([]);
    expect(lone.from("l0", decision(1, "y")).state).toMatchObject({ through: 2, proposals: { keys: [] } });
  },
  "two decisions for one slot (4.5)": (makers) => {
    const lone = learnerAlone(makers).from("l0", decision(1, "x")).from("l1", decision(1, "y"));
    expect(lone.outputs()).toMatchObject([{ kind: "alarm", slot: 1 }]);
  },
  "follow the active leader (4.8)": (makers) => {
    const lone = learnerAlone(makers).from("l1", beat(0, 1));
    expect(lone.outputs()).toEqual([{ kind: "duty", process: "l1" }]);
    expect(lone.from("l1", beat(0, 1)).outputs()).toEqual([]);
    expect(lone.from("l0", beat(0, 0)).fired).toEqual([]);
    expect(lone.from("l0", beat(1, 1)).fired).toEqual([]);
    expect(lone.from("l0", beat(1, 0)).outputs()).toEqual([{ kind: "duty", process: "l0" }]);
  },
  "nobody is active (4.8)": (makers) => {
    const lone = learnerAlone(makers).from("l1", beat(0, 1)).timeout("silence");
    expect(lone.outputs()).toEqual([{ kind: "duty", process: null }]);
    expect(lone.timeout("silence").outputs()).toEqual([]);
  },
  "report a floor (4.6)": (makers) => {
    const lone = learnerAlone(makers).command(propose(1, "x")).from("l0", { kind: "trimmed", floor: 3 });
    expect(lone.outputs()).toEqual([{ kind: "trimmed", floor: 3 }]);
    expect(lone.state.proposals.keys).toEqual([]);
    expect(lone.from("l1", { kind: "trimmed", floor: 3 }).fired).toEqual([]);
  },
  "offer and ask again (4.5)": (makers) => {
    const lone = learnerAlone(makers, { proposeTo: "active" })
      .from("l1", beat(0, 1, 3))
      .command(propose(5, "x"));
    lone.from("l1", decision(2, "y"));
    expect(lone.timeout("retry").sent()).toEqual([]);
    expect(lone.timeout("retry").sent()).toMatchObject([
      { to: ["l0", "l1"], message: { kind: "propose", slot: 5 } },
      { to: ["l1"], message: { kind: "fetch", slots: [1, 3] } },
    ]);
    lone.command({ kind: "trim", slot: 3 });
    expect(lone.timeout("retry").sent("stable")).toMatchObject([{ message: { slot: 3 } }]);
    const hostile = learnerAlone(makers)
      .from("l0", beat(0, 0, 2 ** 40))
      .timeout("retry")
      .timeout("retry");
    expect(hostile.sent("fetch")[0]!.message.slots).toHaveLength(8);
  },
};
