import type { Report, Table } from "./model.ts";

/** Rows under a head, in columns as wide as their widest cell; cells that are numbers stand right. */
export function tableText({ head, rows }: Table): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const numeric = head.map((_, at) => rows.every((row) => /^[-≥<]?[\d.,]*( %)?$/.test(row[at] ?? "")));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line).join("\n");
}

/** A report for a terminal: what matters first. */
export function reportText({ title, findings, sections, notices }: Report): string {
  const parts = [
    `${title}\n${"=".repeat([...title].length)}`,
    findings.map((line) => `* ${line}`).join("\n"),
    ...sections.map(({ title: name, lines, table }) =>
      [
        `${name}\n${"-".repeat(name.length)}`,
        ...lines,
        ...(table === undefined || table.rows.length === 0 ? [] : [tableText(table)]),
      ].join("\n"),
    ),
    ...(notices.length === 0 ? [] : [`Noticed while reading\n---------------------\n${notices.join("\n")}`]),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}
