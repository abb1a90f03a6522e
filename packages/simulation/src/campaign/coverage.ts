import { encode } from "@eunomia/codec";
import type { AnyEngine, Fired } from "@eunomia/engine";
import { finish, hashBytes, hashText, mix } from "../choice/sfc32.ts";
import type { World } from "../kernel/world.ts";

/** An action counts as near a fault for so many steps. */
const nearSteps = 20;

/** What a set of runs reached: hashes of features, which are actions with the shape of what they found, states and phases, and actions soon after a fault. */
export class Coverage {
  readonly #features = new Set<number>();
  readonly #names = new Map<string, number>();

  get size(): number {
    return this.#features.size;
  }

  /** In ascending order, for another thread. */
  features(): readonly number[] {
    return [...this.#features].sort((a, b) => a - b);
  }

  /** Takes in what another set has; answers how many of them are new. */
  merge(features: Iterable<number>): number {
    const before = this.#features.size;
    for (const feature of features) this.#features.add(feature);
    return this.#features.size - before;
  }

  /** A mark or any other named thing that a run reached. */
  name(name: string): void {
    this.#features.add(this.#hash(name));
  }

  /** @param whole a state in so many is looked at whole. */
  step(
    world: World,
    engine: AnyEngine,
    config: unknown,
    state: object,
    fired: readonly Fired[],
    whole: boolean,
  ): void {
    const near = world.recorder.steps - world.lastFaultStep <= nearSteps ? this.#hash(world.lastFault) : 0;
    for (const { action, found } of fired) {
      const label = mix(this.#hash(engine.name), this.#hash(action));
      this.#features.add(finish(mix(label, shapeOf(found, 0))));
      if (near !== 0) this.#features.add(finish(mix(label, near)));
    }
    if (!whole) return;
    if (engine.phase !== undefined)
      this.#features.add(finish(mix(this.#hash(engine.name), this.#hash(engine.phase(config, state)))));
    this.#features.add(hashBytes(encode(engine.schema.state, state), 3));
  }

  #hash(name: string): number {
    let hash = this.#names.get(name);
    if (hash === undefined) {
      hash = hashText(name, 5);
      this.#names.set(name, hash);
    }
    return hash;
  }
}

/** Kinds, lengths up to three, small numbers: equal for values that differ in identities and sizes only. */
function shapeOf(value: unknown, depth: number): number {
  if (typeof value === "number") return value < 4 ? value : 4;
  if (typeof value === "string") return depth === 0 ? 17 : 19;
  if (value === null || typeof value !== "object") return value === true ? 23 : 29;
  if (depth > 2) return 31;
  if (Array.isArray(value) || value instanceof Uint8Array) {
    const first = value instanceof Uint8Array ? 0 : shapeOf(value[0], depth + 1);
    return mix(37 + Math.min(value.length, 3), first);
  }
  let shape = 41;
  for (const [key, item] of Object.entries(value)) {
    const word = key === "kind" && typeof item === "string" ? hashText(item, 1) : shapeOf(item, depth + 1);
    shape = mix(shape, word);
  }
  return shape;
}
