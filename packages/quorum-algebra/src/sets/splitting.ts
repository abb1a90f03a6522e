import type { Budget } from "../limits.ts";
import { Diagram } from "../toolkit/diagram.ts";
import { always, childParts, corePart, countPart, gateFunction, never, type Part } from "./parts.ts";

/**
 * The function "some quorum of `left` and some quorum of `right` have nothing in common outside B", taken apart. Where both
 * divide their nodes alike, part meets part: what only one of the two uses costs nothing, what both use must be split in
 * itself. Of n parts k1 and k2 are used, so k1 + k2 - n are used by both; for other gates the diagram tells which.
 * Where they do not divide alike, diagrams over the nodes decide. @throws OverLimit
 */
export function splitParts(left: Part, right: Part, budget: Budget): Part {
  if (left.t === "const" || right.t === "const") {
    const impossible = [left, right].some((part) => part.t === "const" && !part.v);
    return impossible ? never : always;
  }
  if (left.t === "node" && right.t === "node" && left.index === right.index) return left;
  const pairs = matched(left, right);
  if (pairs === null) return splitFlat(left, right, budget);
  const of = pairs.map(([mine, its]) => splitParts(childParts(left)[mine]!, childParts(right)[its]!, budget));
  if (left.t === "thr" && right.t === "thr") return countPart(left.k + right.k - of.length, of);

  const diagram = new Diagram(budget);
  const variables = of.map((_, i) => diagram.variable(i));
  const toLeft = new Map(pairs.map(([mine, its]) => [its, variables[mine]!] as const));
  const root = diagram.split(
    gateFunction(diagram, left, variables),
    gateFunction(
      diagram,
      right,
      childParts(right).map((_, its) => toLeft.get(its)!),
    ),
    Uint8Array.from(of, ({ t }) => Number(t === "const")),
  );
  return corePart(diagram, root, of);
}

/** Pairs of children over the same nodes, in the order of `left`; null unless all pair up. */
function matched(left: Part, right: Part): readonly (readonly [number, number])[] | null {
  const [mine, its] = [childParts(left), childParts(right)];
  if (mine.length === 0 || mine.length !== its.length) return null;
  if (left === right) return mine.map((_, i) => [i, i] as const);
  const byNodes = new Map(its.map((part, i) => [nodesOf(part).join(), i]));
  const pairs: (readonly [number, number])[] = [];
  for (const [i, part] of mine.entries()) {
    const partner = byNodes.get(nodesOf(part).join());
    if (partner === undefined) return null;
    pairs.push([i, partner]);
  }
  return pairs;
}

function nodesOf(part: Part): readonly number[] {
  const found: number[] = [];
  const visit = (p: Part): void => {
    if (p.t === "node") found.push(p.index);
    childParts(p).forEach(visit);
  };
  visit(part);
  return found.sort((a, b) => a - b);
}

function splitFlat(left: Part, right: Part, budget: Budget): Part {
  const diagram = new Diagram(budget);
  const variables = new Map<number, number>();
  const visit = (part: Part): number => {
    if (part.t !== "node") return gateFunction(diagram, part, childParts(part).map(visit));
    const known = variables.get(part.index) ?? diagram.variable(variables.size);
    variables.set(part.index, known);
    return known;
  };
  const [f, g] = [visit(left), visit(right)];
  const root = diagram.split(f, g, new Uint8Array(variables.size));
  return corePart(
    diagram,
    root,
    [...variables.keys()].map((index) => ({ t: "node", index })),
  );
}
