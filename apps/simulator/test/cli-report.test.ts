import type { Report } from "@eunomia/checker";
import { expect, test } from "vitest";
import { reportLine, reportText } from "../src/cli/check/report-text.ts";

const report: Report = {
  model: "paxos/3a2b",
  result: "vacuous",
  verdicts: [{ property: "agreement", result: "holds", detail: "exhaustive in scope" }],
  mode: "bfs",
  scope: { acceptors: 3 },
  assumptions: ["perfect signatures"],
  states: 4248,
  transitions: 17_232,
  depth: 23,
  truncated: { why: "memory", frontier: 1200, estimatedStates: 9000 },
  cut: [{ bound: "timer retry of p1", cells: 12 }],
  reductions: [{ reduction: "dead messages", checked: "on 1,077 cells" }],
  hash: "exact",
  witnesses: { "decides v0": 784, "decides v1": 0 },
  actions: {
    fired: { "acceptor: 1b promise": 3 },
    neverFired: ["acceptor: trim", "acceptor: stable"],
    excused: { "acceptor: stable": "one slot" },
  },
  unrouted: ["learner-9"],
  cells: 1077,
  evaluations: 2211,
  bytes: 4248 * 42,
  seconds: 0.5,
  counterexample: null,
};

test("a report tells everything that makes its verdict less than it seems", () => {
  const text = reportText(report);
  for (const said of [
    "paxos/3a2b: vacuous",
    "holds    agreement: exhaustive in scope",
    "4,248 states, 17,232 transitions, depth 23",
    "(42 a state)",
    "never reached: decides v1",
    "never fired: acceptor: trim",
    "never fired, as expected: acceptor: stable: one slot",
    "not finished: memory; 1,200 states not looked into, about 9,000 in all",
    "kept something from happening: timer retry of p1 (12)",
    "messages to learner-9, which is not in the model, were dropped",
    "reduction: dead messages, on 1,077 cells",
    "assumed: perfect signatures",
  ])
    expect(text).toContain(said);
  expect(text).not.toContain("never fired: acceptor: trim; acceptor: stable");
  expect(reportLine(report)).toMatch(/^vacuous +paxos\/3a2b +4,248\+ states +0.5 CPU s$/);
});
