import type { NodeId } from "@eunomia/engine";
import type { GraphInput, Label } from "@eunomia/learner-graph";
import { type Expr, node, support, thresholdOf, weightedOf } from "@eunomia/quorum-algebra";
import fc from "fast-check";

/** The definition of an expression over sets as numbers: bit i is `ids[i]`. */
export function naiveHas(expr: Expr, ids: readonly NodeId[]): (set: number) => boolean {
  switch (expr.t) {
    case "node": {
      const bit = 1 << ids.indexOf(expr.id);
      return (set) => (set & bit) !== 0;
    }
    case "const":
      return () => expr.v;
    case "thr": {
      const children = expr.of.map((child) => naiveHas(child, ids));
      return (set) => children.reduce((sum, child) => sum + Number(child(set)), 0) >= expr.k;
    }
    case "wthr": {
      const children = expr.of.map(([w, child]) => [w, naiveHas(child, ids)] as const);
      return (set) => children.reduce((sum, [w, child]) => (child(set) ? sum + w : sum), 0n) >= expr.k;
    }
  }
}

/** A graph with everything tabulated: `quorum[a][S]`, `declared[a][b][S]`, `closed[a][b][S]`, `meets(a, b)[S]`. */
export interface Tables {
  readonly ids: readonly NodeId[];
  readonly learners: readonly string[];
  readonly quorum: readonly Uint8Array[];
  readonly meets: (a: number, b: number) => Uint8Array;
  readonly declared: readonly (readonly Uint8Array[])[];
  readonly closed: readonly (readonly Uint8Array[])[];
}

export interface NaiveEdge {
  readonly between: readonly [string, string];
  readonly label: Label;
}

/** The definitions of `hetero-paxos`, set by set: nothing is shared with what is tested. */
export function tabulate(
  learnerQuorums: Readonly<Record<string, Expr>>,
  edges: readonly NaiveEdge[],
  more: readonly NodeId[] = [],
): Tables {
  const learners = Object.keys(learnerQuorums).sort();
  const ids = [...new Set([...Object.values(learnerQuorums).flatMap((e) => support(e)), ...more])].sort();
  const sets = 1 << ids.length;
  const table = (holds: (set: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: sets }, (_, set) => Number(holds(set)));
  const quorum = learners.map((id) => table(naiveHas(learnerQuorums[id]!, ids)));
  const known = new Map<string, Uint8Array>();
  const meets = (a: number, b: number): Uint8Array => {
    const found =
      known.get(`${a} ${b}`) ??
      table((safe) => {
        for (let set = 0; set < sets; set++)
          if (quorum[a]![set] === 1 && quorum[b]![(sets - 1) & ~(set & safe)] === 1) return false;
        return true;
      });
    known.set(`${a} ${b}`, found);
    return found;
  };
  const none: Uint8Array = new Uint8Array(sets);
  const declared: Uint8Array[][] = learners.map(() => learners.map(() => none));
  for (const { between, label } of edges) {
    const [a, b] = between.map((id) => learners.indexOf(id)) as [number, number];
    const safe = naiveHas(label.safe, ids);
    const pairs = label.meets.map(([u, v]) => meets(learners.indexOf(u), learners.indexOf(v)));
    declared[a]![b] = table((set) => safe(set) && pairs.every((pair) => pair[set] === 1));
    declared[b]![a] = declared[a]![b]!;
  }
  return { ids, learners, quorum, meets, declared, closed: close(declared, sets) };
}

/** Agreement is transitive: repeat the rule of the paper until nothing changes. */
export function close(declared: Tables["declared"], sets: number): Uint8Array[][] {
  const closed = declared.map((row) => row.map((label) => Uint8Array.from(label)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const a of closed.keys())
      for (const b of closed.keys())
        for (const c of closed.keys())
          for (let s = 0; s < sets; s++)
            if (closed[a]![b]![s]! & closed[b]![c]![s]! & ~closed[a]![c]![s]! & 1) {
              closed[a]![c]![s] = 1;
              changed = true;
            }
  }
  return closed;
}

