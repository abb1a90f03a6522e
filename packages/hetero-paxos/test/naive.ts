import type { LearnerGraph } from "@eunomia/engine";

/** A message as section 3 has it. Only 1a have a ballot of their own. */
export interface Message {
  readonly id: string;
  readonly ballot?: { readonly number: number; readonly value: string };
  readonly signer?: string;
  readonly prev?: string | null;
  readonly refs: readonly string[];
}

type Ballot = { readonly number: number; readonly value: string };
export const compare = (a: Ballot, b: Ballot): number =>
  a.number - b.number || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);

/** What a broken twin does otherwise. */
export interface Faults {
  readonly anyLabelBuries?: boolean;
  readonly everybodyApart?: boolean;
  readonly freshByBallot?: boolean;
  readonly caughtAsHp1?: boolean;
  readonly noGrowth?: boolean;
}

/**
 * The predicates of section 4 word by word, over all of a history: slow, and as plain as can be. The twin against which the
 * incremental evaluation is tested.
 */
export class Naive {
  readonly messages = new Map<string, Message>();
  readonly graph: LearnerGraph;
  readonly refute: boolean;
  readonly faults: Faults;
  readonly #memo = new Map<string, unknown>();
  constructor(graph: LearnerGraph, refute = false, faults: Faults = {}) {
    this.graph = graph;
    this.refute = refute;
    this.faults = faults;
  }

  add(message: Message): void {
    this.messages.set(message.id, message);
  }

