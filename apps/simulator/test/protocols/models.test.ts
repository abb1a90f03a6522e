import { check, describeReport } from "@eunomia/checker";
import { expect, test } from "vitest";
import { openModel, scopes } from "../../src/protocols/models.ts";

/** Exact numbers of states: a change of an engine that nobody meant to change its behaviour shows here. */
const exhaustive: Readonly<Record<string, number>> = {
  "paxos/1a-crash-leader": 2042,
  "paxos/1a2b-crash-split": 20_995,
  "paxos/2a2b-flexible": 2716,
  "paxos/2a2b-flexible-soup": 31_604,
  "paxos/3a2b-grid": 33_337,
  "paxos/2a2b-crash": 24_268,
  "hetero-paxos/3a1b": 2364,
  "hetero-paxos/3a2l1b": 2299,
  "hetero-paxos/2a2l2b": 220,
  "hetero-paxos/2a2l2b-refute": 220,
  "hetero-paxos/2a2l1b-twin": 66,
  "aneris/2r2v1s": 8100,
  "aneris/3r1v1s": 735,
  "aneris/2r-aware": 444,
  "aneris/2r-two-swaps": 679,
  "aneris/2r-lies": 17_763,
  "aneris/1r-gap": 516,
  "aneris/2r-fifo": 143,
  "aneris/1r-crash": 1289,
  "aneris/2r-crash": 2079,
  "aneris/2r-real": 2785,
};

for (const [scope, states] of Object.entries(exhaustive))
  test(`${scope} holds in all its states`, () => {
    const report = check(openModel({ scope }));
    expect(report.result, describeReport(report)).toBe("holds");
    expect(report.truncated).toBeNull();
    expect(report.states).toBe(states);
  });

test("every scope can be built, and says what it shows", () => {
  for (const [scope, { shows, protocol }] of Object.entries(scopes)) {
    const model = openModel({ scope });
    expect(model.name).toBe(scope);
    expect(scope.startsWith(`${protocol}/`)).toBe(true);
    expect(shows).not.toBe("");
    expect(model.invariants.length).toBeGreaterThanOrEqual(3);
    expect(model.witnesses.length).toBeGreaterThan(0);
  }
});

test("a scope that is not there is answered with those that are", () => {
  expect(() => openModel({ scope: "paxos/9a" })).toThrow(/paxos\/3a2b/);
});
