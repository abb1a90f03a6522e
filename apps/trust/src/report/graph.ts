import {
  criticalSets,
  describe,
  draftGraph,
  GraphError,
  type GraphInput,
  type LearnerGraph,
  type Loss,
  losses,
  terminationOf,
  validate,
  worstCase,
} from "@eunomia/learner-graph";
import type { Bounded } from "@eunomia/quorum-algebra";
import { dendrogramOrder, graphSvg, heatMapSvg } from "@eunomia/quorum-algebra/svg";
import type { Outcome, Picture, Report, Section } from "./model.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, several, told } from "./words.ts";

const promises = {
  published:
    "A learner with a live quorum of safe acceptors decides: the labels of each group are equal, and its quorums, too.",
  refute:
    "A learner with a live quorum of safe acceptors decides under the rule that refutes unlocks; quorums of a group differ.",
  none: "No termination can be promised.",
} as const;

/** Everything about a learner graph that a report tells. */
export function graphReport(name: string, input: GraphInput, tools: Tools): Report {
  const graph = draftGraph(input);
  const effort = () => ({ limits: limitsOf(tools), engines: tools.engines });
  const verdict = validate(graph, effort());
  const outcome: Outcome = verdict.holds === null ? "unknown" : verdict.holds ? "good" : "bad";
  const { learners, acceptors } = graph;
  const termination = terminationOf(graph, effort());
  const pairs = losses(graph, undefined, effort());
  return {
    title: `Trust graph of ${counted(learners.length, "learner")}: ${name}`,
    outcome,
    findings: [
      verdict.holds === null
        ? "Whether the graph is valid is not known within the limits: do not run a protocol on it."
        : verdict.holds
          ? "The graph is valid: whoever must agree can be made to."
          : `The graph is invalid: ${describe(verdict.witness)}.`,
      `If everybody is honest these must agree: ${groupsText(graph.connected([]))}.`,
      promises[termination.promise],
      ...(termination.warning === null ? [] : [`${termination.warning}.`]),
    ],
    sections: [
      {
        title: "Graph",
        lines: [
          `${counted(learners.length, "learner")} (${several(learners)}), ${counted(acceptors.length, "acceptor")}, ${counted(graph.edges.length, "declared edge")}.`,
        ],
      },
      pairsSection(graph, pairs, tools),
    ],
    notices: [],
    data: { learners, acceptors, verdict, groups: graph.connected([]), termination, pairs },
    pictures: () => graphPictures(graph, pairs, tools),
  };
}

/** Groups of learners that must agree among each other. */
export const groupsText = (groups: readonly (readonly string[])[]): string =>
  groups.map((group) => `{${group.join(", ")}}`).join(" ") || "nobody";

/** What is certain: whoever relies on it is not disappointed. */
const certain = (answer: Bounded<number>): number => (answer.kind === "exact" ? answer.value : answer.low);

function pairsSection(graph: LearnerGraph, pairs: readonly Loss[], tools: Tools): Section {
  const rows = pairs.map(({ a, b, label, widest }) => {
    const effort = { limits: limitsOf(tools), engines: tools.engines };
    const { nodes } = worstCase(graph, a, b, undefined, effort);
    const who = certain(label) === 0 || nodes === null ? "-" : several(nodes, 5);
    return [a === b ? `${a} with itself` : `${a} and ${b}`, told(label), told(widest), who];
  });
  return {
    title: "Pairs",
    lines: [
      "How many acceptors must be unsafe until the two need not agree any more (0: they never must), how many until their quorums can disagree, and who ends the agreement.",
    ],
    table: { head: ["learners", "promised until", "possible until", "such as"], rows },
  };
}

const setsMax = 2000;

function graphPictures(graph: LearnerGraph, pairs: readonly Loss[], tools: Tools): readonly Picture[] {
  const { learners } = graph;
  const drawn = pairs.filter(({ label, widest }) => certain(label) > 0 || certain(widest) > 0);
  const accurate = new Set(graph.connected([]).flat());
  const trust = {
    learners: learners.map((id) => ({ id, accurate: accurate.has(id) })),
    edges: drawn.map(({ a, b, label }) => ({ a, b, breaks: certain(label) > 0 ? certain(label) : null })),
    unit: "acceptors",
  };
  const at = new Map(learners.map((id, index) => [id, index]));
  const values = learners.map(() => new Array<number | null>(learners.length).fill(null));
  for (const { a, b, label } of pairs) {
    const [i, j] = [at.get(a)!, at.get(b)!];
    values[i]![j] = values[j]![i] = certain(label) > 0 ? certain(label) : null;
  }
  const order = dendrogramOrder(values);
  const names = order.map((i) => learners[i]!);
  const title = "Acceptors that must be unsafe until a pair need not agree";
  const heat = heatMapSvg({
    title,
    rows: names,
    columns: names,
    values: order.map((i) => order.map((j) => values[i]![j]!)),
    unit: "acceptors",
    absent: "never must agree",
  });
  return [
    { name: "trust", title: "Who must agree, and until when", svg: graphSvg(trust) },
    { name: "pairs", title, svg: heat },
    ...criticalPicture(graph, drawn, tools),
  ];
}

/** Which acceptors the pairs hang on: in what part of the minimal sets that end an agreement each is. */
function criticalPicture(graph: LearnerGraph, pairs: readonly Loss[], tools: Tools): readonly Picture[] {
  const columns: { readonly name: string; readonly sets: readonly (readonly string[])[] }[] = [];
  for (const { a, b, label } of pairs) {
    if (certain(label) === 0) continue;
    try {
      const limits = { ...limitsOf(tools), maxCount: setsMax };
      const { sets } = criticalSets(graph, a, b, { limits, engines: tools.engines });
      if (sets.length > 0) columns.push({ name: a === b ? a : `${a} - ${b}`, sets });
    } catch (error) {
      // Labels of stake with several alternatives have no list of sets.
      if (!(error instanceof GraphError && error.code === "meets")) throw error;
    }
  }
  const rows = graph.acceptors.filter((id) =>
    columns.some(({ sets }) => sets.some((set) => set.includes(id))),
  );
  if (rows.length === 0) return [];
  const title = "In what part of the minimal sets that end an agreement each acceptor is, in %";
  const svg = heatMapSvg({
    title,
    rows,
    columns: columns.map(({ name }) => name),
    values: rows.map((id) =>
      columns.map(({ sets }) => (100 * sets.filter((set) => set.includes(id)).length) / sets.length),
    ),
    unit: "%",
  });
  return [{ name: "acceptors", title, svg }];
}
