import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { examples } from "./examples.ts";
import { Net } from "./net.ts";

const graph = learnerGraph(examples[0]!.graph);

interface Life {
  readonly steps: number;
  readonly evidence: number;
  readonly decided: boolean;
}

/** Two ballots by different proposers; after so many steps every acceptor loses its memory but for what is durable. */
function live(restartAfter: number, forgets: boolean): Life {
  const net = new Net({ graph, proposers: 2, learners: 0, options: { retryMs: 0 } });
  net.propose("w1", "B");
  let steps = 0;
  const go = (): void => {
    while (net.letters.length > 0) {
      const [letter] = net.letters.splice(0, 1) as [(typeof net.letters)[0]];
      net.take(letter.to, { kind: "message", from: letter.from, message: letter.message });
      if (++steps === restartAfter) for (const p of graph.acceptors) net.restart(p, forgets ? [] : undefined);
    }
  };
  // The second ballot begins in the middle of the first.
  for (let i = 0; i < 12; i++) {
    const [letter] = net.letters.splice(0, 1) as [(typeof net.letters)[0]];
    net.take(letter.to, { kind: "message", from: letter.from, message: letter.message });
    if (++steps === restartAfter) for (const p of graph.acceptors) net.restart(p, forgets ? [] : undefined);
  }
  net.fire("w1", "window");
  go();
  const evidence = net.outputs.filter(({ output }) => output.kind === "evidence").length;
  const decided = ["w0", "w1"].every((id) => net.decided(id).L === "B");
  return { steps, evidence, decided };
}

test("a restart of all acceptors after any step: nobody equivocates, and the value is decided", () => {
  const { steps } = live(0, false);
  expect(steps).toBeGreaterThan(60);
  for (let at = 1; at <= steps; at++) {
    const { evidence, decided } = live(at, false);
    expect([at, evidence, decided]).toEqual([at, 0, true]);
  }
});

test("without their journals they are convicted", () => {
  const { steps } = live(0, false);
  const convicted = Array.from({ length: steps }, (_, at) => live(at + 1, true)).filter(
    ({ evidence }) => evidence > 0,
  );
  expect(convicted.length).toBeGreaterThan(5);
});
