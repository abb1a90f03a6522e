import type { ConsensusOutput, NodeId } from "@eunomia/engine";
import type { ClientSpec, Fate, Scene, Watch } from "@eunomia/simulation";

/** Whom readers ask, and how far writes have come as far as anybody was told. */
export interface ReadPlan {
  readonly nodes: readonly NodeId[];
  doorOf(node: NodeId): NodeId;
  /** The highest slot that an honest replica knows to be decided. */
  highest(): number;
}

/**
 * Readers of the `Consensus` door, one for each node: a question is answered with a slot no lower than any that was known to be
 * decided when it was asked (aneris 5.10), and the last one of a life is answered in the end.
 */
export class Readers implements Watch {
  readonly property = "reads";
  readonly #plan: ReadPlan;
  readonly #scene: Scene;
  /** How far writes had come, by nonce. */
  readonly #floors = new Map<number, number>();
  readonly #open = new Map<NodeId, number>();
  /** Who has asked its last question. */
  readonly #last = new Set<NodeId>();
  readonly #doors: ReadonlyMap<NodeId, NodeId>;

  constructor(plan: ReadPlan, scene: Scene) {
    this.#plan = plan;
    this.#scene = scene;
    this.#doors = new Map(plan.nodes.map((node) => [plan.doorOf(node), node]));
  }

  clients(): ClientSpec[] {
    return this.#plan.nodes.map((node) => ({
      id: `reader of ${node}`,
      act: (draw) => {
        if (!this.#scene.isUp(node) || !draw.chance(0.08)) return null;
        // A later question takes the place of an open one. Once the core is left alone, each of it asks once more.
        if (this.#open.has(node) && draw.chance(0.5)) return null;
        const final = this.#scene.core !== null;
        if (final && (this.#open.has(node) || this.#last.has(node))) return null;
        const nonce = this.#floors.size + 1;
        this.#floors.set(nonce, this.#plan.highest());
        if (!this.#scene.command(this.#plan.doorOf(node), { kind: "highest", nonce })) return null;
        this.#open.set(node, nonce);
        if (final) this.#last.add(node);
        return "read";
      },
    }));
  }

  output({ process, output }: { readonly process: NodeId; readonly output: unknown }): string | null {
    const node = this.#doors.get(process);
    const put = output as ConsensusOutput;
    if (node === undefined || put.kind !== "highest") return null;
    const floor = this.#floors.get(put.nonce);
    if (floor === undefined) return `${process} answers a question that nobody asked: ${put.nonce}`;
    if (put.slot < floor)
      return `${process} says that writes have come to slot ${put.slot}, when ${floor} was decided before`;
    if (this.#open.get(node) === put.nonce) this.#open.delete(node);
    this.#scene.answered("read", true);
    return null;
  }

  fate({ node, kind }: Fate): string | null {
    if (kind === "crashed" || kind === "stopped") this.#open.delete(node);
    return null;
  }

  /** One of these that waits for an answer, in words; null: none. */
  waiting(core: readonly NodeId[]): string | null {
    const node = core.find((one) => this.#open.has(one));
    return node === undefined ? null : `${node} reads, and has no answer`;
  }
}
