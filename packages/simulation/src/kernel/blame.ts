import type { NodeId } from "@eunomia/engine";
import type { FaultBudget, Faulty } from "../types.ts";

/** One more fault, to be asked about. */
export interface Change {
  readonly down?: NodeId;
  readonly dead?: NodeId;
  readonly amnesiac?: NodeId;
}

/** Who did more than be slow, and what else the budget of the run allows. */
export class Blame implements Faulty {
  readonly dead = new Set<NodeId>();
  readonly amnesiac = new Set<NodeId>();
  readonly byzantine = new Set<NodeId>();
  /** Byzantine nodes that do nothing but what a network does are, to the budget, nodes that are gone. */
  byzantineLie = true;
  readonly #budget: () => FaultBudget | undefined;
  readonly #beyond: boolean;

  constructor(budget: () => FaultBudget | undefined, beyond: boolean) {
    this.#budget = budget;
    this.#beyond = beyond;
  }

  allows(change: Change, down: ReadonlySet<NodeId>): boolean {
    if (this.#beyond) return true;
    const budget = this.#budget();
    if (budget === undefined) return change.dead === undefined && change.amnesiac === undefined;
    const { amnesiac, byzantineLie } = this;
    const byzantine = byzantineLie ? this.byzantine : new Set<NodeId>();
    const dead = byzantineLie ? this.dead : new Set([...this.dead, ...this.byzantine]);
    return budget.tolerates({
      down: change.down === undefined ? down : plus(down, change.down),
      dead: change.dead === undefined ? dead : plus(dead, change.dead),
      amnesiac: change.amnesiac === undefined ? amnesiac : plus(amnesiac, change.amnesiac),
      byzantine,
    });
  }
}

function plus(nodes: ReadonlySet<NodeId>, node: NodeId): Set<NodeId> {
  return new Set(nodes).add(node);
}
