import type { LearnerGraph, LearnerId, NodeId } from "@eunomia/engine";
import type { Twin } from "../../support/case.ts";
import type { LearnerGraphSubject } from "../learner-graph.ts";

type Fault =
  | "unsorted"
  | "exact"
  | "heads"
  | "strangers"
  | "one-way"
  | "unclosed"
  | "no-self"
  | "lonely"
  | "swapped"
  | "groups-unsorted"
  | "remembers"
  | "reads-twice"
  | "narrow";

/** So many of some nodes. */
type Count = readonly [k: number, of: readonly NodeId[]];

const red = ["r", "s1", "s2", "s3"];
const blue = ["b", "s1", "s2", "s3"];
/** Two chains that share validators, one that follows the second, and one that need not even agree with itself. */
const quorums: Readonly<Record<LearnerId, Count>> = {
  red: [3, red],
  blue: [3, blue],
  alone: [1, ["r", "b"]],
  green: [4, blue],
};
const edges: readonly (readonly [LearnerId, LearnerId, Count])[] = [
  ["red", "red", [3, red]],
  ["red", "blue", [3, ["s1", "s2", "s3"]]],
  ["blue", "blue", [3, blue]],
  ["blue", "green", [4, blue]],
];

/** Learners that a set of safe nodes joins, by a path of edges. */
function joined(holds: (count: Count) => boolean, from: LearnerId, fault?: Fault): Set<LearnerId> {
  const reached = new Set<LearnerId>();
  const alive = edges.filter(([, , count]) => holds(count));
  const next = (at: LearnerId): LearnerId[] =>
    alive.flatMap(([a, b]) => [...(a === at ? [b] : []), ...(b === at && fault !== "one-way" ? [a] : [])]);
  const open = next(from);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    if (fault !== "unclosed") open.push(...next(at));
  }
  return reached;
}

function toyGraph(fault?: Fault): LearnerGraph {
  const acceptors = fault === "unsorted" ? ["r", "b", "s1", "s2", "s3"] : ["b", "r", "s1", "s2", "s3"];
  const learners = Object.keys(quorums).sort();
  const everCaught = new Set<NodeId>();
  const counted = (set: Iterable<NodeId>): NodeId[] => (fault === "heads" ? [...set] : [...new Set(set)]);
  const holds =
    (set: readonly NodeId[]) =>
    ([k, of]: Count): boolean => {
      const found = set.filter((id) => of.includes(id) || (fault === "strangers" && !acceptors.includes(id)));
      return fault === "exact" ? found.length === k : found.length >= k - (fault === "narrow" ? 1 : 0);
    };
  const mustAgree = (a: LearnerId, b: LearnerId, safe: readonly NodeId[]): boolean =>
    fault === "no-self" && a === b
      ? edges.some(
          ([x, y, [k, of]]) => x === a && y === a && safe.filter((id) => of.includes(id)).length >= k,
        )
      : joined(([k, of]) => safe.filter((id) => of.includes(id)).length >= k, a, fault).has(b);
  return {
    acceptors,
    learners,
    isQuorum: (learner, set) => {
      if (fault === "reads-twice" && [...set].length === 0) return false;
      return holds(counted(set))(quorums[learner]!);
    },
    isSafeSet: (a, b, safe) => mustAgree(a, b, [...new Set(safe)]),
    connected(caught) {
      const named = [...caught];
      if (fault === "remembers") for (const id of named) everCaught.add(id);
      const out = fault === "remembers" ? [...everCaught] : named;
      const safe = acceptors.filter((id) => out.includes(id) === (fault === "swapped"));
      const groups: LearnerId[][] = [];
      for (const learner of learners) {
        if (!mustAgree(learner, learner, safe) && fault !== "lonely") continue;
        const group = groups.find(([first]) => mustAgree(first!, learner, safe));
        if (group === undefined) groups.push([learner]);
        else group.push(learner);
      }
      return fault === "groups-unsorted" ? groups.map((group) => group.reverse()) : groups;
    },
  };
}

const toy = (fault?: Fault): LearnerGraphSubject => ({ make: () => toyGraph(fault) });

/** A graph of four learners that passes with the feature `valid`. Not one to use. */
export const learnerGraphExample: LearnerGraphSubject = toy();

const twin = (name: Fault, fault: string): Twin<LearnerGraphSubject> => ({ name, fault, subject: toy(name) });

/** Each breaks one sentence of the door. */
export const learnerGraphTwins: readonly Twin<LearnerGraphSubject>[] = [
  twin("unsorted", "acceptors stand in the order in which they were named"),
  twin("exact", "a quorum with one member more is none"),
  twin("heads", "whoever is named twice counts twice"),
  twin("strangers", "whoever is not known counts"),
  twin("one-way", "an edge is looked up in one direction"),
  twin("unclosed", "only declared edges are looked at"),
  twin("no-self", "a learner that must agree with others need not agree with itself"),
  twin("lonely", "learners that need not agree with themselves are groups of their own"),
  twin("swapped", "connected takes those who were caught for those who are safe"),
  twin("groups-unsorted", "groups are listed backwards"),
  twin("remembers", "whoever was caught once is caught in every later question"),
  twin("reads-twice", "the set is gone through twice, so that an iterator comes up empty"),
  twin("narrow", "one vote fewer is a quorum, so that quorums need not meet"),
];
