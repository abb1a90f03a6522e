import type { NodeId } from "@eunomia/engine";
import type { SimulatedStep, Watch } from "@eunomia/simulation";
import { Bounds } from "@eunomia/trace";

/** What a process holds just now, and how much it may: name, number, limit. */
export type Sizes = (
  step: SimulatedStep,
) => readonly (readonly [name: string, value: number, limit: number])[];

/** P12 over the engines of a simulation. A size is told when it is the largest so far: no other one can be above its limit. */
export class BoundsWatch implements Watch {
  readonly property: string;
  readonly despiteLies = true;
  readonly #monitor = new Bounds();
  readonly #sizes: Sizes;
  readonly #most = new Map<NodeId, Map<string, number>>();

  constructor(sizes: Sizes) {
    this.property = this.#monitor.property;
    this.#sizes = sizes;
  }

  step(step: SimulatedStep): string | null {
    const { atMs: at, process: who } = step;
    let most = this.#most.get(who);
    if (most === undefined) {
      most = new Map();
      this.#most.set(who, most);
    }
    let grown = false;
    for (const [name, value, limit] of this.#sizes(step)) {
      if (value <= (most.get(name) ?? -1)) continue;
      most.set(name, value);
      this.#monitor.feed({ kind: "size", at, who, name, value, limit });
      grown = true;
    }
    if (!grown) return null;
    const { kind, detail } = this.#monitor.verdict();
    return kind === "violated" ? detail : null;
  }
}
