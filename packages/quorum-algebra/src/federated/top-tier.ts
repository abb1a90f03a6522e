import type { NodeId } from "@eunomia/engine";
import type { Bounded, Limits } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { topTier } from "../sets/top-tier.ts";
import { classesOf } from "./classes.ts";
import { coresOf, ordinaryOf } from "./cluster.ts";
import { Contraction } from "./contraction.ts";
import { generateJointly } from "./joint.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * The nodes that occur in some minimal quorum, ascending: all others could stay away without a change to what halts the network.
 * Bounds, if a limit was reached: nodes that surely do, and nodes that may.
 *
 * @example
 * federatedTopTier(system); // { kind: "exact", value: [the 21 nodes of seven organisations], method: "symmetric cluster" }
 */
export function federatedTopTier(
  system: FederatedSystem,
  limits: Limits = {},
  engines: Engines = {},
): Bounded<readonly NodeId[]> {
  const cores = coresOf(system);
  const candidates = cores.flatMap(({ system: { ids } }) => ids);
  if (candidates.length === 0) return { kind: "exact", value: [], method: "contraction" };
  const ordinary = ordinaryOf(cores);
  const asked = ordinary === null ? null : topTier(ordinary, limits);
  if (asked?.kind === "exact") return { ...asked, method: "symmetric cluster" };
  return byQuorums(system.only(candidates), limits, engines);
}

function byQuorums(part: FederatedSystem, limits: Limits, engines: Engines): Bounded<readonly NodeId[]> {
  const { ids } = part;
  const found = coveredAtOnce(part);
  const named = (of: Uint8Array): NodeId[] => ids.filter((_, v) => of[v] === 1);
  if (!found.includes(0)) return { kind: "exact", value: named(found), method: "quorums" };
  const classes = classesOf(part);
  const generation = generateJointly(part, classes, limits, engines);
  try {
    for (;;) {
      const next = generation.next();
      const method = "joint generation";
      if (next.done === true && !next.value) return { kind: "bounds", low: named(found), high: ids, method };
      if (next.done === true || !found.includes(0)) return { kind: "exact", value: named(found), method };
      if (next.value.kind === "quorum")
        for (const [c, members] of classes.entries())
          if (next.value.counts[c]! > 0) for (const v of members) found[v] = 1;
    }
  } finally {
    generation.return(false);
  }
}

/** One minimal quorum for each node that clings to it as long as it can: these cover most. */
function coveredAtOnce({ gates, known, ids }: FederatedSystem): Uint8Array {
  const covered = new Uint8Array(ids.length);
  const contraction = new Contraction(gates, known);
  for (const v of ids.keys()) {
    if (covered[v] === 1) continue;
    contraction.inside.fill(1);
    contraction.shrink([...ids.keys()].filter((other) => other !== v).concat(v));
    for (const [other, inside] of contraction.inside.entries()) covered[other]! |= inside;
  }
  return covered;
}
