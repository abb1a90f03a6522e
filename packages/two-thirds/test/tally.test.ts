import { emptyMap, mapSet, utf8Decode } from "@eunomia/codec";
import { and, type Expr, node, or, thresholdOf } from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quorumsOf } from "../src/crash/member-config.ts";
import { choose, decidedBy, type Votes } from "../src/crash/tally.ts";
import { type Choice, type MemberConfig, memberConfig } from "../src/index.ts";
import { whole } from "./rig.ts";

const names = (n: number) => Array.from({ length: n }, (_, i) => `p${i}`);

function votesOf(cast: readonly (readonly [string, string])[]): Votes {
  const votes = emptyMap<string, Choice>();
  for (const [member, value] of cast) mapSet(votes, member, whole(value));
  return votes;
}

const chosen = (config: MemberConfig, votes: Votes): string => {
  const choice = choose(config, quorumsOf(config), votes)!.share.choice;
  return choice.kind === "whole" ? utf8Decode(choice.value) : "";
};

/** What section 2.4 says, counted by hand: the most frequent value, ties to the smallest string. */
function naive(cast: readonly (readonly [string, string])[]): string {
  const count = (value: string) => cast.filter(([, one]) => one === value).length;
  const values = [...new Set(cast.map(([, value]) => value))].sort();
  return values.reduce((best, value) => (count(value) > count(best) ? value : best));
}

const casts = (n: number, atLeast: number) =>
  fc
    .shuffledSubarray(names(n), { minLength: atLeast })
    .chain((members) =>
      fc.tuple(...members.map((member) => fc.tuple(fc.constant(member), fc.constantFrom("a", "b", "c")))),
    );

test("with thresholds, choose takes the most frequent value and the smallest of those", () => {
  const ran: Record<string, number> = {};
  for (const [n, f] of [
    [4, 1],
    [5, 1],
    [7, 2],
    [10, 3],
  ] as const) {
    const config = memberConfig({ self: "p0", members: names(n), f, order: "bytes" });
    fc.assert(
      fc.property(casts(n, n - f), (cast) => {
        ran[n] = (ran[n] ?? 0) + 1;
        expect(chosen(config, votesOf(cast))).toBe(naive(cast));
      }),
      { numRuns: 150, seed: n },
    );
  }
  console.log(`choose against counting by hand: ${JSON.stringify(ran)}`);
});

/** Quorums where the majority of votes may be for a value that is not the one a deciding quorum voted for. */
const shapes: readonly { readonly decide: Expr; readonly update: Expr; readonly n: number }[] = [
  {
    n: 4,
    decide: thresholdOf(
      3,
      names(4).map((name) => node(name)),
    ),
    update: thresholdOf(
      3,
      names(4).map((name) => node(name)),
    ),
  },
  { n: 5, decide: and(node("p0"), node("p1")), update: or(node("p0"), node("p1")) },
  { n: 6, decide: and(node("p0"), thresholdOf(2, [node("p1"), node("p2"), node("p3")])), update: node("p0") },
];

test("whatever a deciding quorum voted for is chosen from any updating quorum", () => {
  let decidable = 0;
  let against = 0;
  for (const { decide, update, n } of shapes) {
    const config = memberConfig({ self: "p0", members: names(n), f: 0, decide, update, order: "bytes" });
    const quorums = quorumsOf(config);
    fc.assert(
      fc.property(
        fc.tuple(...names(n).map((name) => fc.tuple(fc.constant(name), fc.constantFrom("a", "b", "c")))),
        fc.subarray(names(n)),
        (all, heard) => {
          const decided = decidedBy(quorums, votesOf(all));
          if (decided === null || !quorums.update.has(heard)) return;
          decidable++;
          const value = utf8Decode((decided.choice as { value: Uint8Array }).value);
          const cast = all.filter(([member]) => heard.includes(member));
          if (naive(cast) !== value) against++;
          expect(chosen(config, votesOf(cast))).toBe(value);
        },
      ),
      { numRuns: 600, seed: n },
    );
  }
  console.log(`${decidable} decided votes, ${against} of them against the most frequent value heard`);
  expect(decidable).toBeGreaterThan(100);
  // Else "most frequent" alone would pass this test.
  expect(against).toBeGreaterThan(10);
});
