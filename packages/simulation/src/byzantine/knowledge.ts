import { check, definitions, EncodeError, type Form, type Schema } from "@eunomia/codec";
import type { EngineTypes } from "@eunomia/engine";
import type { Draw, ValuePacket } from "../types.ts";
import { type Leaf, leavesOf, rewritten } from "./leaves.ts";

/** A packet that says something else. */
export interface Lie {
  readonly packet: ValuePacket;
  /** What stood there. */
  readonly truth: unknown;
  readonly lie: unknown;
}

/** Of each field so many different values are kept, the latest ones. */
const most = 32;

/**
 * What Byzantine nodes have heard, and share: the leaves of messages (ids by sort, numbers, texts and bytes by field), whoever
 * sent them. Made anew for every run.
 */
export class Knowledge {
  readonly #known = new Map<string, Map<string, unknown>>();
  readonly #ids: Record<string, string[]> = {};
  readonly #lies = new Map<string, unknown>();
  readonly #named = new WeakMap<Schema<unknown>, Readonly<Record<string, Form>>>();

  /** Takes in every leaf of a message. */
  hear(packet: ValuePacket): void {
    for (const { key, form, value } of this.#leaves(packet)) {
      let known = this.#known.get(key);
      if (known === undefined) {
        known = new Map();
        this.#known.set(key, known);
      }
      const name = String(value);
      if (known.has(name)) continue;
      known.set(name, value);
      if (known.size > most) known.delete(known.keys().next().value as string);
      if (form.kind === "id") this.#ids[form.sort] = [...known.values()] as string[];
    }
  }

  /** The ids heard, by sort. */
  ids(): Readonly<Record<string, readonly string[]>> {
    return this.#ids;
  }

  /** The packet with one leaf in whose place stands another that was heard there; null if nothing else is known, or none fits. */
  another(packet: ValuePacket, draw: Draw): ValuePacket | null {
    const leaves = this.#leaves(packet).filter((leaf) => this.#others(leaf).length > 0);
    if (leaves.length === 0) return null;
    const leaf = draw.pick(leaves);
    return this.#with(packet, leaf, draw.pick(this.#others(leaf)));
  }

  /**
   * As `another`, with what is said in the place of the same leaf drawn once and kept: the field that is lied about is the last.
   * Null too if the lie does not fit.
   */
  lie(packet: ValuePacket, draw: Draw): Lie | null {
    const leaf = this.#leaves(packet).at(-1);
    if (leaf === undefined) return null;
    const name = `${leaf.key}\u0000${String(leaf.value)}`;
    if (!this.#lies.has(name)) {
      const others = this.#others(leaf);
      if (others.length === 0) return null;
      this.#lies.set(name, draw.pick(others));
    }
    const lie = this.#lies.get(name);
    const changed = this.#with(packet, leaf, lie);
    return changed === null ? null : { packet: changed, truth: leaf.value, lie };
  }

  #others({ key, value }: Leaf): unknown[] {
    const name = String(value);
    return [...(this.#known.get(key) ?? [])].filter(([other]) => other !== name).map(([, other]) => other);
  }

  #leaves({ engine, message }: ValuePacket): Leaf[] {
    return leavesOf(engine.schema.message.form, message, this.#definitions(engine.schema.message));
  }

  #definitions(schema: Schema<unknown>): Readonly<Record<string, Form>> {
    let named = this.#named.get(schema);
    if (named === undefined) {
      named = definitions(schema);
      this.#named.set(schema, named);
    }
    return named;
  }

  #with(packet: ValuePacket, leaf: Leaf, value: unknown): ValuePacket | null {
    const { message: schema } = packet.engine.schema;
    const message = rewritten(packet.message, leaf.path, value);
    try {
      check(schema, message);
    } catch (error) {
      // Such as a set that is out of order, or a rule between fields.
      if (error instanceof EncodeError) return null;
      throw error;
    }
    return { ...packet, message: message as EngineTypes["Message"] };
  }
}
