import {
  type GraphInput,
  learnerGraph,
  nested,
  parseGraph,
  prioritized,
  uniform,
  type ValidGraph,
} from "@eunomia/learner-graph";
import { SimulationError, seededDraw } from "@eunomia/simulation";

/** Graphs with a name, as text: the worked examples of the definition, and small ones in which a rule shows. */
const texts: Readonly<Record<string, string>> = {
  /** One learner, any three of four. */
  bft: "learner L: {p1, p2, p3, p4} >= 3\nedge L - L: {p1, p2, p3, p4} >= 3",
  /** One learner, a majority, for crashes only. */
  crash: "learner L: {p1, p2, p3} >= 2\nedge L - L: p1 & p2 & p3",
  /** Two chains that share three validators. */
  chains: `learner red: {r, s1, s2, s3} >= 3
learner blue: {b, s1, s2, s3} >= 3
edge red - red: {r, s1, s2, s3} >= 3
edge red - blue: s1 & s2 & s3
edge blue - blue: {b, s1, s2, s3} >= 3`,
  /** Two learners that need not agree. */
  apart: "learner x: a & b\nlearner y: b & c\nedge x - x: a | b\nedge y - y: b | c",
  /** The first and the last of three learners must agree only by way of the second. */
  line: `learner x: a & b
learner y: a & b & c
learner z: b & c
edge x - y: a & b & c
edge y - z: a & b & c`,
  /** Learners with quorums of their own, all edges equal: an honest run may leave G undecided for ever. */
  gap: `learner A: p1 & p3
learner G: p1 & p2 & p3
edge A - A: p1 & p2 & p3
edge A - G: p1 & p2 & p3
edge G - G: p1 & p2 & p3`,
  /** Two learners that must agree as long as the acceptor that they share is safe, whatever the others do. */
  pair: "learner x: a & b\nlearner y: b & c\nedge x - x: a | b\nedge y - y: b | c\nedge x - y: b",
  /** The smallest with two learners: x needs both acceptors, y the second one alone, and they agree as long as that one is safe. */
  both: "learner L: a & b\nedge L - L: a & b",
  two: "learner x: a & b\nlearner y: b\nedge x - x: a | b\nedge y - y: b\nedge x - y: b",
};

/** Names of graphs, `random` at the end: that one has a number besides. */
export const graphNames: readonly string[] = [...Object.keys(texts), "random"];

const list = (prefix: string, n: number): string[] =>
  Array.from({ length: n }, (_, i) => `${prefix}${i + 1}`);

/** Valid by construction: thresholds that meet in themselves, and labels of a builder. */
function randomInput(number: number): GraphInput {
  const draw = seededDraw(`graph ${number}`);
  const acceptors = list("p", 3 + draw.below(3));
  const names = ["A", "B", "C"].slice(0, 1 + draw.below(3));
  const style = draw.pick(["uniform", "nested", "prioritized"] as const);
  const threshold = (members: readonly string[]): string => {
    const least = Math.floor(members.length / 2) + 1;
    return `{${members.join(", ")}} >= ${least + draw.below(members.length - least + 1)}`;
  };
  const some = (): string[] => {
    const chosen = acceptors.filter(() => draw.chance(0.7));
    return chosen.length < 2 ? acceptors : chosen;
  };
  const learners = Object.fromEntries(
    names.map((name) => [name, threshold(style === "uniform" ? acceptors : some())] as const),
  );
  if (style === "uniform") return uniform(learners);
  if (style === "nested") return nested(learners);
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  return prioritized(learners, draw.chance(0.5) ? pairs : pairs.reverse());
}

const made = new Map<string, ValidGraph>();

/**
 * The graph of a name; `number` tells random ones apart.
 * @throws SimulationError with the names that there are.
 */
export function graphOf(name: string, number: number): ValidGraph {
  const key = `${name} ${name === "random" ? number : ""}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const text = texts[name];
  if (text === undefined && name !== "random")
    throw new SimulationError("bad-option", `no graph "${name}"; there are ${graphNames.join(", ")}`);
  const graph = learnerGraph(text === undefined ? randomInput(number) : parseGraph(text));
  // Graphs are immutable; campaigns draw thousands of them.
  if (made.size >= 256) made.clear();
  made.set(key, graph);
  return graph;
}
