import type { Limits } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { Formula, type Literal } from "../sat/formula.ts";
import { Solving } from "../sat/solving.ts";
import { lexLeader } from "../sat/symmetry.ts";
import { Contraction } from "./contraction.ts";
import { type Classes, type Counts, countsOf } from "./orbits.ts";
import type { FederatedSystem } from "./system.ts";

/** A minimal quorum or a minimal blocking set, and with it all that swaps make of it. */
export interface Found {
  readonly kind: "quorum" | "blocking";
  readonly counts: Counts;
}

/**
 * Minimal quorums and minimal blocking sets of a federated system, generated jointly (Gurvich, Khachiyan; as a program: MARCO): a
 * solver proposes a set of nodes that nothing is known about; if it holds a quorum, it is shrunk to a minimal one, otherwise the rest is
 * shrunk to a minimal blocking set; one clause says what is known now. When nothing is left to propose, both families are complete: the value returned at the end. Sets
 * that differ only by swaps inside `classes` (those of `classesOf`) are found once.
 */
export function* generateJointly(
  system: FederatedSystem,
  classes: Classes,
  limits: Limits,
  engines: Engines,
): Generator<Found, boolean, undefined> {
  const formula = new Formula();
  const inside = formula.freshMany(system.ids.length);
  lexLeader(
    formula,
    classes.map((members) => members.map((v) => [inside[v]!])),
  );
  const solving = new Solving(formula, limits, engines);
  try {
    for (;;) {
      const answer = solving.solve();
      if (answer !== "sat") return answer === "unsat";
      const found = shrunk(system, classes, solving.chosen(inside));
      formula.add(...whatIsKnown(classes, found, inside));
      yield found;
    }
  } finally {
    solving.close();
  }
}

function shrunk(system: FederatedSystem, classes: Classes, proposed: readonly number[]): Found {
  const contraction = new Contraction(system.gates, system.known);
  for (const v of proposed) contraction.inside[v] = 1;
  if (contraction.shrink(proposed))
    return { kind: "quorum", counts: countsOf(classes, (v) => contraction.inside[v] === 1) };
  // Puts nodes back as long as no quorum comes about; what is left out then is minimal.
  const silent = new Uint8Array(system.ids.length).fill(1);
  for (const v of proposed) silent[v] = 0;
  for (const v of silent.keys()) {
    if (silent[v] === 0) continue;
    silent[v] = 0;
    if (contraction.runWithout(silent) > 0) silent[v] = 1;
  }
  return { kind: "blocking", counts: countsOf(classes, (v) => silent[v] === 1) };
}

/** No set beyond a known quorum, none that leaves out a known blocking set; members of a class come in their order. */
function whatIsKnown(classes: Classes, { kind, counts }: Found, inside: readonly Literal[]): Literal[] {
  return classes.flatMap((members, c) => {
    const count = counts[c]!;
    if (count === 0) return [];
    return kind === "quorum" ? [-inside[members[count - 1]!]!] : [inside[members[members.length - count]!]!];
  });
}
