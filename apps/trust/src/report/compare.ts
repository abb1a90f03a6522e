import { describe, diff, draftGraph, type GraphInput } from "@eunomia/learner-graph";
import {
  crashTolerance,
  cut,
  type Expr,
  entails,
  readWriteIntersection,
  support,
  type Verdict,
} from "@eunomia/quorum-algebra";
import {
  intersection,
  type Smallest,
  smallestBlockingSet,
  smallestSplittingSet,
} from "@eunomia/quorum-algebra/federated";
import { cheapestSplittingSet } from "@eunomia/quorum-algebra/sets";
import { type ChainsOptions, chainsReport } from "./chains.ts";
import type { Report, Section } from "./model.ts";
import { type NetworkView, networkView } from "./network-view.ts";
import { quorumPicture } from "./quorums.ts";
import type { Subject } from "./read.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, several, told, toldCount } from "./words.ts";

/** Two things that cannot be laid beside each other. */
export class Incomparable extends Error {
  readonly code = "kinds";
  constructor(left: Subject, right: Subject) {
    super(`compare expected two of one kind, got ${words[left.kind]} and ${words[right.kind]}`);
    this.name = "Incomparable";
  }
}

const words = { quorums: "quorums", network: "a network", stake: "stake", graph: "a trust graph" } as const;

/** What two files can agree on, and what changed from the first to the second. @throws Incomparable */
export function compareReport(left: Subject, right: Subject, options: ChainsOptions, tools: Tools): Report {
  const notices = [...left.notices, ...right.notices];
  if (left.kind === "stake" && right.kind === "stake") {
    const report = chainsReport([left.set, right.set], options, tools);
    return { ...report, notices: [...report.notices, ...notices] };
  }
  if (left.kind === "quorums" && right.kind === "quorums")
    return { ...systems([left.name, left.expr], [right.name, right.expr], tools), notices };
  if (left.kind === "network" && right.kind === "network")
    return {
      ...networks([left.name, networkView(left.network)], [right.name, networkView(right.network)], tools),
      notices,
    };
  if (left.kind === "graph" && right.kind === "graph")
    return { ...graphs([left.name, left.input], [right.name, right.input], tools), notices };
  throw new Incomparable(left, right);
}

const yes = ({ holds }: Verdict<unknown>): string => (holds === null ? "unknown" : holds ? "yes" : "no");

function systems(
  [one, left]: readonly [string, Expr],
  [two, right]: readonly [string, Expr],
  tools: Tools,
): Report {
  const { engines } = tools;
  const meet = readWriteIntersection(left, right, limitsOf(tools));
  const split = cheapestSplittingSet(left, right, undefined, limitsOf(tools), engines);
  const forth = entails(left, right, limitsOf(tools), engines);
  const back = entails(right, left, limitsOf(tools), engines);
  const figures = (expr: Expr): readonly string[] => [
    String(support(expr).length),
    told(crashTolerance(expr, limitsOf(tools))),
    told(cut(expr, undefined, limitsOf(tools), engines).cost),
    told(cheapestSplittingSet(expr, undefined, undefined, limitsOf(tools), engines).cost),
  ];
  return {
    title: `${one} and ${two}`,
    outcome: meet.holds === null ? "unknown" : meet.holds ? "good" : "bad",
    findings: [
      meet.holds === null
        ? "Whether quorums of the two always meet is not known within the limits: do not rely on it."
        : meet.holds
          ? `Every quorum of the one meets every quorum of the other; ${toldCount(split.cost, "lying node")} can make the two disagree${split.nodes === null ? "" : `, such as ${several(split.nodes)}`}.`
          : `The two can disagree though everybody is honest: ${several(meet.witness.phase1Quorum)} for ${one}, ${several(meet.witness.phase2Quorum)} for ${two}.`,
      forth.holds === true && back.holds === true
        ? "Both have the same quorums."
        : `Every quorum of ${one} is one of ${two}: ${yes(forth)}. Every quorum of ${two} is one of ${one}: ${yes(back)}.`,
    ],
    sections: [
      changes("Nodes", support(left), support(right), (id) => id),
      {
        title: "Figures",
        lines: [],
        table: {
          head: ["", "nodes", "may stop", "halt it", "split it by lying"],
          rows: [
            [one, ...figures(left)],
            [two, ...figures(right)],
          ],
        },
      },
    ],
    notices: [],
    data: { meet, split, forth, back },
    pictures: () => [
      { ...quorumPicture(left), name: "quorums-1", title: one },
      { ...quorumPicture(right), name: "quorums-2", title: two },
    ],
  };
}

