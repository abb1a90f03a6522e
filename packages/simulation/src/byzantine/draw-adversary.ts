import type { NodeId } from "@eunomia/engine";
import type { Cluster, Draw } from "../types.ts";
import type { Adversary } from "./adversary.ts";
import { Knowledge } from "./knowledge.ts";
import { strategies } from "./named.ts";
import { counted, following, inTurn } from "./strategies.ts";

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
 * As a swarm has it: each strategy with probability one fourth, and in one run of four each node runs twice as well. Hand it to
 * `RunPlan.adversary`. Each time that a strategy changed something counts as `byzantine: name`.
 *
 * @param nodes the Byzantine ones: as many as the fault budget bears, or more where a run goes beyond it.
 * @param peers all nodes of the cluster.
 * @example
 * const plan = { system, seed: "1", adversary: (_config, draw) => drawAdversary(draw, ["n3"], ["n0", "n1", "n2", "n3"]) };
 */
export function drawAdversary(draw: Draw, nodes: readonly NodeId[], peers: readonly NodeId[]): Adversary {
  const double = draw.chance(0.25) ? twins(draw, nodes, peers) : null;
  const chosen = Object.entries(strategies).filter(([, { make }]) => make !== null && draw.chance(0.25));
  const names = [...(double === null ? [] : [double.name]), ...chosen.map(([each]) => each)];
  const knowledge = new Knowledge();
  const strategy = inTurn(chosen.map(([name, { make }]) => counted(name, make!(knowledge))));
  return {
    ...double,
    ...following(names.join(" + ") || "honest", nodes, strategy, knowledge),
    lies: double !== null || chosen.some(([, { lies }]) => lies),
  };
}

/**
 * Nodes to be Byzantine: in a drawn order, each that the fault budget of the cluster bears beside those before it. Empty for a
 * protocol that bears none, and for a cluster without a budget.
 *
 * @param lies false: they do what a network does, so the budget must bear them as nodes that are gone.
 * @example
 * const adversary: RunPlan["adversary"] = (_config, draw, cluster) => {
 *   const peers = cluster.nodes.map(({ id }) => id);
 *   return drawAdversary(draw, drawLiars(draw, cluster), peers);
 * };
 */
export function drawLiars(draw: Draw, { nodes, budget }: Cluster, lies = true): NodeId[] {
  const none: ReadonlySet<NodeId> = new Set();
  const liars = new Set<NodeId>();
  const left = nodes.map(({ id }) => id);
  while (left.length > 0) {
    const [node = ""] = left.splice(draw.below(left.length), 1);
    const more = new Set(liars).add(node);
    const state = { down: none, amnesiac: none, dead: lies ? none : more, byzantine: lies ? more : none };
    if (budget?.tolerates(state) === true) liars.add(node);
  }
  return [...liars];
}
