import type { NodeId } from "@eunomia/engine";
import { constant, type Expr, node, thresholdOf, weightedOf } from "@eunomia/quorum-algebra";
import fc from "fast-check";

/** The definition, word for word. */
export function naiveHas(expr: Expr, set: ReadonlySet<NodeId>): boolean {
  switch (expr.t) {
    case "node":
      return set.has(expr.id);
    case "const":
      return expr.v;
    case "thr":
      return expr.of.filter((child) => naiveHas(child, set)).length >= expr.k;
    case "wthr":
      return expr.of.reduce((sum, [w, child]) => (naiveHas(child, set) ? sum + w : sum), 0n) >= expr.k;
  }
}

/** The same over sets as numbers: bit i is `ids[i]`. */
export function naiveMask(expr: Expr, ids: readonly NodeId[]): (set: number) => boolean {
  switch (expr.t) {
    case "node": {
      const bit = 1 << ids.indexOf(expr.id);
      return (set) => (set & bit) !== 0;
    }
    case "const":
      return () => expr.v;
    case "thr": {
      const children = expr.of.map((child) => naiveMask(child, ids));
      return (set) => children.reduce((sum, child) => sum + Number(child(set)), 0) >= expr.k;
    }
    case "wthr": {
      const children = expr.of.map(([w, child]) => [w, naiveMask(child, ids)] as const);
      return (set) => children.reduce((sum, [w, child]) => (child(set) ? sum + w : sum), 0n) >= expr.k;
    }
  }
}

export function naiveSupport(expr: Expr): NodeId[] {
  const ids = new Set<NodeId>();
  const visit = (e: Expr): void => {
    if (e.t === "node") ids.add(e.id);
    else if (e.t === "thr") e.of.forEach(visit);
    else if (e.t === "wthr") for (const [, child] of e.of) visit(child);
  };
  visit(expr);
  return [...ids].sort();
}

export function* subsets(ids: readonly NodeId[]): Generator<Set<NodeId>> {
  for (let bits = 0; bits < 1 << ids.length; bits++) yield new Set(ids.filter((_, i) => (bits >> i) & 1));
}

export function without(ids: readonly NodeId[], set: ReadonlySet<NodeId>): Set<NodeId> {
  return new Set(ids.filter((id) => !set.has(id)));
}

/** Are the two expressions true for the same sets? */
export function sameMeaning(a: Expr, b: Expr): boolean {
  const ids = [...new Set([...naiveSupport(a), ...naiveSupport(b)])];
  for (const set of subsets(ids)) if (naiveHas(a, set) !== naiveHas(b, set)) return false;
  return true;
}

/** 6.1 by trying every way to give each node to one family: can all be given away? */
export function naiveCovered(quorums: readonly Expr[], faults: readonly Expr[]): boolean {
  const ids = [...new Set([...quorums, ...faults].flatMap(naiveSupport))];
  const count = quorums.length + faults.length;
  const given = Array.from({ length: count }, () => new Set<NodeId>());
  const fits = (): boolean =>
    quorums.every((q, i) => naiveHas(q, without(ids, given[i]!))) &&
    faults.every((f, j) => !naiveHas(f, given[quorums.length + j]!));
  const place = (at: number): boolean => {
    if (at === ids.length) return fits();
    return given.some((set) => {
      set.add(ids[at]!);
      const found = place(at + 1);
      set.delete(ids[at]!);
      return found;
    });
  };
  return place(0);
}

/** Any expression over few nodes: repeated leaves, constants, gates that hold always or never. */
export function anyExpr(ids: readonly NodeId[], size = 4): fc.Arbitrary<Expr> {
  const leaf = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...ids).map(node) },
    { weight: 1, arbitrary: fc.boolean().map(constant) },
  );
  const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 2, arbitrary: leaf },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.nat(size), fc.array(tie("expr"), { maxLength: size }))
          .map(([k, of]) => thresholdOf(k, of)),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.bigInt(0n, 12n),
            fc.array(fc.tuple(fc.bigInt(0n, 5n), tie("expr")), { minLength: 1, maxLength: size }),
          )
          .map(([k, of]) => weightedOf(k, of)),
      },
    ),
  }));
  return expr;
}

/** Like `anyExpr`, but says something: neither always nor never true. */
export function seriousExpr(ids: readonly NodeId[], size = 4): fc.Arbitrary<Expr> {
  return anyExpr(ids, size).filter((e) => {
    const all = new Set(ids);
    return naiveHas(e, all) && !naiveHas(e, new Set());
  });
}

/** Shares of the children that gates ask for: many, so that quorums often meet. */
const share = fc.constantFrom(0.4, 0.6, 0.6, 0.75, 1);

/** Organisations in which every node occurs once. */
export const readOnce: fc.Arbitrary<Expr> = fc
  .tuple(share, fc.array(fc.tuple(share, fc.integer({ min: 1, max: 3 })), { minLength: 2, maxLength: 3 }))
  .map(([k, parts]) =>
    thresholdOf(
      Math.ceil(k * parts.length),
      parts.map(([need, count], o) =>
        thresholdOf(
          Math.ceil(need * count),
          Array.from({ length: count }, (_, i) => node(`${"xyz"[o]}${i}`)),
        ),
      ),
    ),
  );

/** Gates over gates and nodes that occur again and again, with weights. */
export function entangled(over: readonly string[]): fc.Arbitrary<Expr> {
  const leaf = fc.constantFrom(...over).map(node);
  const gate = (child: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> =>
    fc
      .tuple(
        share,
        fc.array(fc.tuple(fc.constantFrom(1n, 1n, 2n, 3n), child), { minLength: 2, maxLength: 5 }),
      )
      .map(([k, children]) => {
        const total = children.reduce((sum, [weight]) => sum + weight, 0n);
        return weightedOf(BigInt(Math.ceil(k * Number(total))), children);
      });
  return gate(fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: gate(leaf) }));
}

/** Fixed seed: a run that fails can be repeated. */
export const seeded = (numRuns: number): fc.Parameters<unknown> => ({ seed: 20261120, numRuns });

/** For broken twins: does the property refuse them? A twin that merely crashes proves nothing. */
export function refuted<T>(property: fc.IProperty<T>, numRuns = 500): boolean {
  const { failed, errorInstance } = fc.check(property, { seed: 20261120, numRuns } as fc.Parameters<T>);
  if (errorInstance instanceof TypeError || errorInstance instanceof ReferenceError) throw errorInstance;
  return failed;
}
