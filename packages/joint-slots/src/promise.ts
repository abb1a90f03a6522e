import { draftGraph, type LearnerGraph, type ValidGraph, whatIf } from "@eunomia/learner-graph";
import { JointError, type NoAgreement } from "./errors.ts";

/**
 * Two chains of which the graph promises no agreement, even when everybody is safe: joint blocks would not be on both or neither
 * of them. Every two chains of a group need an edge, since one settles by what the other has done.
 *
 * @returns null: all of them must agree.
 * @throws GraphError for a chain that the graph does not have.
 */
export function agreementProblem(graph: LearnerGraph, chains: readonly string[]): NoAgreement | null {
  const all = graph.acceptors;
  for (const [i, a] of chains.entries())
    for (const b of chains.slice(i + 1)) {
      if (graph.isSafeSet(a, b, all)) continue;
      const pair = whatIf(graph, {}).pairs.find(
        (one) => [one.a, one.b].sort().join() === [a, b].sort().join(),
      );
      const { disagreement } = pair!;
      if (disagreement.can !== true) return { a, b, quorums: null };
      const quorums = [disagreement.qa, disagreement.qb] as const;
      return { a, b, quorums: pair!.a === a ? quorums : [quorums[1], quorums[0]] };
    }
  return null;
}

/**
 * What is wrong with a graph that is to follow another one. Chains change at heights of their own, so for a while quorums of one chain
 * under the old terms settle with those of another one under the new terms: these have to meet too. For the answer of `terms`.
 *
 * @returns null: they meet when everybody is safe. How many may fail, `worstCase` of either graph says only of that graph.
 * @throws GraphError for a chain that a graph does not have.
 * @example
 * const terms = (bytes: Uint8Array) => successionProblem(graph, graphOf(bytes), ["red", "blue"]) === null;
 */
export function successionProblem(
  before: LearnerGraph,
  after: LearnerGraph,
  chains: readonly string[],
): NoAgreement | null {
  const problem = agreementProblem(after, chains);
  if (problem !== null) return problem;
  for (const a of chains)
    for (const b of chains) {
      if (a === b) continue;
      const quorums = { old: before.quorums.get(a)!.expr, new: after.quorums.get(b)!.expr };
      const { disagreement } = whatIf(draftGraph({ learners: quorums, edges: [] }), {}).pairs.find(
        (pair) => pair.a !== pair.b,
      )!;
      // In ascending order of names the new one comes first.
      if (disagreement.can === true) return { a, b, quorums: [disagreement.qb, disagreement.qa] };
    }
  return null;
}

/** The graph of a group of chains: what can be promised of it. */
export interface JointPromise {
  /** By chain: acceptors that stand in a quorum of it. Each of them must follow all of its chains. */
  readonly validators: Readonly<Record<string, readonly string[]>>;
  /** By acceptor: the chains that it must follow. */
  readonly follows: Readonly<Record<string, readonly string[]>>;
  /** What the graph says about joint slots that come to no end by themselves; null: they do. */
  readonly warning: string | null;
}

/**
 * Refuses a graph up front of which no agreement can be promised, and says who has to follow which chain.
 *
 * @throws JointError `no-agreement` with the witness.
 * @example
 * jointPromise(graph, ["red", "blue"]).follows.s1; // ["blue", "red"]
 */
export function jointPromise(graph: ValidGraph, chains: readonly string[]): JointPromise {
  const stranger = chains.find((chain) => !graph.learners.includes(chain));
  if (stranger !== undefined)
    throw new JointError("chain", "chains", `learners of the graph (${graph.learners.join(", ")})`, stranger);
  const problem = agreementProblem(graph, chains);
  if (problem !== null) throw refusal(problem);
  const names = [...chains].sort();
  const validators = Object.fromEntries(names.map((chain) => [chain, graph.quorums.get(chain)!.members]));
  const follows = Object.fromEntries(
    graph.acceptors.map((acceptor) => [
      acceptor,
      names.filter((chain) => validators[chain]!.includes(acceptor)),
    ]),
  );
  return { validators, follows, warning: graph.termination.warning ?? null };
}

function refusal(witness: NoAgreement): JointError {
  const { a, b, quorums } = witness;
  const set = (ids: readonly string[]): string => `{${ids.join(", ")}}`;
  const why =
    quorums === null
      ? "no label that ever holds. Add an edge, such as meets(a, b)"
      : `quorums without a common member: ${set(quorums[0])} and ${set(quorums[1])}. Make them overlap`;
  return new JointError("no-agreement", "graph", `an edge between ${a} and ${b}`, why, witness);
}
