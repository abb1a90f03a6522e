import type { LearnerGraph } from "@eunomia/engine";
import type { Message } from "./naive.ts";
import { pick } from "./random.ts";

type Roll = (n: number) => number;

/** Whoever judges new messages: takes a well-formed one, and says no to others. */
export interface Judge {
  take(message: Message): boolean;
}

interface Acceptor {
  readonly id: string;
  readonly known: Set<string>;
  recent: Set<string>;
  prev: string | null;
}

/**
 * Grows one history: honest acceptors follow section 5 under any order of delivery, `unsafe` ones fork, skip their last
 * messages, cite what they like, and break the rules. Stale and repeated ballots are opened all along.
 */
export class Growth {
  readonly messages: Message[] = [];
  readonly acceptors: readonly Acceptor[];
  readonly #unsafe: ReadonlySet<string>;
  readonly #roll: Roll;
  readonly #judge: Judge;
  #opened = 0;
  readonly #taken = new Set<string>();
  #count = 0;

  constructor(graph: LearnerGraph, unsafe: Iterable<string>, roll: Roll, judge: Judge) {
    this.#unsafe = new Set(unsafe);
    this.#roll = roll;
    this.#judge = judge;
    this.acceptors = graph.acceptors.map((id) => ({ id, known: new Set(), recent: new Set(), prev: null }));
  }

  #take(message: Message): boolean {
    if (this.#taken.has(message.id) || !this.#judge.take(message)) return false;
    this.#taken.add(message.id);
    this.messages.push(message);
    return true;
  }

  open(number: number, value: string): void {
    this.#take({ id: `1a@${number}${value}`, ballot: { number, value }, refs: [] });
  }

  /** Messages that an acceptor could deliver now. */
  #deliverable({ known }: Acceptor): Message[] {
    return this.messages.filter(({ id, refs }) => !known.has(id) && refs.every((ref) => known.has(ref)));
  }

  /** One message in, at most one out. */
  deliver(acceptor: Acceptor, message: Message): void {
    const { known } = acceptor;
    known.add(message.id);
    const id = `${acceptor.id}.${++this.#count}`;
    const refs = [...new Set([...acceptor.recent, message.id])];
    if (this.#take({ id, signer: acceptor.id, prev: acceptor.prev, refs })) {
      acceptor.prev = id;
      acceptor.recent = new Set([id]);
      known.add(id);
    } else if (message.ballot === undefined) acceptor.recent.add(message.id);
  }

  #stray(signer: string): void {
    const roll = this.#roll;
    const own = this.messages.filter((message) => message.signer === signer);
    const foreign = this.messages.filter((message) => message.signer !== undefined);
    const kind = roll(12);
    let prev: string | null = own.at(-1)?.id ?? null;
    if (kind < 5) prev = own.length === 0 || roll(4) === 0 ? null : pick(roll, own).id;
    if (kind === 11 && foreign.length > 0) prev = pick(roll, foreign).id;
    const refs = new Set(Array.from({ length: 1 + roll(4) }, () => pick(roll, this.messages).id));
    if (prev !== null && kind !== 10) refs.add(prev);
    this.#take({ id: `${signer}.${++this.#count}`, signer, prev, refs: kind === 9 ? [] : [...refs] });
  }

  step(): void {
    const roll = this.#roll;
    if (this.messages.length === 0 || roll(9) === 0) {
      this.open(Math.max(1, ++this.#opened - roll(3)), pick(roll, ["A", "B", "C"]));
      return;
    }
    const acceptor = pick(roll, this.acceptors);
    if (this.#unsafe.has(acceptor.id) && roll(3) > 0) {
      this.#stray(acceptor.id);
      return;
    }
    const open = this.#deliverable(acceptor);
    if (open.length > 0) this.deliver(acceptor, pick(roll, open));
  }
}
