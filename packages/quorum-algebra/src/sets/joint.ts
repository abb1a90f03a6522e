import type { Limits } from "../answers.ts";
import type { NodeSet } from "../circuit/evaluate.ts";
import type { SatSolver } from "../engines.ts";
import type { Budget } from "../limits.ts";

/**
 * Joint generation (Fredman, Khachiyan and Gurvich; as a program: MARCO) of the minimal sets of a monotone condition and
 * of its minimal blocking sets. The solver proposes a set about which nothing is known yet. If the condition holds for it, it
 * is shrunk to a minimal set; if not, what it leaves out is shrunk to a minimal blocking set. One clause forbids
 * everything that is now known; when nothing is left, both lists are complete. Needs the oracle only.
 *
 * Yields the minimal sets as indices; returns whether they are all.
 */
export function* generateJointly(
  count: number,
  oracle: () => NodeSet,
  sat: SatSolver,
  budget: Budget,
  remaining: () => Limits,
): Generator<readonly number[], boolean, undefined> {
  const set = oracle();
  const nodes = Array.from({ length: count }, (_, v) => v);
  const session = sat({ vars: count, clauses: [] });
  try {
    for (;;) {
      if (!budget.spend()) return false;
      const answer = session.solve([], remaining());
      if (answer !== "sat") return answer === "unsat";
      const inside = nodes.filter((v) => session.value(v + 1));
      set.clear();
      for (const v of inside) set.insert(v);
      if (set.holds()) {
        const minimal = inside.filter((v) => {
          set.remove(v);
          if (set.holds()) return false;
          set.insert(v);
          return true;
        });
        session.add(minimal.map((v) => -(v + 1)));
        yield minimal;
      } else {
        const added = new Set(inside);
        const blocking = nodes.filter((v) => {
          if (added.has(v)) return false;
          set.insert(v);
          if (!set.holds()) return false;
          set.remove(v);
          return true;
        });
        session.add(blocking.map((v) => v + 1));
      }
    }
  } finally {
    session.close();
  }
}
