import type { Answer, Limits } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { and, type Expr, node, or, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { collect, minimalQuorums } from "./list.ts";

const maxCountDefault = 10_000;

/**
 * The canonical form: any of the minimal quorums, each all of its nodes, in normal form. Two systems say the same exactly if
 * their canonical forms are the same data. `maxCount`: minimal quorums at most, 10 000 by default; beyond that ask
 * `equalQuorums`, which lists nothing.
 *
 * @example
 * canonicalForm(parse("a & (b | c)")); // a & b | a & c
 */
export function canonicalForm(quorums: Quorums, limits: Limits = {}, engines: Engines = {}): Answer<Expr> {
  const { sets, complete, method } = collect(
    minimalQuorums(quorums, { maxCount: maxCountDefault, ...limits }, engines),
  );
  if (!complete) return { kind: "unknown", reason: "limit" };
  const value = normalize(or(...sets.map((set) => and(...set.map(node)))));
  return { kind: "exact", value, method };
}
