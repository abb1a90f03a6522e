import type { SeededRandom } from "@eunomia/conformance";

interface Instance {
  readonly proposed: Uint8Array[];
  decided: Uint8Array | null;
}

/** Who runs an epoch. */
export interface Crew {
  readonly members: readonly string[];
  readonly f: number;
}

/** What one learner may hand to its replica. */
export type Report =
  | { readonly kind: "decided"; readonly epoch: number; readonly slot: number; readonly value: Uint8Array }
  | { readonly kind: "trimmed"; readonly epoch: number; readonly floor: number };

/**
 * Consensus as the door promises it, and no better: each (epoch, slot) decides one of the values proposed for it, at a moment
 * that the schedule chooses; a learner reports a decision once per life, in any order; the first proposal of a learner stands
 * and is repeated until it is decided, whatever is lost; slots that enough replicas have trimmed are forgotten. Where more than
 * `f` members of an epoch do not run it, nothing is decided in it any more, and nobody learns what was.
 */
export class AbstractConsensus {
  readonly #instances = new Map<string, Instance>();
  readonly #learners = new Map<string, { proposals: Map<string, Uint8Array>; reported: Set<string> }>();
  readonly #trims = new Map<number, Map<string, number>>();
  readonly #crews = new Map<number, Crew>();
  readonly #runs: (replica: string, epoch: number) => boolean;

  /** @param runs whether the processes of an epoch are up at a replica's node */
  constructor(runs: (replica: string, epoch: number) => boolean) {
    this.#runs = runs;
  }

  /** Learners keep nothing. */
  restart(replica: string): void {
    this.#learners.set(replica, { proposals: new Map(), reported: new Set() });
  }

  /** A replica begins an epoch; answers whether all agree on who runs it. */
  begin(epoch: number, crew: Crew): boolean {
    const known = this.#crews.get(epoch) ?? crew;
    this.#crews.set(epoch, known);
    return known.f === crew.f && String(known.members) === String(crew.members);
  }

  /** Who runs an epoch and those after it, as far as they were begun. */
  crewsFrom(epoch: number): Crew[] {
    return [...this.#crews].flatMap(([id, crew]) => (id >= epoch ? [crew] : []));
  }

  isMember(replica: string, epoch: number): boolean {
    return this.#crews.get(epoch)?.members.includes(replica) ?? false;
  }

  #alive(epoch: number): boolean {
    const crew = this.#crews.get(epoch);
    if (crew === undefined) return false;
    const { members, f } = crew;
    return members.filter((member) => this.#runs(member, epoch)).length >= members.length - f;
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

  /** Slots up to this one are forgotten: f + 1 members have them. */
  floor(epoch: number): number {
    const trims = this.#trims.get(epoch) ?? new Map<string, number>();
    const { members, f } = this.#crews.get(epoch) ?? { members: [], f: 0 };
    const all = members.map((replica) => trims.get(replica) ?? 0).sort((a, b) => b - a);
    return all[f] ?? 0;
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
    for (const [key, instance] of this.#instances)
      if (instance.decided === null && instance.proposed.length > 0 && random.chance(chance))
        if (this.#alive(Number(key.split("/")[0]))) instance.decided = random.pick(instance.proposed);
  }

  /** Something that a replica has not heard in this life, of an epoch that `runs` there (sometimes of any); null if there is nothing. */
  report(replica: string, random: SeededRandom, runs: (epoch: number) => boolean): Report | null {
    const { proposals, reported } = this.#learners.get(replica)!;
    const hears = (epoch: number): boolean =>
      runs(epoch) && this.isMember(replica, epoch) && this.#alive(epoch);
    const fresh = [...this.#instances].filter(
      ([key, { decided }]) => decided !== null && !reported.has(key) && hears(Number(key.split("/")[0])),
    );
    for (const key of proposals.keys()) {
      const [epoch, slot] = key.split("/").map(Number);
      if (slot! <= this.floor(epoch!) && hears(epoch!)) {
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
