import type { NodeId } from "@eunomia/engine";
import { type Expr, exprOf, type Quorums } from "../expressions/expr.ts";
import { badgeOf } from "./expression-layout.ts";
import { graphLayout, type PicturedGraph } from "./learners.ts";
import { figure } from "./text.ts";

/** An expression as boxes and arrows: a shared subexpression, and a node named in several places, is one box. */
interface Boxes {
  readonly boxes: readonly { readonly id: string; readonly text: string; readonly gate: boolean }[];
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly text: string }[];
}

function boxesOf(expr: Expr, names: ReadonlyMap<NodeId, string>): Boxes {
  const boxes: { id: string; text: string; gate: boolean }[] = [];
  const arrows: { from: string; to: string; text: string }[] = [];
  const known = new Map<Expr | NodeId, string>();
  const visit = (each: Expr): string => {
    const key = each.t === "node" ? each.id : each;
    const before = known.get(key);
    if (before !== undefined) return before;
    const id = `q${known.size}`;
    known.set(key, id);
    const gate = each.t !== "node";
    boxes.push({ id, text: each.t === "node" ? (names.get(each.id) ?? each.id) : badgeOf(each), gate });
    if (each.t === "thr") for (const child of each.of) arrows.push({ from: id, to: visit(child), text: "" });
    if (each.t === "wthr")
      for (const [weight, child] of each.of)
        arrows.push({ from: id, to: visit(child), text: String(weight) });
    return id;
  };
  visit(expr);
  return { boxes, arrows };
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");

/** A string of the DOT language. */
const dotText = (text: string): string =>
  `"${oneLine(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** A quoted text of Mermaid: its signs are written as entities, `#` first. */
const mermaidText = (text: string): string =>
  `"${oneLine(text)
    .replaceAll("#", "#35;")
    .replace(/["<>&`|]/g, (mark) => `#${mark.charCodeAt(0)};`)}"`;

/** Readable names in texts of diagrams; the id otherwise. */
export interface DiagramOptions {
  readonly names?: ReadonlyMap<NodeId, string>;
}

/**
 * The expression in the DOT language of Graphviz: `dot -Tsvg`.
 *
 * @example
 * expressionDot(parse("a & b"));
 */
export function expressionDot(quorums: Quorums, { names = new Map() }: DiagramOptions = {}): string {
  const { boxes, arrows } = boxesOf(exprOf(quorums), names);
  return [
    "digraph quorums {",
    "  rankdir=TB; node [fontname=sans];",
    ...boxes.map(
      ({ id, text, gate }) => `  ${id} [label=${dotText(text)}, shape=${gate ? "box" : "ellipse"}];`,
    ),
    ...arrows.map(
      ({ from, to, text }) => `  ${from} -> ${to}${text === "" ? "" : ` [label=${dotText(text)}]`};`,
    ),
    "}\n",
  ].join("\n");
}

/**
 * The expression as a Mermaid flowchart, for Markdown.
 *
 * @example
 * expressionMermaid(parse("a & b"));
 */
export function expressionMermaid(quorums: Quorums, { names = new Map() }: DiagramOptions = {}): string {
  const { boxes, arrows } = boxesOf(exprOf(quorums), names);
  return [
    "flowchart TD",
    ...boxes.map(
      ({ id, text, gate }) => `  ${id}${gate ? `[${mermaidText(text)}]` : `(${mermaidText(text)})`}`,
    ),
    ...arrows.map(
      ({ from, to, text }) => `  ${from} -->${text === "" ? "" : `|${mermaidText(text)}|`} ${to}`,
    ),
    "",
  ].join("\n");
}

/** What stands at an edge. */
const edgeText = (breaks: number | null): string => (breaks === null ? "never" : figure(breaks));

/**
 * A learner graph in the DOT language.
 *
 * @throws QuorumError as `graphLayout`.
 */
export function graphDot(graph: PicturedGraph): string {
  const { learners, edges } = graphLayout(graph);
  return [
    "graph trust {",
    "  layout=circo; node [fontname=sans, shape=circle]; edge [fontname=sans];",
    ...learners.map(({ id, accurate }) => `  ${dotText(id)}${accurate === false ? " [style=dashed]" : ""};`),
    ...edges.map(({ a, b, breaks, width }) => {
      const look = breaks === null ? "style=dashed" : `penwidth=${figure(width)}`;
      return `  ${dotText(a)} -- ${dotText(b)} [label=${dotText(edgeText(breaks))}, ${look}];`;
    }),
    "}\n",
  ].join("\n");
}

/**
 * A learner graph as a Mermaid flowchart.
 *
 * @throws QuorumError as `graphLayout`.
 */
export function graphMermaid(graph: PicturedGraph): string {
  const { learners, edges } = graphLayout(graph);
  const ids = new Map(learners.map(({ id }, at) => [id, `l${at}`]));
  return [
    "flowchart LR",
    ...learners.map(({ id }) => `  ${ids.get(id)}((${mermaidText(id)}))`),
    ...edges.map(
      ({ a, b, breaks }) =>
        `  ${ids.get(a)} ${breaks === null ? "-.-" : "---"}|${mermaidText(edgeText(breaks))}| ${ids.get(b)}`,
    ),
    "",
  ].join("\n");
}
