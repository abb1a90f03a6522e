import {
  check,
  configurationSymmetry,
  describeReport,
  inertMessages,
  quorumTransitions,
  type Report,
} from "@eunomia/checker";
import { expect, test } from "vitest";
import { modelOfScope, type Scope, scopes } from "../../src/protocols/models.ts";

/** Neighbours of the scopes that are searched with reductions, small enough to be searched without. */
const paxos = (name: string): Scope => scopes[name]!;
const quiet = paxos("paxos/2a2b-flexible-soup");
const lean = scopes["two-thirds/4m2r-soup"]!;
const neighbours: Readonly<Record<string, Scope>> = {
  "two acceptors, soup": quiet,
  "two acceptors, soup, no refusals": { ...quiet, params: { ...quiet.params, refusals: false } } as Scope,
  "two acceptors, a crash": paxos("paxos/2a2b-crash"),
  "one of four members away": { ...lean, params: { ...lean.params, away: 1 } } as Scope,
  "one of four members away, a crash": {
    ...lean,
    params: { ...lean.params, away: 1, inputs: 1, crashes: 1 },
  } as Scope,
};

const reached = ({ witnesses }: Report): readonly string[] =>
  Object.keys(witnesses).filter((name) => witnesses[name]! > 0);

for (const [name, scope] of Object.entries(neighbours))
  test(`${name}: the same verdict and witnesses with all reductions, in fewer states`, () => {
    const whole = check(modelOfScope(name, scope));
    const less = check(modelOfScope(name, scope), {
      reductions: [inertMessages, configurationSymmetry(), quorumTransitions],
    });
    expect(whole.truncated).toBeNull();
    expect(less.truncated).toBeNull();
    expect(less.result, describeReport(less)).toBe(whole.result);
    expect(reached(less)).toEqual(reached(whole));
    expect(less.states).toBeLessThan(whole.states);
  });

/** Scopes that are small only with their reductions: exact numbers of states, as in `models.test.ts`. */
const small: Readonly<Record<string, number>> = { "two-thirds-byzantine/5of6m1r": 192 };

for (const [scope, states] of Object.entries(small))
  test(`${scope} holds in all its states`, () => {
    const report = check(modelOfScope(scope, scopes[scope]!), {
      reductions: [inertMessages, quorumTransitions],
    });
    expect(report.result, describeReport(report)).toBe("holds");
    expect(report.states).toBe(states);
  });
