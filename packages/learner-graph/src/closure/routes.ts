import type { CompiledLabel } from "../labels/compiled.ts";
import { narrower } from "../labels/label.ts";
import type { Model } from "../model/model.ts";

/** One way in which two learners come to agree: all of these labels hold. */
export interface Route {
  /** Numbers of labels, ascending; none is implied by another. */
  readonly labels: readonly number[];
  /** Learners from one to the other, each once; a self edge stands as the learner twice. */
  readonly path: readonly number[];
  /** Bits of `labels`, and of everything that they imply. */
  readonly bits: bigint;
  readonly implied: bigint;
}

/** All routes that none other makes superfluous, per pair. The closed label of a pair holds iff one of its routes does. */
export interface Routes {
  between(a: number, b: number): readonly Route[];
}

/** Compositions of routes that are tried at most. */
const stepsMax = 200_000;

/**
 * Closes the graph over the labels as atoms: Floyd and Warshall over sets of labels, of which only the least demanding are
 * kept. Labels of which one obviously implies the other count as such, so that ordered labels (thresholds, nested groups)
 * leave one route per pair. Null: too many routes; the labels are then best asked as one circuit.
 */
export function routesOf(model: Model, labels: readonly CompiledLabel[]): Routes | null {
  const count = model.learners.length;
  const implied = impliedBy(model, labels);
  const between = Array.from({ length: count }, () => Array.from({ length: count }, (): Route[] => []));
  const atom = (label: number, path: readonly number[]): Route => ({
    labels: [label],
    path,
    bits: 1n << BigInt(label),
    implied: implied[label]!,
  });
  const declared = model.edges.filter(({ label }) => !isNever(labels[label]!));
  for (const { a, b, label } of declared) {
    if (a === b) continue;
    between[a]![b]!.push(atom(label, [a, b]));
    between[b]![a]!.push(atom(label, [b, a]));
  }
  let steps = 0;
  for (let k = 0; k < count; k++)
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++) {
        if (i === k || j === k) continue;
        const [first, second] = [between[i]![k]!, between[k]![j]!];
        steps += first.length * second.length;
        if (steps > stepsMax) return null;
        for (const r of first)
          for (const s of second) keep(between[i]![j]!, between[j]![i]!, joined(r, s, implied));
      }
  // A learner that must agree with anybody must agree with itself.
  for (const { a, b, label } of declared) {
    keep(between[a]![a]!, null, atom(label, a === b ? [a, a] : [a, b, a]));
    if (a !== b) keep(between[b]![b]!, null, atom(label, [b, a, b]));
  }
  return { between: (a, b) => between[a]![b]! };
}

function isNever({ expr }: CompiledLabel): boolean {
  return expr.t === "const" && !expr.v;
}

/** Per label, the bits of the labels that hold whenever it does. */
function impliedBy(model: Model, labels: readonly CompiledLabel[]): readonly bigint[] {
  // Conditions of `meets` have become expressions where that is possible, so both forms are compared.
  const wide = labels.map(({ expr }, i) => ({ safe: expr, meets: model.labels[i]!.meets }));
  const slim = labels.map(({ expr, shares }, i) => ({
    safe: expr,
    meets: shares.length === 0 ? [] : model.labels[i]!.meets,
  }));
  return wide.map((label, i) =>
    slim.reduce(
      (bits, other, j) =>
        i === j || narrower(label, other) || narrower(model.labels[i]!, model.labels[j]!)
          ? bits | (1n << BigInt(j))
          : bits,
      0n,
    ),
  );
}

function joined(r: Route, s: Route, implied: readonly bigint[]): Route {
  const all = [...new Set([...r.labels, ...s.labels])].sort((x, y) => x - y);
  let labels = all;
  for (const label of all) {
    const bit = 1n << BigInt(label);
    const others = labels.filter((other) => other !== label);
    if (others.some((other) => (implied[other]! & bit) !== 0n)) labels = others;
  }
  return {
    labels,
    path: withoutLoops([...r.path, ...s.path.slice(1)]),
    bits: labels.reduce((bits, label) => bits | (1n << BigInt(label)), 0n),
    implied: r.implied | s.implied,
  };
}

/** A walk that comes back to a learner may as well not have left it. */
function withoutLoops(path: readonly number[]): readonly number[] {
  const simple: number[] = [];
  for (const learner of path) {
    const before = simple.indexOf(learner);
    if (before >= 0) simple.length = before;
    simple.push(learner);
  }
  return simple;
}

/** Adds a route unless a less demanding one is there, and drops those that are more demanding; the same the other way. */
function keep(routes: Route[], back: Route[] | null, route: Route): void {
  if (routes.some(({ bits }) => (bits & ~route.implied) === 0n)) return;
  const demanding = ({ implied }: Route): boolean => (route.bits & ~implied) === 0n;
  replace(routes, demanding, route);
  if (back !== null) replace(back, demanding, { ...route, path: [...route.path].reverse() });
}

function replace(routes: Route[], gone: (route: Route) => boolean, by: Route): void {
  const kept = routes.filter((route) => !gone(route));
  routes.splice(0, routes.length, ...kept, by);
}
