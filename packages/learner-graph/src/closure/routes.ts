import type { Atom, CompiledModel } from "../labels/compiled.ts";
import { narrower } from "../labels/label.ts";

/** One way in which two learners come to agree: all of these conditions hold. */
export interface Route {
  /** Numbers of atoms, ascending; none is implied by another. */
  readonly atoms: readonly number[];
  /** Learners from one to the other, each once; a self edge stands as the learner twice. */
  readonly path: readonly number[];
  /** Bits of `atoms`, and of everything that they imply. */
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
 * Closes the graph over the atoms of labels: Floyd and Warshall over sets of atoms, of which only the least demanding are
 * kept. Atoms of which one obviously implies the other count as such, so that ordered labels (thresholds), nested groups,
 * and labels put together from a condition per learner leave one route per pair. Null: too many routes; the labels are then
 * best asked as one circuit.
 */
export function routesOf({ model, atoms, atomsOf }: CompiledModel): Routes | null {
  const count = model.learners.length;
  const implied = impliedBy(atoms);
  const between = Array.from({ length: count }, () => Array.from({ length: count }, (): Route[] => []));
  const along = (label: number, path: readonly number[]): Route => routeOf(atomsOf[label]!, path, implied);
  const declared = model.edges.filter(({ label }) => !atomsOf[label]!.some((atom) => isNever(atoms[atom]!)));
  for (const { a, b, label } of declared) {
    if (a === b) continue;
    between[a]![b]!.push(along(label, [a, b]));
    between[b]![a]!.push(along(label, [b, a]));
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
          for (const s of second) {
            // The costly part of a new route is not needed to see that an old one asks for no more.
            const both = r.implied | s.implied;
            if (between[i]![j]!.some(({ bits }) => (bits & ~both) === 0n)) continue;
            const path = withoutLoops([...r.path, ...s.path.slice(1)]);
            keep(between[i]![j]!, between[j]![i]!, routeOf([...r.atoms, ...s.atoms], path, implied));
          }
      }
  // A learner that must agree with anybody must agree with itself.
  for (const { a, b, label } of declared) {
    keep(between[a]![a]!, null, along(label, a === b ? [a, a] : [a, b, a]));
    if (a !== b) keep(between[b]![b]!, null, along(label, [b, a, b]));
  }
  return { between: (a, b) => between[a]![b]! };
}

function isNever({ expr }: Atom): boolean {
  return expr.t === "const" && !expr.v;
}

/** Per atom, the bits of those that hold whenever it does. */
function impliedBy(atoms: readonly Atom[]): readonly bigint[] {
  // `meets` has become an expression where that is possible; where not, it implies what it is.
  const wide = atoms.map(({ expr, label }) => ({ safe: expr, meets: label.meets }));
  const slim = atoms.map(({ expr, shares, label }) => ({
    safe: expr,
    meets: shares.length === 0 ? [] : label.meets,
  }));
  return wide.map((atom, i) =>
    slim.reduce((bits, other, j) => (i === j || narrower(atom, other) ? bits | (1n << BigInt(j)) : bits), 0n),
  );
}

/** A route through atoms without those that another of them implies. */
function routeOf(atoms: readonly number[], path: readonly number[], implied: readonly bigint[]): Route {
  let kept = [...new Set(atoms)].sort((x, y) => x - y);
  for (const atom of kept) {
    const bit = 1n << BigInt(atom);
    if (kept.some((other) => other !== atom && (implied[other]! & bit) !== 0n))
      kept = kept.filter((other) => other !== atom);
  }
  return {
    atoms: kept,
    path,
    bits: kept.reduce((bits, atom) => bits | (1n << BigInt(atom)), 0n),
    implied: kept.reduce((bits, atom) => bits | implied[atom]!, 0n),
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
