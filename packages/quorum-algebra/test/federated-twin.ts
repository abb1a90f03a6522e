import type { NodeId } from "@eunomia/engine";
import {
  type Engines,
  type Expr,
  node,
  type Quorums,
  thresholdOf,
  weightedOf,
} from "@eunomia/quorum-algebra";
import type { FederatedNode, UnknownPolicy } from "@eunomia/quorum-algebra/federated";
import fc from "fast-check";
import { dpll } from "../src/sat/dpll.ts";
import { naiveMask } from "./naive.ts";

/** A federated system by its definition: sets are numbers, everything is tried. For some eight nodes. */
export interface Twin {
  readonly ids: readonly NodeId[];
  readonly quorums: readonly number[];
  /** Quorums of what the rest is left with when the nodes of the mask lie. */
  quorumsAfter(byzantine: number): readonly number[];
}

export function twinOf(nodes: readonly FederatedNode[], policy: UnknownPolicy): Twin {
  const named = nodes.flatMap(({ quorums }) => (quorums === null ? [] : leaves(exprOf(quorums))));
  const ids = [...new Set([...nodes.map(({ id }) => id), ...named])].sort();
  const known = new Map(
    nodes.flatMap(({ id, quorums }) => (quorums === null ? [] : [[id, exprOf(quorums)] as const])),
  );
  const conditions = ids.map((id) => {
    const expr = known.get(id);
    return expr === undefined ? () => policy === "free" : naiveMask(expr, ids);
  });
  const knownMask = ids.reduce((mask, id, v) => (known.has(id) ? mask | (1 << v) : mask), 0);
  const quorumsAfter = (byzantine: number): number[] => {
    const found: number[] = [];
    for (let set = 1; set < 1 << ids.length; set++)
      if (
        (set & byzantine) === 0 &&
        (set & knownMask) !== 0 &&
        conditions.every((condition, v) => ((set >> v) & 1) === 0 || condition(set | byzantine))
      )
        found.push(set);
    return found;
  };
  return { ids, quorums: quorumsAfter(0), quorumsAfter };
}

const exprOf = (quorums: Quorums): Expr => ("expr" in quorums ? quorums.expr : quorums);

function leaves(expr: Expr): NodeId[] {
  if (expr.t === "node") return [expr.id];
  if (expr.t === "thr") return expr.of.flatMap(leaves);
  return expr.t === "wthr" ? expr.of.flatMap(([, child]) => leaves(child)) : [];
}

export function minimalOf(sets: readonly number[]): readonly number[] {
  return sets.filter((set) => !sets.some((other) => other !== set && (other & set) === other));
}

export function splitBy(twin: Twin, byzantine: number): boolean {
  const quorums = twin.quorumsAfter(byzantine);
  return quorums.some((p) => quorums.some((q) => (p & q) === 0));
}

export function splittingSets(twin: Twin): readonly number[] {
  return minimalOf([...Array(1 << twin.ids.length).keys()].filter((byzantine) => splitBy(twin, byzantine)));
}

export function blockingSets(twin: Twin): readonly number[] {
  return minimalOf(
    [...Array(1 << twin.ids.length).keys()].filter((set) => twin.quorums.every((q) => (q & set) !== 0)),
  );
}

export const masks = (twin: Twin, sets: readonly (readonly NodeId[])[]): readonly number[] =>
  sets.map((set) => maskOf(twin, set)).sort((a, b) => a - b);

export const maskOf = (twin: Twin, set: readonly NodeId[]): number =>
  set.reduce((mask, id) => mask | (1 << twin.ids.indexOf(id)), 0);

/** Conditions that say something: k of some children that are nodes or small gates; sometimes weighted. */
function condition(ids: readonly NodeId[]): fc.Arbitrary<Expr> {
  const leaf = fc.constantFrom(...ids).map(node);
  const gate = (child: fc.Arbitrary<Expr>, most: number): fc.Arbitrary<Expr> =>
    fc
      .array(child, { minLength: 1, maxLength: most })
      .chain((of) => fc.integer({ min: 1, max: of.length }).map((k) => thresholdOf(k, of)));
  const flat = fc
    .uniqueArray(fc.constantFrom(...ids), { minLength: 1 })
    .chain((of) =>
      fc.integer({ min: Math.ceil(of.length / 2), max: of.length }).map((k) => thresholdOf(k, of.map(node))),
    );
  const heavy = fc.array(fc.tuple(fc.bigInt(1n, 4n), leaf), { minLength: 1, maxLength: 5 }).chain((of) =>
    fc
      .bigInt(
        1n,
        of.reduce((sum, [w]) => sum + w, 0n),
      )
      .map((k) => weightedOf(k, of)),
  );
  return fc.oneof(
    { weight: 5, arbitrary: flat },
    { weight: 4, arbitrary: gate(fc.oneof(leaf, gate(leaf, 3)), 5) },
    { weight: 1, arbitrary: heavy },
  );
}

/** Systems of 2 to `most` nodes: many share one of three conditions, some are unknown, some are named and not listed. */
export function anyNodes(most: number): fc.Arbitrary<readonly FederatedNode[]> {
  return fc.integer({ min: 2, max: most }).chain((count) => {
    const ids = [..."abcdefgh"].slice(0, count);
    return fc
      .tuple(condition(ids), condition(ids), condition(ids))
      .chain((pool) =>
        fc
          .tuple(
            ...ids.map((id) =>
              fc.oneof(
                { weight: 6, arbitrary: fc.constantFrom(...pool).map((quorums) => ({ id, quorums })) },
                { weight: 3, arbitrary: condition(ids).map((quorums) => ({ id, quorums })) },
                { weight: 1, arbitrary: fc.constantFrom({ id, quorums: null }, null) },
              ),
            ),
          )
          .map((nodes) => nodes.filter((listed) => listed !== null)),
      );
  });
}

/** Three organisations of two and a watcher: nodes of one organisation can be swapped, and want the same or nearly so. */
const organised: fc.Arbitrary<readonly FederatedNode[]> = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 }),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  )
  .map(([inner, outer, alone]) => {
    const organisations = ["ab", "cd", "ef"].map((pair, o) => thresholdOf(inner[o]!, [...pair].map(node)));
    return [..."abcdefg"].map((id, v) => {
      const o = v >>> 1;
      const all = thresholdOf(outer[o]!, organisations);
      return { id, quorums: alone[o] && o < 3 ? thresholdOf(2, [all, organisations[o]!]) : all };
    });
  });

export const policies = fc.constantFrom<UnknownPolicy>("never", "free");

/** Without a solver, and with the built-in one put in as if it were another. */
export const given: readonly Engines[] = [{}, { sat: dpll }];
export const systems = fc
  .oneof(anyNodes(6), organised)
  .chain((nodes) => policies.map((unknown) => ({ nodes, unknown })));
