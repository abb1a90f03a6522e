import type { NodeId, QuorumTracker } from "@eunomia/engine";
import { and, constant, type Expr, normalize, print, quorumSystem, support } from "@eunomia/quorum-algebra";
import { GraphError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { anything, type NumberedLabel } from "./label.ts";
import { type Meets, meetsOf, type TwoShares } from "./meets.ts";

/** A condition ready to be asked: an expression, and shares of stake where no expression says it. */
export interface Condition {
  /** All of it that is an expression, in normal form. */
  readonly expr: Expr;
  readonly shares: readonly TwoShares[];
  /** Acceptors that it depends on. */
  readonly support: readonly NodeId[];
  /** Does it hold when exactly these acceptors are not safe? Costs a visit of what depends on them. */
  holdsWithout(unsafe: readonly NodeId[]): boolean;
  /** Counts unsafe nodes one by one; lost: it no longer holds. Of the expression only. */
  tracker(): QuorumTracker;
}

/** One of the conditions that labels are made of: labels of a graph share many, and routes are sets of them. */
export interface Atom extends Condition {
  /** As it was written. */
  readonly label: NumberedLabel;
}

/** A model with its labels, whole and taken apart. */
export interface CompiledModel {
  readonly model: Model;
  readonly atoms: readonly Atom[];
  /** Numbers of atoms by label. */
  readonly atomsOf: readonly (readonly number[])[];
  readonly labels: readonly Condition[];
}

/**
 * The labels of a model, compiled.
 *
 * @throws GraphError `meets` for a condition that is neither a manageable expression nor two stakes.
 */
export function compileModel(model: Model): CompiledModel {
  const atoms: Atom[] = [];
  const numbers = new Map<string, number>();
  const add = (key: string, make: () => Atom): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, atoms.length);
    return atoms.push(make()) - 1;
  };
  const atomsOf = model.labels.map(({ safe, meets }) => [
    ...partsOf(safe).map((part) =>
      add(print(part), () => ({ ...conditionOf(part, []), label: { safe: part, meets: [] } })),
    ),
    ...meets.map((pair) => add(`meets ${pair.join(" ")}`, () => meetsAtom(model, pair))),
  ]);
  const labels = atomsOf.map((parts) =>
    conditionOf(
      normalize(and(...parts.map((part) => atoms[part]!.expr))),
      parts.flatMap((part) => atoms[part]!.shares),
    ),
  );
  return { model, atoms, atomsOf, labels };
}

/** What must hold together. */
function partsOf(expr: Expr): readonly Expr[] {
  if (expr.t === "const" && expr.v) return [];
  return expr.t === "thr" && expr.k === expr.of.length ? expr.of : [expr];
}

function meetsAtom(model: Model, pair: readonly [number, number]): Atom {
  const [a, b] = pair.map((number) => model.learners[number]!) as [
    Model["learners"][0],
    Model["learners"][0],
  ];
  const found: Meets = meetsOf(a.quorums.expr, b.quorums.expr);
  if (found === null)
    throw new GraphError(
      "meets",
      `meets(${a.id}, ${b.id}): these quorums have no label of manageable size. Write down the safe sets as an expression`,
    );
  const condition =
    found.kind === "expr" ? conditionOf(found.expr, []) : conditionOf(constant(true), [found.shares]);
  return { ...condition, label: { ...anything, meets: [pair] } };
}

/** A condition from an expression in normal form, and shares. */
export function conditionOf(expr: Expr, shares: readonly TwoShares[]): Condition {
  const system = quorumSystem(expr);
  const tracker = system.tracker();
  return {
    expr,
    shares,
    support: [...new Set([...support(expr), ...shares.flatMap(({ ids }) => ids)])].sort(),
    tracker: () => system.tracker(),
    holdsWithout(unsafe) {
      tracker.reset();
      for (const id of unsafe) tracker.refuse(id);
      if (tracker.answer === "lost") return false;
      if (shares.length === 0) return true;
      const set = new Set(unsafe);
      return shares.every((share) => share.holdsWithout(set));
    },
  };
}
