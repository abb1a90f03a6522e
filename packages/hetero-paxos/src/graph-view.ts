import type { LearnerGraph, LearnerId, NodeId } from "@eunomia/engine";
import { type Bits, bitsOf, membersOf, noBits, without } from "./bits.ts";

/** Answers are kept until there are so many; then all are forgotten. They follow from the graph alone: a cache, not state. */
const answersMax = 4096;

/** One question of the graph with its answers so far, by the words of the set that was asked about. */
class Answers<A> {
  readonly #known = new Map<string, A>();
  readonly #ask: (set: Bits) => A;
  constructor(ask: (set: Bits) => A) {
    this.#ask = ask;
  }
  of(set: Bits): A {
    const key = set.length === 1 ? `${set[0]}` : set.join();
    let answer = this.#known.get(key);
    if (answer === undefined) {
      answer = this.#ask(set);
      if (this.#known.size >= answersMax) this.#known.clear();
      this.#known.set(key, answer);
    }
    return answer;
  }
}

/** A learner graph by number: acceptors and learners are their places in the ascending lists of the graph. */
export class GraphView {
  readonly acceptors: readonly NodeId[];
  readonly learners: readonly LearnerId[];
  readonly everybody: Bits;
  readonly nobody: Bits;
  readonly noLearner: Bits;
  readonly #acceptorIndex: ReadonlyMap<NodeId, number>;
  readonly #learnerIndex: ReadonlyMap<LearnerId, number>;
  readonly #quorums: readonly Answers<boolean>[];
  readonly #connected: Answers<readonly Bits[]>;
  readonly #graph: LearnerGraph;

  constructor(graph: LearnerGraph) {
    this.#graph = graph;
    this.acceptors = graph.acceptors;
    this.learners = graph.learners;
    this.everybody = bitsOf(this.acceptors.length, this.acceptors.keys());
    this.nobody = noBits(this.acceptors.length);
    this.noLearner = noBits(this.learners.length);
    this.#acceptorIndex = new Map(this.acceptors.map((id, i) => [id, i]));
    this.#learnerIndex = new Map(this.learners.map((id, i) => [id, i]));
    this.#quorums = this.learners.map(
      (learner) => new Answers((set) => graph.isQuorum(learner, this.names(set))),
    );
    this.#connected = new Answers((caught) => this.#connections(caught));
  }

  /** -1: no acceptor of this graph. */
  acceptor(id: NodeId): number {
    return this.#acceptorIndex.get(id) ?? -1;
  }

  /** -1: no learner of this graph. */
  learner(id: LearnerId): number {
    return this.#learnerIndex.get(id) ?? -1;
  }

  names(set: Bits): NodeId[] {
    return membersOf(set).map((i) => this.acceptors[i]!);
  }

  learnerNames(set: Bits): LearnerId[] {
    return membersOf(set).map((i) => this.learners[i]!);
  }

  isQuorum(learner: number, set: Bits): boolean {
    return this.#quorums[learner]!.of(set);
  }

  isSafeSet(a: number, b: number, safe: Bits): boolean {
    return this.#graph.isSafeSet(this.learners[a]!, this.learners[b]!, this.names(safe));
  }

  /** `Con` of section 4: per learner those that it must agree with still when the acceptors in `caught` were caught. */
  connected(caught: Bits): readonly Bits[] {
    return this.#connected.of(caught);
  }

  #connections(caught: Bits): readonly Bits[] {
    const connected = this.learners.map(() => this.noLearner);
    for (const group of this.#graph.connected(this.names(caught))) {
      const members = group.map((id) => this.learner(id));
      const bits = bitsOf(this.learners.length, members);
      for (const member of members) connected[member] = bits;
    }
    return connected;
  }

  /** The acceptors that are not in the set. */
  others(set: Bits): Bits {
    return without(this.everybody, set);
  }
}
