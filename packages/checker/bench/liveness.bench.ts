/**
 * Edges per CPU second of the search for fair cycles, on flat arrays: layers as a protocol's rounds make them (no cycle at
 * all), one component of everything with fairness to decide, and the graph of actor Paxos with 3 acceptors and 2 proposers.
 */
import { goldenPaxos } from "@eunomia/conformance/golden";
import { Components } from "../src/liveness/components.ts";
import { DefaultFairness } from "../src/liveness/default-fairness.ts";
import { checkFairCycles } from "../src/liveness/fair-cycles.ts";
import type { LivenessGraph } from "../src/liveness/graph.ts";
import { graphOfModel } from "../src/liveness/model-graph.ts";
import { Machine } from "../src/machine/machine.ts";
import type { Model } from "../src/model.ts";

const states = 1_000_000;
const degree = 8;

function graph(target: (state: number, edge: number) => number): LivenessGraph {
  const offsets = Uint32Array.from({ length: states + 1 }, (_, state) => state * degree);
  const targets = new Uint32Array(states * degree);
  const labels = new Uint32Array(states * degree);
  for (let state = 0; state < states; state += 1)
    for (let edge = 0; edge < degree; edge += 1) {
      targets[state * degree + edge] = target(state, edge);
      labels[state * degree + edge] = edge;
    }
  const labelNames = Array.from({ length: degree }, (_, label) => `action ${label}`);
  const constraints = labelNames.map((name, label) => ({ name, kind: "weak" as const, labels: [label] }));
  return {
    states,
    initial: [0],
    offsets,
    targets,
    labels,
    labelNames,
    constraints,
    incomplete: null,
    reductions: [],
  };
}

/** A fixed pseudo-random number below `bound`, equal in every run. */
function scattered(seed: number, bound: number): number {
  let x = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return ((x ^ (x >>> 16)) >>> 0) % bound;
}

/** The middle of five runs, in millions of edges per CPU second. */
function rate(edges: number, work: () => void): string {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return edges / (user + system);
  }).sort((a, b) => a - b);
  return runs[2]!.toFixed(1).padStart(6);
}

const shapes = {
  "layers, near targets": graph((state, edge) =>
    Math.min(states - 1, state + 1 + scattered(state * degree + edge, 1000)),
  ),
  "layers, far targets": graph((state, edge) =>
    Math.min(states - 1, state + 1 + scattered(state * degree + edge, 200_000)),
  ),
  "one component, near targets": graph(
    (state, edge) => (state + 1 + scattered(state * degree + edge, 1000)) % states,
  ),
  "one component, far targets": graph(
    (state, edge) => (state + 1 + scattered(state * degree + edge, 200_000)) % states,
  ),
};
const unbounded = { memory: Number.POSITIVE_INFINITY, states: Number.POSITIVE_INFINITY };
const paxos: Model = {
  name: "golden paxos",
  processes: goldenPaxos(3, 2),
  network: { order: "bag", ignored: "consume" },
  invariants: [],
  witnesses: [],
};
function explore(): LivenessGraph {
  const machine = new Machine(paxos);
  return graphOfModel(machine, new DefaultFairness(machine, "must"), unbounded).graph;
}

console.log(
  "million edges per CPU second               edges   components   whole check of <>   exploration",
);
const golden = explore();
for (const [name, made] of Object.entries({ ...shapes, "actor Paxos": golden })) {
  const members = Uint32Array.from({ length: made.states }, (_, state) => state);
  const edges = made.targets.length;
  let components = 0;
  const decompose = rate(edges, () => new Components(made).decompose(members, () => components++));
  const check = rate(edges, () =>
    checkFairCycles(made, { kind: "eventually", goal: (state) => state === made.states - 1 }),
  );
  const exploration = made === golden ? rate(edges, explore) : "";
  console.log(
    `${name.padEnd(35)}  ${String(edges).padStart(11)}       ${decompose}              ${check}        ${exploration}`,
  );
}
