import type { Expr } from "@eunomia/quorum-algebra";
import { bestStrategy, figuresOf, type LoadAnswer, type LoadQuestion } from "@eunomia/quorum-algebra/load";
import { loadBarsSvg } from "@eunomia/quorum-algebra/svg";
import type { Picture, Section } from "./model.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { percent } from "./words.ts";

/** Larger systems are asked about only by those who want to know. */
const nodesMax = 2000;

/** How busy the busiest node is at best, when every operation asks one quorum. */
export interface LoadPart {
  readonly answer: LoadAnswer;
  readonly section: Section;
  /** Null without a strategy. */
  picture(): Picture | null;
}

/** The load of quorums that serve reads and writes alike; null for systems that are too large to ask without being told to. */
export function loadPart(expr: Expr, nodes: number, tools: Tools): LoadPart | null {
  if (nodes > nodesMax) return null;
  const question: LoadQuestion = { reads: expr, writes: expr, readFraction: 0.5 };
  const answer = bestStrategy(question, tools.engines, limitsOf(tools));
  const title = "Load";
  if (!("strategy" in answer)) {
    const reason = answer.kind === "impossible" ? "There is no quorum." : "Not known within the limits.";
    return { answer, section: { title, lines: [reason] }, picture: () => null };
  }
  const figures = figuresOf(question, answer.strategy);
  const value =
    answer.kind === "exact"
      ? percent(answer.value)
      : `from ${percent(answer.low)} to ${percent(answer.value)}`;
  const picture = (): Picture => {
    const bars = figures.nodes.map(([id, load]) => ({ id, load: 100 * load, capacity: 100 }));
    const heading = "Share of operations that ask each node, in %";
    return { name: "load", title: heading, svg: loadBarsSvg({ title: heading, bars }) };
  };
  const lines = [
    `With the best strategy the busiest node takes part in ${value} of all operations; an operation asks ${Number(figures.network.toPrecision(3))} nodes on average.`,
  ];
  return { answer, section: { title, lines }, picture };
}
