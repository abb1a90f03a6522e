import {
  type Expr,
  groupBy,
  node,
  parse,
  restrictByzantine,
  support,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import { collect, minimalQuorums, minimalSplittingSets } from "@eunomia/quorum-algebra/sets";
import { expect, test } from "vitest";
import { groupSplits } from "../src/report/group-splits.ts";

const organisation = (id: string): string => id[0]!;

/** By the definition: all sets of groups, and all pairs of quorums of what is left. */
function naive(quorums: Expr): readonly string[] {
  const groups = [...new Set(support(quorums).map(organisation))].sort();
  const splitting: string[][] = [];
  for (let bits = 0; bits < 2 ** groups.length; bits++) {
    const chosen = groups.filter((_, at) => (bits >> at) & 1);
    const lying = support(quorums).filter((id) => chosen.includes(organisation(id)));
    const rest = [...minimalQuorums(restrictByzantine(quorums, lying))];
    if (rest.some((p) => rest.some((q) => !p.some((id) => q.includes(id))))) splitting.push(chosen);
  }
  const minimal = splitting.filter(
    (set) =>
      !splitting.some((other) => other.length < set.length && other.every((group) => set.includes(group))),
  );
  return minimal.map((set) => set.join()).sort();
}

/** A small generator of numbers: the same on every machine. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

const random = numbers(20_261_127);
const systems = Array.from({ length: 120 }, (): Expr => {
  const below = (n: number): number => random.next().value % n;
  const parts = Array.from({ length: 2 + below(3) }, (_, group) => {
    const size = 1 + below(4);
    const nodes = Array.from({ length: size }, (__, i) => node(`${"abcd"[group]}${i}`));
    return thresholdOf(1 + below(size), nodes);
  });
  return thresholdOf(1 + below(parts.length), parts);
});

const found = (quorums: Expr) =>
  collect(groupSplits(quorums, organisation, {}))
    .sets.map((set) => set.join())
    .sort();

test("are those of the definition, for 120 random systems of organisations", () => {
  for (const quorums of systems) expect(found(quorums)).toEqual(naive(quorums));
  // Neither split from the start nor impossible to split.
  const serious = systems.filter((quorums) => naive(quorums).some((set) => set !== "")).length;
  expect(serious).toBeGreaterThan(40);
});

test("a twin that takes an organisation for one node is refused: its nodes may stand on both sides", () => {
  const twin = (quorums: Expr) => {
    const asked = groupBy(quorums, organisation);
    return [...minimalSplittingSets(asked)].map((set) => set.join()).sort();
  };
  expect(systems.some((quorums) => twin(quorums).join(";") !== naive(quorums).join(";"))).toBe(true);
  expect(twin(parse("{a1, a2} >= 1"))).toEqual(["a"]);
  expect(found(parse("{a1, a2} >= 1"))).toEqual([""]);
});

test("end with what was found when the time is over", () => {
  let time = 0;
  const limits = { now: () => time++, deadlineMs: 3 };
  expect(collect(groupSplits(parse("{a, b, c, d, e, f, g} >= 5"), organisation, limits)).complete).toBe(
    false,
  );
});
