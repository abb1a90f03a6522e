import type { Authenticator, NodeId } from "@eunomia/engine";
import { SimulationError } from "../errors.ts";
import type { RunPlan } from "../run-types.ts";
import type { Cluster, Draw } from "../types.ts";
import type { Adversary } from "./adversary.ts";
import { drawAdversary, drawLiars, twins } from "./draw-adversary.ts";
import { forging } from "./forging.ts";
import { Knowledge } from "./knowledge.ts";
import { type StrategyName, strategies } from "./named.ts";
import { counted, following } from "./strategies.ts";

/** An adversary by name: plain JSON, from which the seed of a run makes it, and which stands in its replay file. */
export interface AdversaryPlan {
  readonly strategy: StrategyName;
  /** So many nodes, which are drawn; null: as many as the fault budget of the cluster bears, and at least one. */
  readonly nodes: number | null;
}

/** What is wrong with a value that should be an `AdversaryPlan`; null: nothing. */
export function problemOfPlan(plan: unknown): string | null {
  const { strategy, nodes } = (plan ?? {}) as Partial<Record<keyof AdversaryPlan, unknown>>;
  if (typeof strategy !== "string" || !Object.hasOwn(strategies, strategy))
    return `a strategy among ${Object.keys(strategies).join(", ")}, got ${JSON.stringify(strategy)}`;
  if (nodes !== null && !(Number.isSafeInteger(nodes) && (nodes as number) >= 1))
    return `a number of Byzantine nodes from 1 or null, got ${JSON.stringify(nodes)}`;
  return null;
}

/**
 * The adversary of one run; null: it has none.
 *
 * @throws SimulationError `bad-option` for an unknown strategy, and for more nodes than can be Byzantine in this cluster.
 */
export function adversaryOf<C>(
  { adversary: plan }: RunPlan<C>,
  config: C,
  draw: Draw,
  cluster: Cluster,
  authenticator: (self: NodeId) => Authenticator,
): Adversary | null {
  if (plan === undefined) return null;
  if (typeof plan === "function") return plan(config, draw, cluster);
  const problem = problemOfPlan(plan);
  if (problem !== null) throw new SimulationError("bad-option", `"adversary" expected ${problem}`);
  const peers = cluster.nodes.map(({ id }) => id);
  const { does: _, lies, make } = strategies[plan.strategy];
  const nodes = byzantineOf(plan, draw, cluster, lies);
  if (plan.strategy === "twins") return twins(draw, nodes, peers);
  if (plan.strategy === "forging") return forging(nodes, peers, 0.5, authenticator);
  if (make === null) return drawAdversary(draw, nodes, peers);
  const knowledge = new Knowledge();
  const strategy = counted(plan.strategy, make(knowledge));
  return { ...following(plan.strategy, nodes, strategy, knowledge), lies };
}

/**
 * Has the cluster promised anything for this adversary? A network may do to any number of nodes what those do that do not lie;
 * lies are within the budget or they are not.
 */
export function isPromised(adversary: Adversary | null, { budget }: Cluster): boolean {
  if (adversary === null || adversary.lies === false || adversary.nodes.length === 0) return true;
  const none: ReadonlySet<NodeId> = new Set();
  const byzantine = new Set(adversary.nodes);
  return budget?.tolerates({ down: none, dead: none, amnesiac: none, byzantine }) === true;
}

function byzantineOf(
  { nodes: wanted }: AdversaryPlan,
  draw: Draw,
  cluster: Cluster,
  lies: boolean,
): NodeId[] {
  const left = cluster.nodes.map(({ id }) => id);
  const borne = wanted === null ? drawLiars(draw, cluster, lies) : [];
  if (borne.length > 0) return borne;
  const count = wanted ?? 1;
  if (count >= left.length)
    throw new SimulationError(
      "bad-option",
      `"nodes" of the adversary expected fewer than the ${left.length} nodes of this cluster, got ${count}: give fewer, so that somebody is left to judge`,
    );
  return Array.from({ length: count }, () => left.splice(draw.below(left.length), 1)[0]!);
}
