import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { checkMembers, grid, type ReadWrite, weighted } from "../expressions/constructors.ts";
import { and, type Expr, node, or, thresholdOf } from "../expressions/expr.ts";

/**
 * Phase 1 asks a whole row, phase 2 one node of every row (after Cheung, Ammar, Ahamad, 1992). Rows may differ in length. Each phase
 * is the dual of the other, and every node occurs once.
 *
 * @throws QuorumError `empty` or `duplicate-member`.
 */
export function rowCover(rows: readonly (readonly NodeId[])[]): ReadWrite {
  checkRows(rows);
  return {
    phase1: or(...rows.map((row) => and(...row.map(node)))),
    phase2: and(...rows.map((row) => or(...row.map(node)))),
  };
}

/**
 * A whole row and a whole column: any two quorums meet twice. Dominated, since a row and one node of every row would do.
 *
 * @throws QuorumError as `grid`.
 */
export function rowAndColumn(rows: readonly (readonly NodeId[])[]): Expr {
  const { phase1, phase2 } = grid(rows);
  return and(phase1, phase2);
}

/**
 * The M-Grid (Malkhi, Reiter, Wool, 2000): in a square of nodes, r rows and r columns with r^2 > b. Any two quorums share more
 * than 2b nodes, so that unsigned data survives b Byzantine nodes.
 *
 * @throws QuorumError as `grid`; `shape` unless the grid is square, `quantity` unless 0 <= b <= (side - 1) / 2.
 */
export function mGrid(rows: readonly (readonly NodeId[])[], b: number): Expr {
  grid(rows);
  const side = rows.length;
  if (rows[0]!.length !== side) throw new QuorumError("shape", "rows", `${side} rows of ${side} nodes`, rows);
  if (!Number.isSafeInteger(b) || b < 0 || 2 * b > side - 1)
    throw new QuorumError("quantity", "b", `an integer from 0 to ${Math.floor((side - 1) / 2)}`, b);
  const count = Math.ceil(Math.sqrt(b + 1));
  const columns = rows.map((_, column) => rows.map((row) => row[column]!));
  const whole = (line: readonly NodeId[]): Expr => and(...line.map(node));
  return and(thresholdOf(count, rows.map(whole)), thresholdOf(count, columns.map(whole)));
}

/**
 * A crumbling wall (Peleg, Wool, 1997): a whole row and one node of every row below it. Rows may differ in length; if the
 * first has one node and the others more, the wall is not dominated.
 *
 * @throws QuorumError `empty` or `duplicate-member`.
 */
export function wall(rows: readonly (readonly NodeId[])[]): Expr {
  checkRows(rows);
  return or(
    ...rows.map((row, i) =>
      and(...row.map(node), ...rows.slice(i + 1).map((below) => or(...below.map(node)))),
    ),
  );
}

/**
 * The triangular wall (Erdős, Lovász, 1975): rows of 1, 2, 3, … nodes.
 *
 * @throws QuorumError `empty` or `duplicate-member`; `shape` unless there are 1 + 2 + … + d members.
 */
export function triangle(members: readonly NodeId[]): Expr {
  checkMembers(members);
  const rows: NodeId[][] = [];
  for (let at = 0; at < members.length; at += rows.length) rows.push(members.slice(at, at + rows.length + 1));
  if (rows.at(-1)!.length !== rows.length)
    throw new QuorumError("shape", "members", "1 + 2 + … + d of them, as 1, 3, 6, 10", members);
  return wall(rows);
}

/**
 * The hub and any spoke, or all spokes. As a weighted gate, in which every node occurs once.
 *
 * @throws QuorumError `empty` without spokes, `duplicate-member`.
 */
export function wheel(hub: NodeId, spokes: readonly NodeId[]): Expr {
  checkMembers(spokes);
  checkMembers([hub, ...spokes]);
  const weights = new Map([[hub, BigInt(spokes.length - 1)], ...spokes.map((id) => [id, 1n] as const)]);
  return weighted(weights, BigInt(spokes.length));
}

function checkRows(rows: readonly (readonly NodeId[])[]): void {
  for (const row of rows) checkMembers(row);
  checkMembers(rows.flat());
}