/** For all pairs, all safe sets of their label, all quorums: is there a common safe member? */
export function naiveValid(tables: Tables, labels = tables.closed): boolean {
  return labels.every((row, a) =>
    row.every((label, b) => label.every((holds, safe) => holds === 0 || tables.meets(a, b)[safe] === 1)),
  );
}

export const setOf = (ids: readonly NodeId[], bits: number): NodeId[] =>
  ids.filter((_, i) => ((bits >> i) & 1) === 1);
export const bitsOf = (ids: readonly NodeId[], set: Iterable<NodeId>): number =>
  [...set].reduce((bits, id) => bits | (1 << ids.indexOf(id)), 0);

/** Expressions that are neither always nor never true. */
export function anyExpr(ids: readonly NodeId[], size = 4): fc.Arbitrary<Expr> {
  const leaf = fc.constantFrom(...ids).map(node);
  const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 2, arbitrary: leaf },
      {
        weight: 4,
        arbitrary: fc
          .array(tie("expr"), { minLength: 2, maxLength: size })
          .chain((of) => fc.integer({ min: 1, max: of.length }).map((k) => thresholdOf(k, of))),
      },
      {
        weight: 1,
        arbitrary: fc
          .array(fc.tuple(fc.bigInt(1n, 5n), tie("expr")), { minLength: 2, maxLength: size })
          .chain((of) => {
            const total = of.reduce((sum, [w]) => sum + w, 0n);
            return fc.bigInt(1n, total).map((k) => weightedOf(k, of));
          }),
      },
    ),
  }));
  return expr;
}

/** Flat thresholds over some of the ids. */
export const flatExpr = (ids: readonly NodeId[]): fc.Arbitrary<Expr> =>
  fc
    .subarray([...ids], { minLength: 2 })
    .chain((some) =>
      fc
        .integer({ min: Math.ceil(some.length / 2), max: some.length })
        .map((k) => thresholdOf(k, some.map(node))),
    );

/** Learners with quorums, and edges of which at most one joins the same two. */
export function anyGraph(
  ids: readonly NodeId[],
  learnersMax: number,
  quorums: fc.Arbitrary<Expr>,
  labels: fc.Arbitrary<Label>,
): fc.Arbitrary<{ learners: Record<string, Expr>; edges: NaiveEdge[] } & GraphInput> {
  return fc.array(quorums, { minLength: 2, maxLength: learnersMax }).chain((list) => {
    const names = list.map((_, i) => `l${i}`);
    const pairs = names.flatMap((a, i) => names.slice(i).map((b) => [a, b] as const));
    return fc
      .array(fc.option(labels, { freq: 2 }), { minLength: pairs.length, maxLength: pairs.length })
      .map((given) => ({
        acceptors: ids,
        learners: Object.fromEntries(list.map((expr, i) => [names[i]!, expr])),
        edges: given.flatMap((label, i) => (label === null ? [] : [{ between: pairs[i]!, label }])),
      }));
  });
}

export const plain = (exprs: fc.Arbitrary<Expr>): fc.Arbitrary<Label> =>
  exprs.map((safe) => ({ safe, meets: [] }));

/** Fixed seed: a run that fails can be repeated. */
export const seeded = (numRuns: number): fc.Parameters<unknown> => ({ seed: 20261127, numRuns });

/** For broken twins: does the property refuse them? A twin that merely crashes proves nothing. */
export function refuted<T>(property: fc.IProperty<T>, numRuns = 300): boolean {
  const { failed, errorInstance } = fc.check(property, { seed: 20261127, numRuns } as fc.Parameters<T>);
  if (errorInstance instanceof TypeError || errorInstance instanceof ReferenceError) throw errorInstance;
  return failed;
}
