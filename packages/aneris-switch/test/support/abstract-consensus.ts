import type { SeededRandom } from "@eunomia/conformance";

interface Instance {
  readonly proposed: Uint8Array[];
  decided: Uint8Array | null;
}

/** What one learner may hand to its replica. */
export type Report =
  | { readonly kind: "decided"; readonly epoch: number; readonly slot: number; readonly value: Uint8Array }
  | { readonly kind: "trimmed"; readonly epoch: number; readonly floor: number };

/**
 * Consensus as the door promises it, and no better: each (epoch, slot) decides one of the values proposed for it, at a moment
 * that the schedule chooses; a learner reports a decision once per life, in any order; the first proposal of a learner stands
 * and is repeated until it is decided, whatever is lost; slots that enough replicas have trimmed are forgotten.
 */
export class AbstractConsensus {
  readonly #instances = new Map<string, Instance>();
  readonly #learners = new Map<string, { proposals: Map<string, Uint8Array>; reported: Set<string> }>();
  readonly #trims = new Map<number, Map<string, number>>();
  readonly #replicas: readonly string[];
  readonly #holders: number;

  /** Forgets a slot once `holders` replicas have trimmed it. */
  constructor(replicas: readonly string[], holders: number) {
    this.#replicas = replicas;
    this.#holders = holders;
    for (const replica of replicas) this.restart(replica);
  }

  /** Learners keep nothing. */
  restart(replica: string): void {
    this.#learners.set(replica, { proposals: new Map(), reported: new Set() });
  }

  propose(replica: string, epoch: number, slot: number, value: Uint8Array): void {
    const key = `${epoch}/${slot}`;
    const { proposals, reported } = this.#learners.get(replica)!;
    if (!reported.has(key) && !proposals.has(key)) proposals.set(key, value);
  }

  /** A proposer that keeps to no rules. */
  inject(epoch: number, slot: number, value: Uint8Array): void {
    if (slot > this.floor(epoch)) this.#instance(`${epoch}/${slot}`).proposed.push(value);
  }

  trim(replica: string, epoch: number, slot: number): void {
    const trims = this.#trims.get(epoch) ?? new Map<string, number>();
    trims.set(replica, Math.max(slot, trims.get(replica) ?? 0));
    this.#trims.set(epoch, trims);
    const floor = this.floor(epoch);
    for (const key of this.#instances.keys()) {
      const [e, s] = key.split("/").map(Number);
      if (e === epoch && s! <= floor) this.#instances.delete(key);
    }
  }

  floor(epoch: number): number {
    const trims = this.#trims.get(epoch) ?? new Map<string, number>();
    const all = this.#replicas.map((replica) => trims.get(replica) ?? 0).sort((a, b) => b - a);
    return all[this.#holders - 1] ?? 0;
  }

  /** Some proposals arrive, and some instances decide. */
  advance(random: SeededRandom, chance: number): void {
    for (const { proposals } of this.#learners.values())
      for (const [key, value] of proposals) {
        const [epoch, slot] = key.split("/").map(Number);
        if (slot! <= this.floor(epoch!) || !random.chance(chance)) continue;
        const { proposed } = this.#instance(key);
        if (!proposed.includes(value)) proposed.push(value);
      }
    for (const instance of this.#instances.values())
      if (instance.decided === null && instance.proposed.length > 0 && random.chance(chance))
        instance.decided = random.pick(instance.proposed);
  }

  /** Something that a replica has not heard in this life, of an epoch that `runs` there (sometimes of any); null if there is nothing. */
  report(replica: string, random: SeededRandom, runs: (epoch: number) => boolean): Report | null {
    const { proposals, reported } = this.#learners.get(replica)!;
    const fresh = [...this.#instances].filter(
      ([key, { decided }]) => decided !== null && !reported.has(key) && runs(Number(key.split("/")[0])),
    );
    for (const key of proposals.keys()) {
      const [epoch, slot] = key.split("/").map(Number);
      if (slot! <= this.floor(epoch!) && runs(epoch!)) {
        proposals.delete(key);
        return { kind: "trimmed", epoch: epoch!, floor: this.floor(epoch!) };
      }
    }
    if (fresh.length === 0) return null;
    const [key, { decided }] = random.pick(fresh);
    reported.add(key);
    proposals.delete(key);
    const [epoch, slot] = key.split("/").map(Number);
    return { kind: "decided", epoch: epoch!, slot: slot!, value: decided! };
  }

  #instance(key: string): Instance {
    const known = this.#instances.get(key) ?? { proposed: [], decided: null };
    this.#instances.set(key, known);
    return known;
  }
}
