import { QuorumError } from "../errors.ts";
import type { Expr } from "./expr.ts";
import { isName } from "./lexer.ts";

/** Names with a meaning in this syntax or in that of deployments: as ids they are quoted. */
const reserved = new Set(
  ["true", "false", "majority", "all", "any", "ME", "NOONE", "ANYONE", "on", "WITHIN", "FINAL"].concat([
    "DIRECT",
    "PULL",
    "GOSSIP",
    "OPTIMISTIC",
  ]),
);

/**
 * The text form. `parse` (without groups) reads it back to the same data, for every expression whose children stand in the
 * order that the constructors give them, nested up to 200 deep.
 *
 * @example
 * print(or(and(node("a"), node("b")), node("c"))); // "c | a & b"
 * @throws QuorumError for plain data that is no expression.
 */
export function print(expr: Expr): string {
  switch (expr.t) {
    case "node":
      return isName(expr.id) && !reserved.has(expr.id) ? expr.id : JSON.stringify(expr.id);
    case "const":
      return String(expr.v);
    case "thr":
      if (isOr(expr))
        return expr.of.map((child) => (isOr(child) ? `(${print(child)})` : print(child))).join(" | ");
      if (isAnd(expr))
        return expr.of
          .map((child) => (isOr(child) || isAnd(child) ? `(${print(child)})` : print(child)))
          .join(" & ");
      return `{${expr.of.map(print).join(", ")}} >= ${expr.k}`;
    case "wthr":
      return `{${expr.of.map(([weight, child]) => `${printWeighted(child)}*${weight}`).join(", ")}} >= ${expr.k}`;
    default:
      throw new QuorumError("shape", "expression", "t: node, thr, wthr or const", expr);
  }
}

function printWeighted(child: Expr): string {
  return child.t === "node" || child.t === "const" ? print(child) : `(${print(child)})`;
}

/** With one child OR and AND are the same gate, and the signs would vanish from the text. */
function isOr(expr: Expr): boolean {
  return expr.t === "thr" && expr.k === 1 && expr.of.length >= 2;
}

function isAnd(expr: Expr): boolean {
  return expr.t === "thr" && expr.k === expr.of.length && expr.of.length >= 2;
}
