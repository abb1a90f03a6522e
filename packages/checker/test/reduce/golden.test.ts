import { goldenAcceptor, goldenCounts, messageSetCounts } from "@eunomia/conformance/golden";
import type { AnyEngine } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import {
  check,
  configurationSymmetry,
  inertMessages,
  type Model,
  quorumTransitions,
  type Reduction,
} from "../../src/index.ts";
import { goldenModel } from "../support/golden.ts";
import { messageSetModel } from "../support/message-set.ts";
import { difference, replays, searched } from "./compare.ts";

const symmetry = configurationSymmetry();

/** Votes in ballots that it has promised to leave. */
const faithless: AnyEngine = {
  ...goldenAcceptor,
  actions: goldenAcceptor.actions.map((action) =>
    action.name !== "accept"
      ? action
      : {
          ...action,
          guard: (_config, _state, event) =>
            event.kind === "message" && event.message.kind === "accept"
              ? { ballot: event.message.ballot, value: event.message.value }
              : null,
          act: (config, state, { ballot, value }, out) => {
            state.promised = Math.max(state.promised, ballot);
            state.votedBallot = ballot;
            state.votedValue = value;
            out.send([config.learner], { kind: "accepted", ballot, value });
          },
        },
  ),
  inert: (config, state, message) =>
    message.kind === "prepare" && goldenAcceptor.inert!(config, state, message),
};

describe("golden counts with reductions", () => {
  for (const { acceptors, proposers, inertDropped } of goldenCounts)
    if (inertDropped !== null)
      test(`${acceptors} acceptors, inert messages dropped`, () => {
        const report = check(goldenModel(acceptors, proposers), { reductions: [inertMessages] });
        expect(report.result).toBe("holds");
        expect({ states: report.states, transitions: report.transitions }).toEqual(inertDropped);
      });

  test("symmetry: 5.7 times fewer with 3 acceptors, with inert messages dropped 638 times fewer with 4", () => {
    const three = check(goldenModel(3, 2), { reductions: [symmetry] });
    expect([three.result, three.states, three.transitions]).toEqual(["holds", 18_312, 92_642]);
    const four = check(goldenModel(4, 2), { reductions: [inertMessages, symmetry] });
    expect([four.result, four.states, four.transitions]).toEqual(["holds", 3072, 15_536]);
    expect(four.reductions.map(({ reduction }) => reduction)).toEqual(["inert", "symmetry"]);
  });

  for (const { acceptors, ballots, states } of messageSetCounts.slice(0, 2))
    test(`message sets, ${ballots} ballots, quorum transitions`, () => {
      const report = check(messageSetModel(acceptors, ballots), { reductions: [quorumTransitions] });
      expect([report.verdicts[1]!.result, report.states]).toEqual(["holds", states]);
    });
});

describe("golden models: the same verdicts, views and witnesses with a reduction as without", () => {
  const compared: readonly [Model, readonly (readonly Reduction[])[]][] = [
    [goldenModel(3, 2), [[inertMessages], [symmetry], [inertMessages, symmetry]]],
    [
      messageSetModel(3, 2),
      [[quorumTransitions], [quorumTransitions, symmetry], [inertMessages, quorumTransitions, symmetry]],
    ],
  ];
  for (const [model, sets] of compared)
    test(model.name, () => {
      const all = searched(model);
      for (const reductions of sets) {
        const less = searched(model, reductions);
        expect(difference(model, all, less)).toBeNull();
        expect(less.report.states).toBeLessThan(all.report.states);
      }
    });

  test("an acceptor that breaks its promise is found, by a shortest run that is one without reductions too", () => {
    const right = goldenModel(3, 2);
    const processes = Object.fromEntries(
      Object.entries(right.processes).map(([key, one]) => [
        key,
        key.startsWith("a") ? { ...one, engine: faithless } : one,
      ]),
    );
    const model = { ...right, processes };
    const length = check(model).counterexample!.steps.length;
    for (const reductions of [[inertMessages], [symmetry], [inertMessages, symmetry]]) {
      const { counterexample } = check(model, { reductions });
      expect(counterexample!.steps).toHaveLength(length);
      expect(replays(model, "agreement", counterexample!.steps)).toBe(true);
    }
  });
});
