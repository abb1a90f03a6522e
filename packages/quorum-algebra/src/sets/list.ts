import type { NodeId } from "@eunomia/engine";
import type { Limits, Method } from "../answers.ts";
import type { Engines } from "../engines.ts";
import type { Quorums } from "../expressions/expr.ts";
import { Budget, running, withinLimits } from "../limits.ts";
import { type Cursor, cursorOf } from "./cursor.ts";
import { generateJointly } from "./joint.ts";
import { isPlain, type Part } from "./parts.ts";
import { blockingQuestion, type Question, quorumQuestion, splittingQuestion } from "./questions.ts";
import { searchMinimal } from "./search.ts";

/** Results of diagrams, and five times the steps of a search, unless `maxSteps` says otherwise: about a second. */
export const maxStepsDefault = 5_000_000;
/** Vectors of counts per class that a search goes through rather than to ask a solver once for every set. */
const vectorsMax = 200_000;

/** What a listing says when it ends. */
export interface Listed {
  /** Sets that were given. */
  readonly count: number;
  /** Whether they are all; false: a limit was reached. */
  readonly complete: boolean;
  readonly method: Method;
}

/**
 * Sets of nodes one by one, ids ascending, each once. Made while they are taken: stopping early costs nothing more. The value
 * returned at the end says whether they are all; `collect` gives it together with the sets. Asking the same question again
 * gives the same sets in the same order, whatever the order in which the nodes were written.
 */
export type Sets = Generator<readonly NodeId[], Listed, undefined>;

/**
 * The minimal quorums: quorums without a member to spare.
 *
 * Where the parts of the system share no nodes the sets are put together from those of the parts ("product form"); parts that
 * share nodes go through a decision diagram. When that grows too large, they are searched for by counts per class of
 * interchangeable nodes; where those counts are many and `engines.sat` is given, the solver generates quorums and blocking sets jointly.
 *
 * `maxCount` and the clock count for what is listed, `maxSteps` (5 000 000 by default) only for
 * the search (5 each) and for results of diagrams.
 *
 * @example
 * [...minimalQuorums(parse("a & (b | c)"))]; // [["a", "b"], ["a", "c"]]
 */
export function minimalQuorums(quorums: Quorums, limits: Limits = {}, engines: Engines = {}): Sets {
  return listSets(quorumQuestion(quorums), limits, engines);
}

/**
 * The minimal blocking sets: those that hit every quorum, so that nothing is decided while all of their members are silent.
 * They are the minimal quorums of the dual, and listed as those are.
 *
 * @example
 * [...minimalBlockingSets(parse("a & (b | c)"))]; // [["a"], ["b", "c"]]
 */
export function minimalBlockingSets(quorums: Quorums, limits: Limits = {}, engines: Engines = {}): Sets {
  return listSets(blockingQuestion(quorums), limits, engines);
}

/**
 * The minimal splitting sets: if all members of one are Byzantine, a quorum of `left` and a quorum of `right` can decide
 * differently. With one system left and right are the same. The empty set alone: there are disjoint quorums already. No
 * set at all: one of the systems has no quorum. Listed as minimal quorums are, from parts where both systems divide their
 * nodes alike.
 *
 * @example
 * [...minimalSplittingSets(majority(["a", "b", "c"]))]; // [["a"], ["b"], ["c"]]
 */
export function minimalSplittingSets(
  left: Quorums,
  right: Quorums = left,
  limits: Limits = {},
  engines: Engines = {},
): Sets {
  return listSets(splittingQuestion(left, right, limits, engines), limits, engines);
}

/**
 * All sets of a listing at once, with what it said at the end.
 *
 * @example
 * collect(minimalQuorums(parse("a | b"), { maxCount: 1 }));
 * // { sets: [["a"]], count: 1, complete: false, method: "product form" }
 */
export function collect(listing: Sets): Listed & { readonly sets: readonly (readonly NodeId[])[] } {
  const sets: (readonly NodeId[])[] = [];
  for (;;) {
    const { done, value } = listing.next();
    if (done === true) return { sets, ...value };
    sets.push(value);
  }
}

type Source = Generator<readonly number[] | Int32Array, boolean, undefined>;

function* listSets(question: Question, limits: Limits, engines: Engines): Sets {
  const work = new Budget(limits, maxStepsDefault);
  const pace = new Budget({ ...limits, maxSteps: Infinity }, Infinity);
  const { ids } = question.universe;
  const { method, source } = sourceOf(question, work, running(limits), engines);
  const ended = (count: number, complete: boolean): Listed => ({ count, complete, method });
  for (let count = 0; ; count++) {
    const next = withinLimits(() => source.next());
    if (next === null) return ended(count, false);
    if (next.done === true) return ended(count, next.value);
    // One set more than asked for is looked at, to know whether there are more.
    if (count === (limits.maxCount ?? Infinity) || !pace.spend()) return ended(count, false);
    yield named(next.value, ids);
  }
}

function named(set: readonly number[] | Int32Array, ids: readonly NodeId[]): readonly NodeId[] {
  const names = new Array<NodeId>(set.length);
  for (let i = 0; i < set.length; i++) names[i] = ids[set[i]!]!;
  return names;
}

function sourceOf(
  question: Question,
  work: Budget,
  remaining: () => Limits,
  engines: Engines,
): { readonly method: Method; readonly source: Source } {
  const part = withinLimits(() => question.parts(work));
  if (part !== null) {
    const method = methodOf(part);
    const cursor = withinLimits(() => cursorOf(part));
    if (cursor !== null) return { method, source: throughCursor(part, cursor, question.universe.ids.length) };
  }
  const classes = question.classes();
  const vectors = classes.reduce((product, members) => product * (members.length + 1), 1);
  if (engines.sat === undefined || vectors <= vectorsMax)
    return { method: "search", source: searchMinimal(classes, question.oracle, work) };
  const count = question.universe.ids.length;
  return {
    method: "joint generation",
    source: generateJointly(count, question.oracle, engines.sat, work, remaining),
  };
}

/** How a question is answered from its parts. */
export function methodOf(part: Part): Method {
  if (part.t === "const") return "constant";
  return isPlain(part) ? "product form" : "decision diagram";
}

function* throughCursor(part: Part, cursor: Cursor, count: number): Source {
  if (part.t === "const" && !part.v) return true;
  const buffer = new Int32Array(count);
  cursor.first();
  do yield ascending(buffer.subarray(0, cursor.write(buffer, 0)));
  while (cursor.next());
  return true;
}

/** Sorts in place; parts come almost in order, so few steps are needed. */
function ascending(set: Int32Array): Int32Array {
  for (let i = 1; i < set.length; i++) {
    const index = set[i]!;
    let at = i;
    for (; at > 0 && set[at - 1]! > index; at--) set[at] = set[at - 1]!;
    set[at] = index;
  }
  return set;
}
