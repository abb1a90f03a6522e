import type { NodeId } from "@eunomia/engine";
import type { Limits, Method } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { Budget } from "../limits.ts";
import { FormulaTooLarge } from "../sat/formula.ts";
import { Solving } from "../sat/solving.ts";
import {
  collect,
  minimalBlockingSets,
  minimalQuorums,
  minimalSplittingSets,
  type Sets,
} from "../sets/list.ts";
import { classesOf } from "./classes.ts";
import { coresOf, ordinaryOf } from "./cluster.ts";
import { type Found, generateJointly } from "./joint.ts";
import { type Classes, type Counts, countsOf, membersOf } from "./orbits.ts";
import { SplitProgram } from "./split-program.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * The minimal quorums of a federated system, each once, ids ascending; see `Sets` for how a listing ends. Where all cores are
 * clusters they are those of an ordinary expression, otherwise they are generated jointly with the blocking sets, up to swaps
 * of interchangeable nodes. Steps are those of one call of the solver, or of the ordinary listing.
 *
 * @example
 * for (const quorum of listQuorums(system, { maxCount: 100 })) console.log(quorum);
 */
export function listQuorums(system: FederatedSystem, limits: Limits = {}, engines: Engines = {}): Sets {
  return listOne("quorum", system, limits, engines);
}

/** The minimal blocking sets: without all members of one, no quorum is left. The empty set alone: there is none to begin with. As `listQuorums`. */
export function listBlockingSets(system: FederatedSystem, limits: Limits = {}, engines: Engines = {}): Sets {
  return listOne("blocking", system, limits, engines);
}

/**
 * The minimal splitting sets, see `smallestSplittingSet`. The empty set alone: the network is split already. No set at all: there are
 * not two sides to be split, whoever lies. Nodes outside all minimal quorums count, too: there may be very many sets that split off
 * some watcher. For disagreement among those that matter, ask about a core alone: `coresOf(system)[0].system`.
 */
export function listSplittingSets(system: FederatedSystem, limits: Limits = {}, engines: Engines = {}): Sets {
  const cores = coresOf(system);
  const cluster =
    cores.length === 1 && cores[0]!.system.ids.length === system.ids.length ? cores[0]!.cluster : null;
  // A single minimal quorum meets itself: the ordinary listing then has it split by all of its members, which leaves nobody to disagree.
  if (cluster !== null && !collect(minimalQuorums(cluster, { maxCount: 1 })).complete)
    return minimalSplittingSets(cluster, cluster, limits, engines);
  return listSplits(system, limits, engines);
}

function listOne(
  kind: "quorum" | "blocking",
  system: FederatedSystem,
  limits: Limits,
  engines: Engines,
): Sets {
  const cores = coresOf(system);
  const ordinary = ordinaryOf(cores);
  if (ordinary !== null) {
    const list = kind === "quorum" ? minimalQuorums : minimalBlockingSets;
    return list(ordinary, limits, engines);
  }
  const part = system.only(cores.flatMap(({ system: { ids } }) => ids));
  const classes = classesOf(part);
  const orbits = ofKind(kind, generateJointly(part, classes, limits, engines));
  return listed(orbits, `joint generation, ${solverOf(engines)}`, classes, part.ids, limits);
}

/** Sets up to swaps; in the end, whether they are all. */
type Orbits = Generator<Counts, boolean, undefined>;

function* ofKind(kind: Found["kind"], found: ReturnType<typeof generateJointly>): Orbits {
  try {
    for (;;) {
      const next = found.next();
      if (next.done === true) return next.value;
      if (next.value.kind === kind) yield next.value.counts;
    }
  } finally {
    found.return(false);
  }
}

function listSplits(system: FederatedSystem, limits: Limits, engines: Engines): Sets {
  try {
    const program = new SplitProgram(system, null);
    return listed(
      splits(program, limits, engines),
      solverOf(engines),
      program.classes,
      program.groups,
      limits,
    );
  } catch (error) {
    if (!(error instanceof FormulaTooLarge)) throw error;
    return nothing(solverOf(engines));
  }
}

// biome-ignore lint/correctness/useYield: an empty listing that says it is not complete.
function* nothing(method: Method): Sets {
  return { count: 0, complete: false, method };
}

function* splits(program: SplitProgram, limits: Limits, engines: Engines): Orbits {
  const { formula, faulty, classes } = program;
  const solving = new Solving(formula, limits, engines);
  try {
    for (;;) {
      const answer = solving.solve();
      if (answer !== "sat") return answer === "unsat";
      const counts = leastCounts(program, solving);
      if (counts === null) return false;
      // Nothing beyond this set, nor beyond what swaps make of it: of a class the first members lie.
      formula.add(...counts.flatMap((count, c) => (count === 0 ? [] : [-faulty[classes[c]![count - 1]!]!])));
      yield counts;
    }
  } finally {
    solving.close();
  }
}

/** Takes liars away from the solution as long as some of the others can still split; null when a limit was reached. */
function leastCounts({ faulty, classes }: SplitProgram, solving: Solving): Counts | null {
  const read = (): Counts => {
    const lying = new Set(solving.chosen(faulty));
    return countsOf(classes, (at) => lying.has(at));
  };
  let counts: Counts = read();
  for (const c of classes.keys())
    while (counts[c]! > 0) {
      const fewer = counts.with(c, counts[c]! - 1);
      const answer = solving.solve(
        classes.flatMap((members, d) => (fewer[d]! < members.length ? [-faulty[members[fewer[d]!]!]!] : [])),
      );
      if (answer === "unknown") return null;
      if (answer === "unsat") break;
      counts = read();
    }
  return counts;
}

function* listed(
  orbits: Orbits,
  method: Method,
  classes: Classes,
  ids: readonly NodeId[],
  limits: Limits,
): Sets {
  const pace = new Budget({ ...limits, maxSteps: Infinity }, Infinity);
  let count = 0;
  try {
    for (;;) {
      const next = orbits.next();
      if (next.done === true) return { count, complete: next.value, method };
      for (const set of membersOf(classes, next.value)) {
        // One set more than asked for is looked at, to know whether there are more.
        if (count === limits.maxCount || !pace.spend()) return { count, complete: false, method };
        count++;
        yield [...set].sort((a, b) => a - b).map((v) => ids[v]!);
      }
    }
  } finally {
    // Whoever stops early gives the solver back.
    orbits.return(false);
  }
}

function solverOf(engines: Engines): Method {
  return engines.sat === undefined ? "built-in solver" : "solver";
}
