import type { NodeId, QuorumSystem } from "@eunomia/engine";
import {
  crashTolerance,
  type Expr,
  intersectAll,
  node,
  quorumSystem,
  thresholdOf,
} from "@eunomia/quorum-algebra";
import { mustBeInteger, TwoThirdsError } from "../errors.ts";

/** Any k of the processes. */
export function anyOf(k: number, processes: readonly NodeId[]): Expr {
  return thresholdOf(
    k,
    processes.map((process) => node(process)),
  );
}

/** The two families of section 2.1 and the sets of learners that retire a slot (f+1: one that holds it survives). */
export interface Quorums {
  readonly decide: QuorumSystem;
  readonly update: QuorumSystem;
  readonly retire: QuorumSystem;
}

/**
 * The thresholds of section 2.1: `2E > n`, `T + 2E > 2n`, `T <= n - f`, `E <= n - f`.
 *
 * @throws TwoThirdsError `threshold`
 */
export function checkThresholds(n: number, f: number, update: number, decide: number): void {
  mustBeInteger("update", update, 1);
  mustBeInteger("decide", decide, 1);
  const demand = (holds: boolean, field: string, rule: string, got: string) => {
    if (!holds) throw new TwoThirdsError("threshold", field, `${rule} (so n >= 3f + 1)`, got);
  };
  const given = `n = ${n}, f = ${f}, T = ${update}, E = ${decide}`;
  demand(update <= n - f, "update", "T <= n - f", given);
  demand(decide <= n - f, "decide", "E <= n - f", given);
  demand(2 * decide > n, "decide", "2E > n", given);
  demand(update + 2 * decide > 2 * n, "update", "T + 2E > 2n", given);
}

/**
 * The general form of section 2.1: any two deciding quorums and any updating one share a member (so two deciding ones do
 * as well), and no f crashes take the last deciding or updating quorum away.
 *
 * @throws TwoThirdsError `member`, `intersection`, `unchecked`, `availability`
 */
export function checkQuorums(members: readonly NodeId[], f: number, update: Expr, decide: Expr): void {
  for (const [field, expr] of [
    ["update", update],
    ["decide", decide],
  ] as const) {
    const stranger = quorumSystem(expr).members.find((process) => !members.includes(process));
    if (stranger !== undefined)
      throw new TwoThirdsError("member", field, "quorums of members", `"${stranger}"`);
    const tolerated = crashTolerance(expr);
    const sure = tolerated.kind === "exact" ? tolerated.value : tolerated.low;
    if (sure < f)
      throw new TwoThirdsError("availability", field, `a quorum left after any ${f} crashes`, `${sure}`);
  }
  const verdict = intersectAll([decide, decide, update]);
  if (verdict.holds === true) return;
  const rule = "a common member of any two deciding quorums and any updating one";
  if (verdict.holds === null)
    throw new TwoThirdsError(
      "unchecked",
      "decide",
      rule,
      `no answer after ${verdict.steps} steps: use simpler quorums`,
    );
  throw new TwoThirdsError(
    "intersection",
    "decide",
    rule,
    "three quorums without one",
    verdict.witness.quorums,
  );
}

/** The sets of learners that may retire a slot: f+1 of them, all if there are no more; none if there are no learners. */
export function retiring(learners: readonly NodeId[], f: number): QuorumSystem {
  return quorumSystem(anyOf(learners.length === 0 ? 1 : Math.min(f + 1, learners.length), learners));
}
