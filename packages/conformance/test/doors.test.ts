import { describe, expect, test } from "vitest";
import {
  authenticatorCases,
  authenticatorExample,
  authenticatorTwins,
  type Case,
  journalCases,
  journalExample,
  journalTwins,
  learnerGraphCases,
  learnerGraphExample,
  learnerGraphTwins,
  refusals,
  slotLogCases,
  slotLogExample,
  slotLogTwins,
  snapshotCases,
  snapshotExample,
  snapshotTwins,
  type Twin,
  transportCases,
  transportExample,
  transportTwins,
} from "../src/index.ts";

function suite<Subject>(
  name: string,
  cases: readonly Case<Subject>[],
  example: Subject,
  twins: readonly Twin<Subject>[],
  features: string[],
): void {
  describe(name, () => {
    for (const one of cases) test(one.name, () => one.run(example));
    for (const twin of twins)
      test(`refuses the twin "${twin.name}": ${twin.fault}`, async () => {
        expect(await refusals(cases, twin.subject, features)).not.toEqual([]);
      }, 60_000);
  });
}

suite("transport", transportCases, transportExample, transportTwins, ["ordered", "bounded", "restart"]);
suite("journal", journalCases, journalExample, journalTwins, ["crash-points"]);
suite("learner graph", learnerGraphCases, learnerGraphExample, learnerGraphTwins, ["valid"]);
suite("slot log", slotLogCases, slotLogExample, slotLogTwins, []);
suite("snapshots", snapshotCases, snapshotExample, snapshotTwins, []);
suite("authenticator", authenticatorCases, authenticatorExample, authenticatorTwins, [
  "authenticates",
  "views",
]);
