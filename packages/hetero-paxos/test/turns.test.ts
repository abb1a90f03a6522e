import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { Net } from "./net.ts";

const every = (n: number): string => Array.from({ length: n }, (_, i) => `p${i + 1}`).join(" & ");

/** As many acceptors to ask as retries lie between two attempts, or a part of that: then ticks alone come back to the same one. */
test.each([3, 5])("whoever lags asks every other of %d acceptors in turn, however rarely it does", (n) => {
  const graph = learnerGraph({
    learners: { L: every(n) },
    edges: [{ between: ["L", "L"], label: every(n) }],
  });
  const net = new Net({ graph });
  net.propose("w1", "A");
  net.run(({ to }) => to === "p1");
  for (let i = 0; i < 40; i++) net.fire("p1", "retry");
  net.drop();
  for (let i = 0; i < 64 * n; i++) net.fire("p1", "retry");
  const asked = net.letters.filter(({ from, message }) => from === "p1" && message.kind === "query");
  const times = graph.acceptors.slice(1).map((p) => asked.filter(({ to }) => to === p).length);
  expect(Math.min(...times)).toBeGreaterThan(4);
});
