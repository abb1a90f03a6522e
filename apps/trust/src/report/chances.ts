import type { Answer, Quorums } from "@eunomia/quorum-algebra";
import { unavailability, unsafety } from "@eunomia/quorum-algebra/probability";
import { failureCurveSvg } from "@eunomia/quorum-algebra/svg";
import type { Picture, Section } from "./model.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { toldChance } from "./words.ts";

/** Chances of a node to fail that reports look at. */
export const chancesLooked: readonly number[] = [0.001, 0.003, 0.01, 0.03, 0.1];

/** What happens to a system when each node fails with the same chance, independently of the others. */
export interface ChanceRow {
  /** The chance of one node. */
  readonly node: number;
  /** The chance that no quorum answers, if `node` is the chance to stop. */
  readonly halts: Answer<number>;
  /** The chance that two quorums can be made to disagree, if `node` is the chance to be Byzantine. */
  readonly splits: Answer<number>;
}

/** One row per chance. */
export function chanceRows(
  quorums: Quorums,
  tools: Tools,
  nodes: readonly number[] = chancesLooked,
): readonly ChanceRow[] {
  return nodes.map((node) => ({
    node,
    halts: unavailability(quorums, node, limitsOf(tools)),
    splits: unsafety(quorums, node, limitsOf(tools)),
  }));
}

/** The rows as a part of a report. */
export function chanceSection(rows: readonly ChanceRow[], of = "validator"): Section {
  return {
    title: "Chances",
    lines: [`Every ${of} fails with the chance of the first column, independently of the others.`],
    table: {
      head: [`chance of one ${of}`, "no quorum answers", "two quorums can disagree, if it lies"],
      rows: rows.map(({ node, halts, splits }) => [
        `${Number((node * 100).toPrecision(3))} %`,
        toldChance(halts),
        toldChance(splits),
      ]),
    },
  };
}

const upper = (answer: Answer<number>): number | null =>
  answer.kind === "exact" ? answer.value : answer.kind === "bounds" ? answer.high : null;

/** The rows as curves; upper bounds where there are bounds. */
export function chancePicture(rows: readonly ChanceRow[]): Picture {
  const line = (label: string, of: (row: ChanceRow) => Answer<number>) => ({
    label,
    points: rows.flatMap((row): (readonly [number, number])[] => {
      const value = upper(of(row));
      return value === null ? [] : [[row.node, Math.min(1, value)]];
    }),
  });
  const title = "Nines against the chance that one node fails";
  const lines = [
    line("a quorum answers", ({ halts }) => halts),
    line("quorums agree", ({ splits }) => splits),
  ];
  return { name: "chances", title, svg: failureCurveSvg({ title, lines }) };
}
