import type { LearnerId, NodeId } from "@eunomia/engine";
import { and, constant, type Expr, or, quorumSystem, support } from "@eunomia/quorum-algebra";
import { GraphError } from "../errors.ts";
import { meetsOf } from "../labels/meets.ts";
import { entriesOf, numberOf, quorumsFrom } from "../model/build.ts";
import type { EdgeInput, GraphInput } from "../model/spec.ts";

/** Labels are tabulated for every set of acceptors. */
const acceptorsMax = 14;

/**
 * The widest labels that earlier edges leave to later ones: an edge requires agreement for S unless, for S or some larger
 * set, joining its two ends would join two learners whose quorums need not meet in that set. Closed labels are valid by
 * construction, whatever the order. Every learner agrees with itself as long as its own quorums meet.
 *
 * @param order edges, the most important first.
 * @example
 * prioritized({ x: "p & q", y: "q & r", z: "r & s" }, [["x", "y"], ["y", "z"]]);
 * // x - y keeps its widest label q; y - z must do without q
 * @throws GraphError `size` above 14 acceptors, `unknown-learner`, `duplicate-edge`, `meets`.
 */
export function prioritized(
  learners: GraphInput["learners"],
  order: readonly (readonly [LearnerId, LearnerId])[],
): GraphInput {
  const entries = entriesOf(learners).map(([id, input]) => [id, quorumsFrom(input)] as const);
  const index = new Map(entries.map(([id], i) => [id, i]));
  const ids = [...new Set(entries.flatMap(([, expr]) => support(expr)))].sort();
  if (ids.length > acceptorsMax)
    throw new GraphError(
      "size",
      `priorities expected at most ${acceptorsMax} acceptors, got ${ids.length}: every set of them is looked at. Use nested groups`,
    );
  const widest = widestTables(entries, ids);
  const groups = new Groups(entries.length, 1 << ids.length);
  const edges: EdgeInput[] = entries.map(([id]) => ({ between: [id, id], label: { meets: [[id, id]] } }));
  const seen = new Set<string>();
  for (const [a, b] of order) {
    const [u, v] = [a, b].map((id) => numberOf(id, index, "priorities")) as [number, number];
    const key = [u, v].sort((x, y) => x - y).join("-");
    if (u === v || seen.has(key))
      throw new GraphError(
        "duplicate-edge",
        `priorities expected pairs of two learners, each once, got ${a} - ${b}`,
      );
    seen.add(key);
    const label = groups.join(u, v, widest);
    edges.push({ between: [a, b], label: expressionOf(label, ids) });
  }
  return { learners, edges };
}

/** `table[u][v][S]`: every quorum of u meets every quorum of v in S. */
function widestTables(
  entries: readonly (readonly [LearnerId, Expr])[],
  ids: readonly NodeId[],
): Uint8Array[][] {
  return entries.map(([a, qa]) =>
    entries.map(([b, qb]) => {
      const meets = meetsOf(qa, qb);
      if (meets === null)
        throw new GraphError("meets", `the quorums of ${a} and ${b} have no label of manageable size`);
      const system = meets.kind === "expr" ? quorumSystem(meets.expr) : null;
      return Uint8Array.from({ length: 1 << ids.length }, (_, set) => {
        const inside = ids.filter((_, i) => ((set >> i) & 1) === 1);
        if (system !== null) return Number(system.has(inside));
        const unsafe = new Set(ids.filter((_, i) => ((set >> i) & 1) === 0));
        return Number(meets.kind === "shares" && meets.shares.holdsWithout(unsafe));
      });
    }),
  );
}

/** Who is joined with whom, for every set of safe acceptors. */
class Groups {
  readonly #count: number;
  /** `group[S * count + learner]`: the least learner of its group. */
  readonly #group: Uint8Array;

  constructor(count: number, sets: number) {
    this.#count = count;
    this.#group = Uint8Array.from({ length: count * sets }, (_, i) => i % count);
  }

  /** Joins two learners wherever that and everything above is harmless; answers where, by set. */
  join(u: number, v: number, widest: readonly (readonly Uint8Array[])[]): Uint8Array {
    const count = this.#count;
    const sets = this.#group.length / count;
    const label = new Uint8Array(sets);
    for (let set = sets - 1; set >= 0; set--) {
      let holds = this.#harmless(u, v, set, widest);
      for (let bit = 1; holds && bit < sets; bit <<= 1) if ((set & bit) === 0) holds = label[set | bit] === 1;
      if (holds) label[set] = 1;
    }
    for (let set = 0; set < sets; set++) if (label[set] === 1) this.#merge(u, v, set * count);
    return label;
  }

  #harmless(u: number, v: number, set: number, widest: readonly (readonly Uint8Array[])[]): boolean {
    const at = set * this.#count;
    const [one, other] = [this.#group[at + u]!, this.#group[at + v]!];
    const members: number[] = [];
    for (let w = 0; w < this.#count; w++) {
      const group = this.#group[at + w]!;
      if (group === one || group === other) members.push(w);
    }
    return members.every((x) => members.every((y) => widest[x]![y]![set] === 1));
  }

  #merge(u: number, v: number, at: number): void {
    const [one, other] = [this.#group[at + u]!, this.#group[at + v]!];
    const least = Math.min(one, other);
    for (let w = at; w < at + this.#count; w++)
      if (this.#group[w] === one || this.#group[w] === other) this.#group[w] = least;
  }
}

/** A table of a monotone condition as the alternatives of its minimal sets. */
function expressionOf(label: Uint8Array, ids: readonly NodeId[]): Expr {
  if (label[0] === 1) return constant(true);
  const minimal: Expr[] = [];
  for (let set = 0; set < label.length; set++) {
    if (label[set] === 0) continue;
    const needless = ids.some((_, i) => ((set >> i) & 1) === 1 && label[set & ~(1 << i)] === 1);
    if (needless) continue;
    minimal.push(and(...ids.filter((_, i) => ((set >> i) & 1) === 1).map((id): Expr => ({ t: "node", id }))));
  }
  return or(...minimal);
}
