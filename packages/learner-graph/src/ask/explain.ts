import type { LearnerId, NodeId } from "@eunomia/engine";
import { type Expr, print, quorumSystem } from "@eunomia/quorum-algebra";
import { pathBetween } from "../closure/path.ts";
import type { LearnerGraph } from "../graph.ts";
import type { Condition } from "../labels/compiled.ts";
import { acceptorNumbers } from "../model/build.ts";
import { printLabel } from "../model/label-text.ts";
import { ends } from "./worst.ts";

/**
 * Why two learners must agree, or need not, when these acceptors do not keep to the protocol: the path of labels that hold,
 * or each label on a shortest declared path with the part of it that failed. Text for people; one line per label.
 *
 * @example
 * explain(graph, "red", "blue", ["s1"]);
 * // red and blue need not agree when s1 is unsafe.
 * //   red - blue: s1 & s2 & s3 fails: it needs s1
 * @throws GraphError `unknown-learner`, `unknown-acceptor`.
 */
export function explain(graph: LearnerGraph, a: LearnerId, b: LearnerId, unsafe: Iterable<NodeId>): string {
  const { model, labels } = graph.inside;
  const [u, v] = ends(graph, a, b, "explain");
  const gone = acceptorNumbers(model, unsafe, "explain")
    .sort((x, y) => x - y)
    .map((index) => model.acceptors[index]!);
  const when =
    gone.length === 0
      ? "when everybody is safe"
      : `when ${gone.join(", ")} ${gone.length === 1 ? "is" : "are"} unsafe`;
  const pair = a === b ? `${a} and itself` : `${a} and ${b}`;
  const path = pathBetween(model, u, v, (label) => labels[label]!.holdsWithout(gone));
  if (path !== null) return [`${pair} must agree ${when}.`, ...alongPath(graph, path, gone)].join("\n");
  const declared = pathBetween(model, u, v, () => true);
  if (declared === null)
    return `${pair} never have to agree: ${a === b ? "no label" : "no path of labels"} is declared.`;
  return [`${pair} need not agree ${when}.`, ...alongPath(graph, declared, gone)].join("\n");
}

function alongPath(graph: LearnerGraph, path: readonly number[], gone: readonly NodeId[]): readonly string[] {
  const { model, labels } = graph.inside;
  const lines: string[] = [];
  for (let i = 1; i < path.length; i++) {
    const [low, high] = [path[i - 1]!, path[i]!].sort((x, y) => x - y);
    const edge = model.edges.findIndex((e) => e.a === low && e.b === high);
    const { between, label } = graph.edges[edge]!;
    const line = `  ${between.join(" - ")}: ${printLabel(label)} ${verdict(labels[model.edges[edge]!.label]!, gone)}`;
    if (!lines.includes(line)) lines.push(line);
  }
  return lines;
}

function verdict(label: Condition, gone: readonly NodeId[]): string {
  if (label.holdsWithout(gone)) return "holds";
  const unsafe = new Set(gone);
  const failed = failedPart(label.expr, unsafe);
  if (failed !== null) return `fails: it needs ${print(failed)}`;
  const short = label.shares.filter((share) => !share.holdsWithout(unsafe)).length;
  return `fails: ${short} of its conditions on stake ${short === 1 ? "does" : "do"} not hold`;
}

/** The first smallest part that fails: where all must hold, the one that does not. */
function failedPart(expr: Expr, unsafe: ReadonlySet<NodeId>): Expr | null {
  if (!fails(expr, unsafe)) return null;
  if (expr.t !== "thr" || expr.k < expr.of.length) return expr;
  for (const part of expr.of) {
    const failed = failedPart(part, unsafe);
    if (failed !== null) return failed;
  }
  return expr;
}

function fails(expr: Expr, unsafe: ReadonlySet<NodeId>): boolean {
  const system = quorumSystem(expr);
  return !system.has(system.members.filter((id) => !unsafe.has(id)));
}
