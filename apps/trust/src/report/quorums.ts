import {
  crashTolerance,
  cut,
  type Expr,
  isReadOnce,
  type Limits,
  print,
  readWriteIntersection,
  size,
  support,
} from "@eunomia/quorum-algebra";
import { birnbaum } from "@eunomia/quorum-algebra/probability";
import {
  cheapestSplittingSet,
  countMinimalBlockingSets,
  countMinimalQuorums,
} from "@eunomia/quorum-algebra/sets";
import { expressionSvg, type NodeState } from "@eunomia/quorum-algebra/svg";
import { chancePicture, chanceRows, chanceSection } from "./chances.ts";
import { loadPart } from "./load.ts";
import { type Outcome, type Picture, type Report, type Section, worst } from "./model.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, percent, several, told, toldCount } from "./words.ts";

/** Everything about one system of quorums that a report tells. */
export function quorumsReport(name: string, expr: Expr, tools: Tools): Report {
  const limits = (): Limits => limitsOf(tools);
  const nodes = support(expr);
  const meet = readWriteIntersection(expr, expr, limits());
  const crashes = crashTolerance(expr, limits());
  const halting = cut(expr, undefined, limits(), tools.engines);
  const splitting = cheapestSplittingSet(expr, undefined, undefined, limits(), tools.engines);
  const quorums = countMinimalQuorums(expr, limits());
  const blocking = countMinimalBlockingSets(expr, limits());
  const rows = chanceRows(expr, tools);
  const load = loadPart(expr, nodes.length, tools);
  const shape = size(expr);
  const outcome: Outcome = meet.holds === null ? "unknown" : meet.holds ? "good" : "bad";
  return {
    title: `Quorums of ${counted(nodes.length, "node")}: ${name}`,
    outcome: worst([outcome, splitting.cost.kind === "exact" ? "good" : "unknown"]),
    findings: [
      meet.holds === null
        ? "It is not known whether all quorums meet: do not rely on it."
        : meet.holds
          ? "All quorums meet: two of them can only disagree through nodes that lie."
          : `Quorums need not meet: ${several(meet.witness.phase1Quorum)} and ${several(meet.witness.phase2Quorum)} can decide differently though everybody is honest.`,
      ...(meet.holds === true && splitting.nodes !== null
        ? [
            `${toldCount(splitting.cost, "lying node")} can make quorums disagree, such as ${several(splitting.nodes)}.`,
          ]
        : []),
      ...(halting.nodes === null
        ? ["No set of nodes can stop it."]
        : [
            `Any ${toldCount(crashes, "node")} may stop; ${counted(halting.nodes.length, "node")} can halt it: ${several(halting.nodes)}.`,
          ]),
    ],
    sections: [
      {
        title: "System",
        lines: [
          `${counted(nodes.length, "node")}, ${counted(shape.gates, "gate")}; ${isReadOnce(expr) ? "every node is named once" : "some nodes are named several times"}.`,
          `Minimal quorums: ${told(quorums)}. Minimal sets that halt it: ${told(blocking)}.`,
          ...(print(expr).length <= 400 ? [print(expr)] : []),
        ],
      },
      chanceSection(rows, "node"),
      importance(expr, tools),
      ...(load === null ? [] : [load.section]),
    ],
    notices: [],
    data: {
      expression: print(expr),
      nodes,
      meet,
      crashes,
      halting,
      splitting,
      quorums,
      blocking,
      chances: rows,
      load: load?.answer ?? null,
    },
    pictures: () => [quorumPicture(expr), chancePicture(rows), ...[load?.picture() ?? []].flat()],
  };
}

/** An expression as nested circles. */
export function quorumPicture(
  expr: Expr,
  more: {
    readonly states?: ReadonlyMap<string, NodeState>;
    readonly names?: ReadonlyMap<string, string>;
    readonly groups?: ReadonlyMap<string, string>;
  } = {},
): Picture {
  return { name: "quorums", title: "What a quorum is", svg: expressionSvg(expr, more) };
}

/** Which node matters most to whether a quorum answers. */
function importance(expr: Expr, tools: Tools): Section {
  const answer = birnbaum(expr, 0.01, limitsOf(tools));
  const title = "Who matters";
  if (answer.kind === "unknown") return { title, lines: ["Not known within the limit of effort."] };
  const found = answer.kind === "exact" ? answer.value : answer.high;
  const rows = [...found].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 15);
  return {
    title,
    lines: ["The chance that it alone decides whether a quorum answers, if every node fails with 1 %."],
    table: { head: ["node", "chance"], rows: rows.map(([id, value]) => [id, percent(value)]) },
  };
}
