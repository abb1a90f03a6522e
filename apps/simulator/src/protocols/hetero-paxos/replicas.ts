import { mapGet } from "@eunomia/codec";
import type { LearnerGraph, NodeId } from "@eunomia/engine";
import type { NodeOutput, NodeState } from "@eunomia/hetero-paxos";
import type { ClientSpec, Draw, Scene, Watch } from "@eunomia/simulation";
import { signedText } from "../seal.ts";
import { bytesOf, textOf } from "../values.ts";

/** Slots and learners of one run, and what of them is contested. */
export interface LogPlan {
  readonly graph: LearnerGraph;
  readonly proposers: readonly NodeId[];
  /** All processes that learn: proposers and learners. */
  readonly watchers: readonly NodeId[];
  readonly slots: number;
  /** How many slots beyond the settled ones are contested at once. */
  readonly window: number;
  readonly trims: boolean;
}

/** What became of a learner in a slot, as a watcher told it. */
type Fate = { readonly kind: "decided"; readonly value: string } | { readonly kind: "stuck" };

/**
 * The logs of those who watch: of each learner in each slot what was decided, or that it was called stuck. They outlive crashes;
 * their owners ask for what is not settled, and let go of what is.
 */
export class Logs {
  readonly #plan: LogPlan;
  readonly #scene: Scene;
  readonly #fates: ReadonlyMap<NodeId, Map<string, Fate>>;
  readonly #proposed = new Map<number, Set<string>>();
  #made = 0;

  constructor(plan: LogPlan, scene: Scene) {
    this.#plan = plan;
    this.#scene = scene;
    this.#fates = new Map(plan.watchers.map((watcher) => [watcher, new Map()]));
  }

  proposed(slot: number): ReadonlySet<string> {
    return this.#proposed.get(slot) ?? new Set();
  }

  fateOf(watcher: NodeId, slot: number, learner: string): Fate["kind"] | null {
    return this.#fates.get(watcher)!.get(`${slot} ${learner}`)?.kind ?? null;
  }

  /** Slots 1 to this one are decided for every learner. */
  through(watcher: NodeId): number {
    let slot = 0;
    const all = (number: number): boolean =>
      this.#plan.graph.learners.every((learner) => this.fateOf(watcher, number, learner) === "decided");
    while (all(slot + 1)) slot += 1;
    return slot;
  }

  /** Learns from outputs; says so when something is gone that nobody has. */
  watch(mayBeGone: () => boolean): Watch {
    return {
      property: "what is gone somebody has",
      everybody: true,
      output: ({ process, output: put }) => {
        const output = put as NodeOutput;
        const fates = this.#fates.get(process);
        if (fates === undefined) return null;
        if (output.kind === "trimmed") return this.#transfer(process, output.floor, mayBeGone());
        if (output.kind !== "decided" && output.kind !== "stuck") return null;
        const key = `${output.slot} ${output.learner}`;
        if (output.kind === "decided") {
          if (fates.get(key)?.kind === "stuck") this.#scene.mark("decided after all");
          if (fates.get(key)?.kind !== "decided") this.#scene.answered("propose", true);
          fates.set(key, { kind: "decided", value: textOf(output.value) });
        } else if (!fates.has(key)) fates.set(key, { kind: "stuck" });
        return null;
      },
    };
  }

  /** A watcher is told that slots are gone: it takes them from another one that has them. */
  #transfer(process: NodeId, floor: number, mayBeGone: boolean): string | null {
    const honest = (watcher: NodeId): boolean => !this.#scene.faulty.byzantine.has(watcher);
    const from = this.#plan.watchers.find((watcher) => honest(watcher) && this.through(watcher) >= floor);
    if (from === undefined)
      return mayBeGone || !honest(process)
        ? null
        : `${process} says that slots through ${floor} are gone, which nobody has`;
    for (const [key, fate] of this.#fates.get(from)!)
      if (Number(key.split(" ")[0]) <= floor) this.#fates.get(process)!.set(key, fate);
    return null;
  }

  clients(): ClientSpec[] {
    const { proposers, watchers } = this.#plan;
    return watchers.map((watcher) => ({
      id: `client of ${watcher}`,
      act: (draw) => this.#act(watcher, proposers.includes(watcher), draw),
    }));
  }

  #act(watcher: NodeId, proposes: boolean, draw: Draw): string | null {
    if (!this.#scene.isUp(watcher)) return null;
    const { trims, slots, window, graph } = this.#plan;
    const done = this.through(watcher);
    if (trims && done > 0 && draw.chance(0.15)) {
      this.#scene.command(watcher, { kind: "trim", slot: done });
      return "trim";
    }
    if (!proposes) return null;
    // Who is called stuck stays open for good: a slot behind it is contested all the same.
    // Who has offered something in this life goes on with it by itself.
    const isOpen = (slot: number): boolean =>
      graph.learners.some((learner) => this.fateOf(watcher, slot, learner) === null) &&
      !this.#hasOffered(watcher, slot);
    const open = Array.from({ length: slots }, (_, i) => i + 1)
      .filter(isOpen)
      // A core may have no quorum of some learner: behind that one the rest is contested all at once.
      .slice(0, this.#scene.core === null ? window : slots);
    if (open.length === 0) return null;
    const slot = draw.pick(open);
    this.#offer(watcher, slot);
    // All at once, each with its own value: then nobody's comes first.
    if (draw.chance(0.2))
      for (const other of this.#plan.proposers) if (other !== watcher) this.#offer(other, slot);
    return "propose";
  }

  #hasOffered(watcher: NodeId, slot: number): boolean {
    const state = this.#scene.peek(watcher) as NodeState | undefined;
    return state !== undefined && (mapGet(state.slots, slot)?.offer ?? null) !== null;
  }

  #offer(watcher: NodeId, slot: number): void {
    if (!this.#scene.isUp(watcher) || this.#hasOffered(watcher, slot)) return;
    this.#made += 1;
    const text = signedText(`${watcher}.${slot}.${this.#made}`, slot);
    this.#proposed.set(slot, (this.#proposed.get(slot) ?? new Set()).add(text));
    this.#scene.command(watcher, { kind: "propose", slot, value: bytesOf(text) });
  }
}
