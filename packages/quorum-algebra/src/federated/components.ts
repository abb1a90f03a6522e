import type { Gates } from "./gates.ts";

/**
 * Strongly connected components of "is named in my condition" among the nodes `inside`, each ascending, those that others rest upon
 * first. Gates stand between the nodes, so that a condition of many nodes is walked through once (Tarjan, without recursion).
 */
export function componentsOf(gates: Gates, inside: Uint8Array): readonly (readonly number[])[] {
  const walk = new Walk(gates, inside);
  for (let v = 0; v < inside.length; v++) if (inside[v] === 1) walk.from(v);
  return walk.found;
}

const unseen = -1;

class Walk {
  readonly found: number[][] = [];
  readonly #gates: Gates;
  readonly #inside: Uint8Array;
  /** Per vertex: when it was first seen, and the earliest vertex of its component known so far. */
  readonly #seenAt: Int32Array;
  readonly #low: Int32Array;
  readonly #open: Uint8Array;
  readonly #stack: number[] = [];
  #clock = 0;

  constructor(gates: Gates, inside: Uint8Array) {
    const vertexCount = inside.length + gates.gateCount;
    this.#gates = gates;
    this.#inside = inside;
    this.#seenAt = new Int32Array(vertexCount).fill(unseen);
    this.#low = new Int32Array(vertexCount);
    this.#open = new Uint8Array(vertexCount);
  }

  from(start: number): void {
    if (this.#seenAt[start] !== unseen) return;
    const path: { readonly vertex: number; at: number }[] = [];
    const enter = (vertex: number): void => {
      this.#seenAt[vertex] = this.#clock;
      this.#low[vertex] = this.#clock++;
      this.#open[vertex] = 1;
      this.#stack.push(vertex);
      path.push({ vertex, at: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = this.#next(top.vertex, top.at++);
      if (next === null) {
        path.pop();
        this.#leave(top.vertex);
        const above = path.at(-1)?.vertex;
        if (above !== undefined) this.#lower(above, this.#low[top.vertex]!);
      } else if (this.#ignored(next)) continue;
      else if (this.#seenAt[next] === unseen) enter(next);
      else if (this.#open[next] === 1) this.#lower(top.vertex, this.#seenAt[next]!);
    }
  }

  /** The `at`-th vertex that this one leads to; null behind the last. */
  #next(vertex: number, at: number): number | null {
    const { root, childStart, child } = this.#gates;
    const gate = vertex - this.#inside.length;
    if (gate < 0) return at === 0 && root[vertex]! >= 0 ? root[vertex]! : null;
    const edge = childStart[gate]! + at;
    return edge < childStart[gate + 1]! ? child[edge]! : null;
  }

  #ignored(vertex: number): boolean {
    return vertex < this.#inside.length && this.#inside[vertex] === 0;
  }

  #lower(vertex: number, to: number): void {
    if (to < this.#low[vertex]!) this.#low[vertex] = to;
  }

  /** Closes a component when its first vertex is left. Gates belong to components, but are not told. */
  #leave(vertex: number): void {
    if (this.#low[vertex] !== this.#seenAt[vertex]) return;
    const nodes: number[] = [];
    let member: number;
    do {
      member = this.#stack.pop()!;
      this.#open[member] = 0;
      if (member < this.#inside.length) nodes.push(member);
    } while (member !== vertex);
    if (nodes.length > 0) this.found.push(nodes.sort((a, b) => a - b));
  }
}
