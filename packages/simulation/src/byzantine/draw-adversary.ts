import type { NodeId } from "@eunomia/engine";
import type { Adversary, Draw } from "../types.ts";
import {
  delaying,
  flooding,
  following,
  inTurn,
  mutation,
  resending,
  type Strategy,
  selectiveSilence,
  silence,
  withholding,
} from "./strategies.ts";

const makers: Readonly<Record<string, () => Strategy>> = {
  silence: () => silence(),
  "selective silence": selectiveSilence,
  withholding,
  mutation: () => mutation(),
  resending: () => resending(),
  flooding: () => flooding(),
  delay: () => delaying(200),
};

/**
 * Two copies of each Byzantine node under one identity: every other node is drawn to talk with one of them, and copies of
 * equal number talk with each other.
 *
 * @param peers all nodes of the cluster.
 */
export function twins(draw: Draw, nodes: readonly NodeId[], peers: readonly NodeId[]): Adversary {
  const side = new Map(peers.map((peer) => [peer, draw.below(2)]));
  const twinned = new Set(nodes);
  const copyOf = (node: NodeId, copy: number): number => (twinned.has(node) ? copy : (side.get(node) ?? 0));
  return {
    name: "twins",
    nodes,
    copies: () => 2,
    route: (from, fromCopy, to, toCopy) =>
      (!twinned.has(from) && !twinned.has(to)) || copyOf(from, fromCopy) === copyOf(to, toCopy),
  };
}

/**
 * As a swarm has it: twins in one run of four, else each strategy with probability one half. Hand it to `RunPlan.adversary`.
 *
 * @param nodes the Byzantine ones: as many as the fault budget bears, or more where a run goes beyond it.
 * @param peers all nodes of the cluster.
 * @example
 * const plan = { system, seed: "1", adversary: (_config, draw) => drawAdversary(draw, ["n3"], ["n0", "n1", "n2", "n3"]) };
 */
export function drawAdversary(draw: Draw, nodes: readonly NodeId[], peers: readonly NodeId[]): Adversary {
  if (draw.chance(0.25)) return twins(draw, nodes, peers);
  const chosen = Object.entries(makers).filter(() => draw.chance(0.5));
  const name = chosen.map(([each]) => each).join(" + ") || "honest";
  return following(name, nodes, inTurn(chosen.map(([, make]) => make())));
}
