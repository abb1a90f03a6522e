import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { checkMembers, type ReadWrite } from "../expressions/constructors.ts";
import { and, constant, type Expr, node, or } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { dual } from "../expressions/transform.ts";

/**
 * Paths (Naor, Wool, 1998): members are the edges of a grid of d + 2 columns and d + 1 rows of points, without the edges along
 * the left and the right side: first the (d + 1)^2 horizontal ones, row by row, then the d^2 vertical ones, row by row. Phase 1
 * asks a path from left to right, phase 2 a path from top to bottom between the points, which crosses edges: any two meet.
 * `join(phase1, phase2)` is the system for one phase, with quorums of 2d + 1 nodes and more.
 *
 * The expression says "reached after so many steps", so it grows with d^4 and not with the number of paths.
 *
 * @throws QuorumError `quantity` unless 1 <= d <= 12, `shape` unless there are 2d^2 + 2d + 1 members, `duplicate-member`.
 */
export function paths(members: readonly NodeId[], d: number): ReadWrite {
  checkMembers(members);
  if (!Number.isSafeInteger(d) || d < 1 || d > 12)
    throw new QuorumError("quantity", "d", "an integer from 1 to 12", d);
  const count = 2 * d * d + 2 * d + 1;
  if (members.length !== count)
    throw new QuorumError("shape", "members", `${count} edges of the grid`, members);
  const across = leftToRight(members.map(node), d);
  // A set of edges that no path from top to bottom gets through lets one pass from left to right, and conversely.
  return { phase1: across, phase2: normalize(dual(across)) };
}

function leftToRight(edges: readonly Expr[], d: number): Expr {
  const horizontal = (column: number, row: number): Expr => edges[row * (d + 1) + column]!;
  const vertical = (column: number, row: number): Expr => edges[(d + 1) ** 2 + row * d + column - 1]!;
  /** Neighbours of an inner point (columns 1 to d) and the edges to them. */
  const neighbours = (column: number, row: number) => [
    { column: column - 1, row, edge: horizontal(column - 1, row) },
    ...(column < d ? [{ column: column + 1, row, edge: horizontal(column, row) }] : []),
    ...(row > 0 ? [{ column, row: row - 1, edge: vertical(column, row - 1) }] : []),
    ...(row < d ? [{ column, row: row + 1, edge: vertical(column, row) }] : []),
  ];
  const rows = Array.from({ length: d + 1 }, (_, row) => row);
  const columns = Array.from({ length: d }, (_, i) => i + 1);
  let reached = rows.map(() => [constant(true), ...columns.map(() => constant(false))]);
  for (let step = 0; step < d * (d + 1); step++) {
    const before = reached;
    reached = rows.map((row) => [
      constant(true),
      ...columns.map((column) =>
        or(...neighbours(column, row).map((to) => and(before[to.row]![to.column]!, to.edge))),
      ),
    ]);
  }
  return normalize(or(...rows.map((row) => and(reached[row]![d]!, horizontal(d, row)))));
}
