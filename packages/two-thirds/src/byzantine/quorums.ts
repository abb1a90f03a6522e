import type { SortedMap } from "@eunomia/codec";
import type { NodeId, QuorumSystem } from "@eunomia/engine";
import { quorumSystem } from "@eunomia/quorum-algebra";
import { anyOf, retiring } from "../crash/quorums.ts";
import { TwoThirdsError } from "../errors.ts";

/** The thresholds of section 3.1. */
export interface ByzantineQuorums {
  /** q = n - f equal votes decide; q statuses begin a round. */
  readonly decide: QuorumSystem;
  /** L = n - 3f of q statuses lock a value. */
  readonly lock: QuorumSystem;
  /** f + 1: one of them keeps to the protocol. */
  readonly vouch: QuorumSystem;
  /** Learners that retire a slot: f + 1, so that an honest one holds it; all if there are no more. */
  readonly retire: QuorumSystem;
}

/**
 * Fewer members than 5f + 1 cannot tell a decided value from a lie with one vote phase.
 *
 * @throws TwoThirdsError `threshold`
 */
export function checkSize(n: number, f: number): void {
  if (n >= 5 * f + 1) return;
  throw new TwoThirdsError(
    "threshold",
    "members",
    `n >= 5f + 1 for f Byzantine members: add members, or use a protocol with two phases`,
    `n = ${n}, f = ${f}`,
  );
}

/**
 * The quorums of members that tolerate f liars.
 *
 * @param learners of which f + 1 retire a slot
 */
export function byzantineQuorums(
  members: readonly NodeId[],
  learners: readonly NodeId[],
  f: number,
): ByzantineQuorums {
  const any = (k: number) => quorumSystem(anyOf(k, members));
  const n = members.length;
  return { decide: any(n - f), lock: any(n - 3 * f), vouch: any(f + 1), retire: retiring(learners, f) };
}

/** The highest number that a vouching set reports at least: no lie of f members lifts it above what an honest one said. */
export function vouched(vouch: QuorumSystem, { keys, values }: Readonly<SortedMap<NodeId, number>>): number {
  return values
    .filter((candidate) => vouch.has(keys.filter((_, i) => values[i]! >= candidate)))
    .reduce((highest, candidate) => Math.max(highest, candidate), 0);
}

/** A quorum of which none can be spared, out of a larger one: what stands first is kept. */
export function leastQuorum(quorum: QuorumSystem, nodes: readonly NodeId[]): NodeId[] {
  return nodes.reduceRight<NodeId[]>(
    (kept, node) => {
      const without = kept.filter((other) => other !== node);
      return quorum.has(without) ? without : kept;
    },
    [...nodes],
  );
}

/** Does every member stand there once, in the one order that lists of signers have? */
export const isAscending = (nodes: readonly NodeId[]): boolean =>
  nodes.every((node, i) => i === 0 || nodes[i - 1]! < node);

/** A quorum, each member once, of which none can be spared. */
export const isLeastQuorum = (quorum: QuorumSystem, nodes: readonly NodeId[]): boolean =>
  isAscending(nodes) && quorum.has(nodes) && leastQuorum(quorum, nodes).length === nodes.length;