  /** Forgets a message that turned out not to be well-formed. */
  remove(id: string): void {
    this.messages.delete(id);
    for (const key of this.#memo.keys()) if (key.split(" ").includes(id)) this.#memo.delete(key);
  }

  #once<A>(name: string, args: readonly string[], compute: () => A): A {
    const key = [name, ...args].join(" ");
    if (!this.#memo.has(key)) this.#memo.set(key, compute());
    return this.#memo.get(key) as A;
  }

  of(id: string): Message {
    return this.messages.get(id)!;
  }

  tran(x: string): ReadonlySet<string> {
    return this.#once("tran", [x], () => {
      const all = new Set([x]);
      for (const ref of this.of(x).refs) for (const one of this.tran(ref)) all.add(one);
      return all;
    });
  }

  kind(x: string): "1a" | "1b" | "2a" {
    const { ballot, refs } = this.of(x);
    if (ballot !== undefined) return "1a";
    return refs.some((ref) => this.of(ref).ballot !== undefined) ? "1b" : "2a";
  }

  get1a(x: string): Message {
    return this.#once("get1a", [x], () =>
      [...this.tran(x)]
        .map((y) => this.of(y))
        .filter(({ ballot }) => ballot !== undefined)
        .reduce((a, b) => (compare(b.ballot!, a.ballot!) > 0 ? b : a)),
    );
  }

  b = (x: string): Ballot => this.get1a(x).ballot!;
  value = (x: string): string => this.b(x).value;

  signed(x: string): Message[] {
    return [...this.tran(x)].map((y) => this.of(y)).filter(({ signer }) => signer !== undefined);
  }

  prevTran(x: string): string[] {
    const { prev } = this.of(x);
    return [x, ...(prev ? this.prevTran(prev) : [])];
  }

  caught(x: string): readonly string[] {
    return this.#once("caught", [x], () => {
      const signed = this.signed(x);
      const equivocates = (m: Message, w: Message) =>
        m.id !== w.id &&
        m.signer === w.signer &&
        (this.faults.caughtAsHp1
          ? !this.tran(m.id).has(w.id) && !this.tran(w.id).has(m.id)
          : m.prev === w.prev);
      const found = signed.filter((m) => signed.some((w) => equivocates(m, w))).map(({ signer }) => signer!);
      return [...new Set(found)].sort();
    });
  }

  con(a: string, x: string): readonly string[] {
    if (this.faults.everybodyApart) return [a];
    const caught = this.caught(x);
    const uncaught = this.graph.acceptors.filter((p) => !caught.includes(p));
    return this.graph.learners.filter((c) => this.graph.isSafeSet(a, c, uncaught));
  }

  /** Some 2a of the history, for learner `c`, is above `m` and has another value. */
  buried(c: string, m: string, x: string): boolean {
    return this.signed(x).some(
      ({ id: z }) =>
        this.kind(z) === "2a" &&
        (this.faults.anyLabelBuries || this.lrns(z).includes(c)) &&
        compare(this.b(z), this.b(m)) > 0 &&
        this.value(z) !== this.value(m),
    );
  }

  con2as(a: string, x: string): readonly string[] {
    return this.#once("con2as", [a, x], () =>
      this.signed(x)
        .filter(({ id: m, signer }) => m !== x && signer === this.of(x).signer && this.kind(m) === "2a")
        .map(({ id }) => id)
        .filter((m) =>
          this.lrns(m).some(
            (c) => this.con(a, x).includes(c) && !this.buried(c, m, x) && this.matters(a, c, m, x),
          ),
        )
        .sort(),
    );
  }

  /** Rule 8.4, over all sets: the votes of a signer that is caught bind whatever is refuted. */
  matters(a: string, c: string, m: string, x: string): boolean {
    const caught = this.caught(x);
    if (!this.refute || caught.includes(this.of(x).signer!)) return true;
    const gone = this.graph.acceptors.filter((p) =>
      this.signed(x).some(
        (y) =>
          y.signer === p &&
          compare(this.b(y.id), this.b(m)) > 0 &&
          !this.prevTran(y.id).some(
            (z) => this.kind(z) === "2a" && compare(this.b(z), this.b(m)) === 0 && this.lrns(z).includes(c),
          ),
      ),
    );
    const { acceptors } = this.graph;
    return Array.from({ length: 2 ** acceptors.length }, (_, mask) =>
      acceptors.filter((_, i) => mask & (1 << i)),
    )
      .filter((safe) => !safe.some((p) => caught.includes(p)) && this.graph.isSafeSet(a, c, safe))
      .some((safe) =>
        this.graph.isQuorum(
          c,
          acceptors.filter((p) => !(safe.includes(p) && gone.includes(p))),
        ),
      );
  }

  fresh(a: string, x: string): boolean {
    return this.#once("fresh", [a, x], () =>
      this.con2as(a, x).every((m) =>
        this.faults.freshByBallot ? compare(this.b(m), this.b(x)) === 0 : this.value(m) === this.value(x),
      ),
    );
  }

  q(a: string, x: string): readonly string[] {
    return this.#once("q", [a, x], () => {
      const fresh = this.signed(x).filter(
        ({ id: m }) => this.kind(m) === "1b" && compare(this.b(m), this.b(x)) === 0 && this.fresh(a, m),
      );
      return [...new Set(fresh.map(({ signer }) => signer!))].sort();
    });
  }

  lrns(x: string): readonly string[] {
    return this.#once("lrns", [x], () =>
      this.graph.learners.filter((a) => this.graph.isQuorum(a, this.q(a, x))),
    );
  }

  /** Of a message whose refs have all been delivered. */
  wellFormed(x: string): boolean {
    const { signer, prev, refs, ballot } = this.of(x);
    if (ballot !== undefined) return refs.length === 0;
    if (!this.graph.acceptors.includes(signer!) || refs.length === 0) return false;
    if (prev && !(refs.includes(prev) && this.of(prev).signer === signer)) return false;
    if (this.kind(x) === "1b")
      return this.signed(x).every(({ id: y }) => y === x || compare(this.b(y), this.b(x)) !== 0);
    const now = this.lrns(x);
    if (now.length === 0) return false;
    if (this.faults.noGrowth || !prev || this.kind(prev) !== "2a" || compare(this.b(prev), this.b(x)) !== 0)
      return true;
    const before = this.lrns(prev);
    return before.every((a) => now.includes(a)) && now.length > before.length;
  }

  /** Decisions that some of the messages make: learner, value and ballot number. */
  decisions(ids: Iterable<string>): { learner: string; value: string; number: number }[] {
    const votes = [...ids].filter((id) => this.kind(id) === "2a");
    return this.graph.learners.flatMap((learner) => {
      const named = votes.filter((id) => this.lrns(id).includes(learner));
      const ballots = new Map(named.map((id) => [`${this.b(id).number}:${this.value(id)}`, this.b(id)]));
      return [...ballots.values()].flatMap((ballot) => {
        const signers = named
          .filter((id) => compare(this.b(id), ballot) === 0)
          .map((id) => this.of(id).signer!);
        return this.graph.isQuorum(learner, signers) ? [{ learner, ...ballot }] : [];
      });
    });
  }
}