function changes(
  title: string,
  left: readonly string[],
  right: readonly string[],
  name: (id: string) => string,
): Section {
  const [before, after] = [new Set(left), new Set(right)];
  const gone = left.filter((id) => !after.has(id)).map(name);
  const came = right.filter((id) => !before.has(id)).map(name);
  return {
    title,
    lines: [
      `${left.length - gone.length} are in both.`,
      `Only in the first (${gone.length}): ${several(gone)}.`,
      `Only in the second (${came.length}): ${several(came)}.`,
    ],
  };
}

const size = (found: Smallest<unknown>): string =>
  found.kind === "exact"
    ? String(found.size)
    : found.kind === "bounds"
      ? `≥ ${found.low}`
      : found.kind === "none"
        ? "none"
        : "unknown";

function networks(
  [one, left]: readonly [string, NetworkView],
  [two, right]: readonly [string, NetworkView],
  tools: Tools,
): Report {
  const { engines } = tools;
  const verdicts = [left, right].map(({ system }) => intersection(system, limitsOf(tools), engines).kind);
  const groups = ({ core, names }: NetworkView): readonly string[] =>
    [...new Set(core.ids.map((id) => names.groupOf(id)))].sort();
  const row = (name: string, { system, core, names }: NetworkView, at: number): readonly string[] => {
    const byGroup = { groupBy: (id: string) => names.groupOf(id) };
    return [
      name,
      String(system.ids.length),
      String(core.ids.length),
      verdicts[at]!,
      size(smallestSplittingSet(core, {}, limitsOf(tools), engines)),
      size(smallestSplittingSet(core, byGroup, limitsOf(tools), engines)),
      size(smallestBlockingSet(system, {}, limitsOf(tools), engines)),
      size(smallestBlockingSet(system, byGroup, limitsOf(tools), engines)),
    ];
  };
  const rows = [row(one, left, 0), row(two, right, 1)];
  const nameOf = (id: string): string => (right.core.ids.includes(id) ? right : left).names.of(id);
  const changed = (what: string, column: number): string =>
    rows[0]![column] === rows[1]![column]
      ? `${what}: ${rows[1]![column]}, as before.`
      : `${what}: ${rows[1]![column]}, before ${rows[0]![column]}.`;
  return {
    title: `${one} and ${two}: what changed`,
    outcome: verdicts[1] === "intersects" ? "good" : verdicts[1] === "unknown" ? "unknown" : "bad",
    findings: [
      changed("Quorums", 3),
      changed("Organisations that it takes to split it, by lying", 5),
      changed("Organisations that it takes to halt it", 7),
      `${counted(right.core.ids.length, "node")} in the core, before ${left.core.ids.length}.`,
    ],
    sections: [
      changes("Organisations of the core", groups(left), groups(right), (name) => name),
      changes("Nodes of the core", left.core.ids, right.core.ids, nameOf),
      {
        title: "Figures",
        lines: [
          "Sizes of the smallest sets that split the core by lying, and that halt it: nodes, organisations.",
        ],
        table: {
          head: ["", "nodes", "core", "quorums", "split", "by organisation", "halt", "by organisation"],
          rows,
        },
      },
    ],
    notices: [],
    data: { verdicts, rows },
    pictures: () => [],
  };
}

function graphs(
  [one, left]: readonly [string, GraphInput],
  [two, right]: readonly [string, GraphInput],
  tools: Tools,
): Report {
  const effort = { limits: limitsOf(tools), engines: tools.engines };
  const [before, after] = [draftGraph(left), draftGraph(right)];
  const { learners, pairs, newlyInvalid } = diff(before, after, undefined, effort);
  const rows = pairs.map(({ a, b, change, before: was, after: is }) => [
    a === b ? `${a} with itself` : `${a} and ${b}`,
    change,
    told(was),
    told(is),
  ]);
  const ended = pairs.filter(({ after: is }) => is.kind === "exact" && is.value === 0);
  return {
    title: `${one} and ${two}: what changed`,
    outcome: newlyInvalid.length > 0 || ended.length > 0 ? "bad" : "good",
    findings: [
      ...newlyInvalid.map((witness) => `Invalid now: ${describe(witness)}.`),
      `Agreement of ${counted(pairs.length, "pair")} changed; ${ended.length} need not agree any more.`,
      `Learners that came: ${several(learners.added)}; that went: ${several(learners.removed)}; with other quorums: ${several(learners.changed)}.`,
    ],
    sections: [
      {
        title: "Pairs",
        lines: [
          "The label before and after, and how many acceptors must be unsafe until the two need not agree.",
        ],
        table: { head: ["learners", "label", one, two], rows },
      },
    ],
    notices: [],
    data: { learners, pairs, newlyInvalid },
    pictures: () => [],
  };
}
