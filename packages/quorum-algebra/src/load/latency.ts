import type { NodeId } from "@eunomia/engine";
import { emptySet } from "../circuit/evaluate.ts";
import type { Problem, Side } from "./question.ts";
import { compare, greatest, type Rational, toNumber, zero } from "./rational.ts";
import { type Choice, setOf, usesOf } from "./strategy.ts";

/**
 * When the answers of a way form a quorum, at the latest: exactly when for a way with one set, with its slowest node otherwise.
 * Null: they never do.
 */
export function latestOf({ universe, latency }: Problem, { circuit }: Side, way: Choice): Rational | null {
  const set = setOf(way);
  if (set !== null) return quorumLatency(universe.indexOf, circuit, latency, set);
  let latest = zero;
  for (const [id, use] of usesOf(way))
    if (use > 0) latest = greatest(latest, latency[universe.indexOf.get(id)!]!);
  return latest;
}

/** The time at which those members that have answered form a quorum: less than the slowest takes if the set is larger than needed. */
function quorumLatency(
  indexOf: ReadonlyMap<NodeId, number>,
  circuit: Side["circuit"],
  latency: readonly Rational[],
  nodes: readonly NodeId[],
): Rational | null {
  const order = nodes.map((id) => indexOf.get(id)!).sort((a, b) => compare(latency[a]!, latency[b]!));
  const answered = emptySet(circuit);
  if (answered.holds()) return zero;
  for (const v of order) {
    answered.insert(v);
    if (answered.holds()) return latency[v]!;
  }
  return null;
}

/** The expected time until the answers of a chosen set form a quorum. */
export function waitOf(problem: Problem, side: Side, root: Choice): number {
  if ("node" in root) return toNumber(problem.latency[problem.universe.indexOf.get(root.node)!]!);
  let total = 0;
  for (const way of root.of) {
    if (way.use === 0) continue;
    const latest = latestOf(problem, side, way);
    const expected =
      setOf(way) === null ? expectedSlowest(problem, way) : latest === null ? Infinity : toNumber(latest);
    total += (way.use / root.use) * expected;
  }
  return total;
}

function expectedSlowest({ universe, latency }: Problem, way: Choice): number {
  const levels = [
    ...new Set([...usesOf(way).keys()].map((id) => toNumber(latency[universe.indexOf.get(id)!]!))),
  ];
  levels.sort((a, b) => a - b);
  const within = sweeper(way, (id) => toNumber(latency[universe.indexOf.get(id)!]!));
  let before = 0;
  let total = 0;
  for (const level of levels) {
    const now = level === levels.at(-1) ? 1 : within(level);
    total += level * (now - before);
    before = now;
  }
  return total;
}

/**
 * How probable it is that all chosen nodes answer within a time. At a gate the random point of systematic sampling is moved from one
 * end to the other: between two borders of children the same children are taken, and theirs are independent draws.
 */
function sweeper(choice: Choice, latency: (id: NodeId) => number): (time: number) => number {
  if ("node" in choice) {
    const own = latency(choice.node);
    return (time) => (own <= time ? 1 : 0);
  }
  const children = choice.of.filter(({ use }) => use > 0);
  const inner = children.map((child) => sweeper(child, latency));
  const events: { readonly at: number; readonly child: number; readonly enters: boolean }[] = [];
  const first = new Set<number>();
  let start = 0;
  children.forEach(({ use }, child) => {
    const end = start + use;
    if (start === 0 || end > choice.use) first.add(child);
    if (use < choice.use) {
      if (start > 0) events.push({ at: start, child, enters: true });
      events.push({ at: end > choice.use ? end - choice.use : end, child, enters: false });
    }
    start = end % choice.use;
  });
  events.sort((a, b) => a.at - b.at);
  return (time) => {
    const within = inner.map((child) => child(time));
    let zeros = 0;
    let product = 1;
    const change = (child: number, enters: boolean): void => {
      const p = within[child]!;
      if (p === 0) zeros += enters ? 1 : -1;
      else product = enters ? product * p : product / p;
    };
    for (const child of first) change(child, true);
    let total = 0;
    let last = 0;
    for (const { at, child, enters } of events) {
      if (zeros === 0) total += product * (at - last);
      last = at;
      change(child, enters);
    }
    if (zeros === 0) total += product * (choice.use - last);
    return total / choice.use;
  };
}
