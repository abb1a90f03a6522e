import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { checkMembers } from "../expressions/constructors.ts";
import { and, type Expr, node, or } from "../expressions/expr.ts";

/**
 * The projective plane of prime order `q` (Maekawa, 1985): members are its q^2 + q + 1 points, quorums its lines. Any two
 * meet in exactly one point; every node is in q + 1 of them, so the load is (q + 1) / n, the least there is. Order 2
 * is the Fano plane, which is not dominated; larger planes are.
 *
 * @throws QuorumError `quantity` unless q is a prime below 100, `shape` unless there are q^2 + q + 1 members.
 */
export function projectivePlane(members: readonly NodeId[], q: number): Expr {
  checkMembers(members);
  if (!Number.isSafeInteger(q) || q >= 100 || !isPrime(q))
    throw new QuorumError("quantity", "q", "a prime below 100", q);
  const points = directions(q);
  if (members.length !== points.length)
    throw new QuorumError("shape", "members", `${points.length} points of the plane of order ${q}`, members);
  // Lines have the same coordinates as points; a point lies on a line if their product is 0.
  const lines = points.map((line) => members.filter((_, i) => product(points[i]!, line) % q === 0));
  return or(...lines.map((line) => and(...line.map(node))));
}

type Triple = readonly [number, number, number];

/** One vector per line through the origin of the space over the integers modulo q: its first coordinate but 0 is 1. */
function directions(q: number): readonly Triple[] {
  const found: Triple[] = [[0, 0, 1]];
  for (let z = 0; z < q; z++) found.push([0, 1, z]);
  for (let y = 0; y < q; y++) for (let z = 0; z < q; z++) found.push([1, y, z]);
  return found;
}

function product(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function isPrime(q: number): boolean {
  if (q < 2) return false;
  for (let factor = 2; factor * factor <= q; factor++) if (q % factor === 0) return false;
  return true;
}
