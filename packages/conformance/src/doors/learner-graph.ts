import type { LearnerGraph, LearnerId, NodeId } from "@eunomia/engine";
import { must, mustEqual, show } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { SeededRandom } from "../support/random.ts";

/** Any learner graph. All sets of its acceptors are asked about if they are at most eight, else some by chance. */
export interface LearnerGraphSubject {
  /** A fresh one: what was asked of another must not show. */
  make(): LearnerGraph;
}

const allUpTo = 8;
const sampled = 200;
const strangers = ["", "nobody", "stranger"];

/** Sets of acceptors: all of them, or the empty one, the whole one and others of every size. */
function setsOf({ acceptors }: LearnerGraph): NodeId[][] {
  const pick = (chosen: (i: number) => boolean): NodeId[] => acceptors.filter((_, i) => chosen(i));
  if (acceptors.length <= allUpTo)
    return Array.from({ length: 2 ** acceptors.length }, (_, set) => pick((i) => ((set >> i) & 1) === 1));
  const random = new SeededRandom(acceptors.length);
  const some = Array.from({ length: sampled }, (_, i) => pick(() => random.chance(i / sampled)));
  return [[], [...acceptors], ...some];
}

const pairsOf = ({ learners }: LearnerGraph): (readonly [LearnerId, LearnerId])[] =>
  learners.flatMap((a) => learners.map((b) => [a, b] as const));

/** Answers of a graph to everything that can be asked about one set. */
function answers(graph: LearnerGraph, set: Iterable<NodeId>): unknown {
  const once = [...set];
  return [
    graph.learners.map((learner) => graph.isQuorum(learner, once)),
    pairsOf(graph).map(([a, b]) => graph.isSafeSet(a, b, once)),
    graph.connected(once),
  ];
}

const ordered = "acceptors and learners are listed in ascending order, each once";
function lists(subject: LearnerGraphSubject): void {
  const { acceptors, learners } = subject.make();
  for (const names of [acceptors, learners])
    must(
      ordered,
      names.every((name, i) => i === 0 || names[i - 1]! < name),
      () => show(names),
    );
}

const upward = "more members never take anything away";
function monotone(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  for (const set of setsOf(graph))
    for (const more of graph.acceptors) {
      if (set.includes(more)) continue;
      const wider = [...set, more];
      for (const learner of graph.learners)
        must(
          upward,
          !graph.isQuorum(learner, set) || graph.isQuorum(learner, wider),
          () => `${show(set)} is a quorum of ${learner}, and with ${more} it is not`,
        );
      for (const [a, b] of pairsOf(graph))
        must(
          upward,
          !graph.isSafeSet(a, b, set) || graph.isSafeSet(a, b, wider),
          () => `${show(set)} is a safe set of ${a} and ${b}, and with ${more} it is not`,
        );
    }
}

const mutual = "if a must agree with b, then b with a";
function symmetric(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  for (const set of setsOf(graph))
    for (const [a, b] of pairsOf(graph))
      mustEqual(
        mutual,
        graph.isSafeSet(b, a, set),
        graph.isSafeSet(a, b, set),
        `${show(set)} for ${b} and ${a}`,
      );
}

const closed = "if a must agree with b, and b with c, then a with c";
function transitive(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  for (const set of setsOf(graph))
    for (const [a, b] of pairsOf(graph)) {
      if (!graph.isSafeSet(a, b, set)) continue;
      for (const c of graph.learners)
        must(
          closed,
          !graph.isSafeSet(b, c, set) || graph.isSafeSet(a, c, set),
          () => `${show(set)} makes ${a} agree with ${b}, and ${b} with ${c}, but not ${a} with ${c}`,
        );
    }
}

const grouped = "connected lists who must agree when everybody else is safe, in ascending order";
function partition(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  for (const caught of setsOf(graph)) {
    const safe = graph.acceptors.filter((id) => !caught.includes(id));
    const groups: LearnerId[][] = [];
    for (const learner of graph.learners) {
      if (!graph.isSafeSet(learner, learner, safe)) continue;
      const group = groups.find(([first]) => graph.isSafeSet(first!, learner, safe));
      if (group === undefined) groups.push([learner]);
      else group.push(learner);
    }
    mustEqual(grouped, graph.connected(caught), groups, `connected(${show(caught)})`);
  }
}

const sets = "a set is a set: order and repetition do not matter, and it is read once";
function asSets(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  for (const set of setsOf(graph)) {
    const expected = answers(graph, set);
    const backwards = [...set].reverse();
    mustEqual(sets, answers(graph, backwards), expected, `${show(backwards)}`);
    mustEqual(sets, answers(graph, [...set, ...set]), expected, `${show(set)} twice`);
    const once = (): Iterable<NodeId> => new Set(set).values();
    const [first] = graph.learners;
    if (first === undefined) continue;
    const read = [
      graph.isQuorum(first, once()),
      graph.isSafeSet(first, first, once()),
      graph.connected(once()),
    ];
    const listed = [graph.isQuorum(first, set), graph.isSafeSet(first, first, set), graph.connected(set)];
    mustEqual(sets, read, listed, `${show(set)} as an iterator`);
  }
}

const unknown = "nodes that are no acceptors count for nothing";
function outsiders(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  const others = strangers.filter((name) => !graph.acceptors.includes(name));
  for (const set of setsOf(graph))
    mustEqual(unknown, answers(graph, [...others, ...set]), answers(graph, set), `${show(set)} and others`);
}

const forgetful = "an answer follows from the graph and the question alone";
function noMemory(subject: LearnerGraphSubject): void {
  const used = subject.make();
  const all = setsOf(used);
  for (const set of all) answers(used, set);
  for (const set of [...all].reverse().slice(0, 64))
    mustEqual(
      forgetful,
      answers(used, set),
      answers(subject.make(), set),
      `${show(set)} after other questions`,
    );
}

const valid = "all quorums of two learners that must agree meet in what makes them agree";
function meeting(subject: LearnerGraphSubject): void {
  const graph = subject.make();
  const all = setsOf(graph);
  const random = new SeededRandom(all.length);
  for (const safe of all)
    for (const [a, b] of pairsOf(graph)) {
      if (!graph.isSafeSet(a, b, safe)) continue;
      for (const quorum of all) {
        if (all.length > 64 && !random.chance(64 / all.length)) continue;
        if (!graph.isQuorum(a, quorum)) continue;
        const rest = graph.acceptors.filter((id) => !(quorum.includes(id) && safe.includes(id)));
        must(
          valid,
          !graph.isQuorum(b, rest),
          () => `${show(quorum)} of ${a} and ${show(rest)} of ${b} share nobody of ${show(safe)}`,
        );
      }
    }
}

/** Any `LearnerGraph`. The feature `valid` is for graphs that a protocol may run on. */
export const learnerGraphCases: readonly Case<LearnerGraphSubject>[] = [
  { name: "names are listed in order", clause: ordered, run: lists },
  { name: "everything is monotone", clause: upward, run: monotone },
  { name: "agreement is symmetric", clause: mutual, run: symmetric },
  { name: "agreement is transitive: labels are closed", clause: closed, run: transitive },
  { name: "connected is the partition by agreement", clause: grouped, run: partition },
  { name: "sets are sets", clause: sets, run: asSets },
  { name: "unknown names count for nothing", clause: unknown, run: outsiders },
  { name: "nothing is remembered", clause: forgetful, run: noMemory },
  { name: "quorums of learners that must agree meet", clause: valid, needs: "valid", run: meeting },
];
