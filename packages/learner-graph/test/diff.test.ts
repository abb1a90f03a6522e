import { diff, draftGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";

const edge = (a: string, b: string, label: string) => ({ between: [a, b] as const, label });
const graph = (quorums: string, label: string, more: Record<string, string> = {}) =>
  draftGraph({
    learners: { red: quorums, blue: "{a..e} >= 4", ...more },
    edges: [edge("red", "blue", label)],
  });

const changes = (before: string, after: string): unknown =>
  diff(graph("{a..e} >= 4", before), graph("{a..e} >= 4", after)).pairs.map(
    ({ a, b, change, before: x, after: y }) => [
      `${a}-${b}`,
      change,
      x.kind === "exact" && x.value,
      y.kind === "exact" && y.value,
    ],
  );

test("labels that grow and shrink, with what it takes to break them", () => {
  const everywhere = (change: string, before: number, after: number) =>
    ["blue-blue", "blue-red", "red-red"].map((pair) => [pair, change, before, after]);
  expect(changes("{a..e} >= 4", "{e, d, c, b, a} >= 4")).toEqual([]);
  expect(changes("{a..e} >= 4", "{a..e} >= 3")).toEqual(everywhere("wider", 2, 3));
  expect(changes("{a..e} >= 3", "{a..e} >= 4")).toEqual(everywhere("narrower", 3, 2));
  expect(changes("a & b", "b & c")).toEqual(everywhere("changed", 1, 1));
  expect(changes("false", "a & b")).toEqual(everywhere("gained", 0, 1));
  expect(changes("a & b", "false")).toEqual(everywhere("lost", 1, 0));
});

test("quorums that change, learners that come and go, and pairs that become invalid", () => {
  const found = diff(
    graph("{a..e} >= 4", "{a..e} >= 4"),
    graph("{a..e} >= 2", "{a..e} >= 4", { green: "a" }),
  );
  expect(found.learners).toEqual({ added: ["green"], removed: [], changed: ["red"] });
  expect(found.pairs).toEqual([]);
  expect(found.newlyInvalid.map(({ a, b }) => [a, b])).toEqual([
    ["blue", "red"],
    ["red", "red"],
  ]);
});
