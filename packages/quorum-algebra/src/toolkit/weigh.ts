import { type Diagram, no, yes } from "./diagram.ts";

/** A node that says what every need above `above` and up to `upTo` says. */
interface Span {
  readonly node: number;
  readonly above: bigint;
  readonly upTo: bigint;
}

/**
 * Builds the diagram of "the children that hold weigh at least `k`" . Needs between which no
 * subset sum of the remaining weights falls are the same function: each is kept with the span of needs for which it is
 * right (Behle, "On threshold BDDs and the optimal variable ordering problem", 2007), so the effort follows the size of the
 * diagram and not the weights.
 */
export function weigh(diagram: Diagram, k: bigint, children: readonly (readonly [bigint, number])[]): number {
  const count = children.length;
  const left = new Array<bigint>(count + 1).fill(0n);
  for (let i = count - 1; i >= 0; i--) left[i] = left[i + 1]! + children[i]![0];
  const far = left[0]! + k + 1n;
  const known: Span[][] = Array.from({ length: count }, () => []);

  const visit = (i: number, need: bigint): Span => {
    if (need <= 0n) return { node: yes, above: -far, upTo: 0n };
    if (need > left[i]!) return { node: no, above: left[i]!, upTo: far };
    const spans = known[i]!;
    const at = firstAtLeast(spans, need);
    const before = spans[at - 1];
    if (before !== undefined && before.upTo >= need) return before;
    const [weight, child] = children[i]!;
    const then = visit(i + 1, need - weight);
    const other = visit(i + 1, need);
    const span = {
      node: diagram.ite(child, then.node, other.node),
      above: larger(then.above + weight, other.above),
      upTo: smaller(then.upTo + weight, other.upTo),
    };
    spans.splice(at, 0, span);
    return span;
  };
  return visit(0, k).node;
}

/** Where the spans begin whose `above` is at least `need`. */
function firstAtLeast(spans: readonly Span[], need: bigint): number {
  let [from, to] = [0, spans.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (spans[middle]!.above < need) from = middle + 1;
    else to = middle;
  }
  return from;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
