import { QuorumError } from "../errors.ts";
import { label, svgDocument } from "./document.ts";
import { coordinate, escaped, figure, fitted, widthOf } from "./text.ts";

/** A table of numbers for a heat map. Null: nothing can be said, or nothing can be promised. */
export interface HeatMap {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** One row of numbers, none negative, for each of `rows`. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What the numbers count. */
  readonly unit?: string;
  /** What null means; "none" by default. */
  readonly absent?: string;
}

/** Where the cells of a heat map stand, in pixels, and how dark they are, from 0 to 1; null where there is no number. */
export interface HeatLayout {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly {
    readonly row: number;
    readonly column: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly value: number | null;
    readonly shade: number | null;
  }[];
}

const top = 34;
const font = 11;

const finite = (value: number | null): number => (value !== null && Number.isFinite(value) ? value : 0);

/** The numbers of the table in words. */
function rangeOf({ values, unit }: HeatMap): string {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values.flat())
    if (value !== null) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (least > most) return "no numbers";
  return `from ${figure(least)} to ${figure(most)}${unit === undefined ? "" : ` ${unit}`}`;
}

const noteOf = (map: HeatMap): string => `${rangeOf(map)}; hatched: ${map.absent ?? "none"}`;

/**
 * The places of the cells, and how dark they are.
 *
 * @throws QuorumError `shape` if the table has not one number for each row and column, or a negative one.
 */
export function heatLayout(map: HeatMap): HeatLayout {
  const { title, rows, columns, values } = map;
  if (values.length !== rows.length)
    throw new QuorumError("shape", "values", `${rows.length} rows of numbers`, values.length);
  for (const row of values) {
    if (row.length !== columns.length)
      throw new QuorumError("shape", "row of values", `${columns.length} numbers`, row.length);
    const odd = row.find((value) => value !== null && !(value >= 0));
    if (odd !== undefined) throw new QuorumError("shape", "value", "a number of at least 0, or null", odd);
  }
  const left = Math.min(180, Math.max(40, ...rows.map((name) => widthOf(name, font))) + 12);
  const head = Math.min(130, Math.max(30, ...columns.map((name) => widthOf(name, font))) + 10);
  const cell = {
    width: columns.length > 30 ? 16 : columns.length > 12 ? 30 : 46,
    height: rows.length > 40 ? 16 : 26,
  };
  const most = values.flat().reduce<number>((best, value) => Math.max(best, finite(value)), 0);
  return {
    width: Math.max(
      left + columns.length * cell.width + 12,
      widthOf(title, 14) + 24,
      widthOf(noteOf(map), font) + 24,
    ),
    height: top + head + rows.length * cell.height + 34,
    cells: values.flatMap((row, r) =>
      row.map((value, c) => ({
        row: r,
        column: c,
        x: left + c * cell.width,
        y: top + head + r * cell.height,
        ...cell,
        value,
        shade: value === null ? null : most === 0 ? 0 : Math.min(1, value / most),
      })),
    ),
  };
}

function cellSvg(
  cell: HeatLayout["cells"][number],
  { rows, columns, unit, absent = "none" }: HeatMap,
): string {
  const { value, shade } = cell;
  const said = value === null ? absent : `${figure(value)}${unit === undefined ? "" : ` ${unit}`}`;
  const [x, y, w, h] = [cell.x + 0.5, cell.y + 0.5, cell.width - 1, cell.height - 1].map(coordinate);
  const fill =
    shade === null
      ? 'fill="url(#q-none)"'
      : `class="q-fill-alive" fill-opacity="${coordinate(0.06 + 0.94 * shade)}"`;
  const text = value === null ? "" : figure(value);
  const room = text !== "" && widthOf(text, font) <= cell.width - 2 && cell.height >= 14;
  const look = shade !== null && shade > 0.5 ? "q-on" : "";
  const number = room
    ? label(text, cell.x + cell.width / 2, cell.y + cell.height / 2 + 4, font, { look })
    : "";
  const title = escaped(`${rows[cell.row]} × ${columns[cell.column]}: ${said}`);
  return `<g><title>${title}</title><rect ${fill} x="${x}" y="${y}" width="${w}" height="${h}"/>${number}</g>`;
}

function namesSvg({ cells: [first] }: HeatLayout, { rows, columns }: HeatMap): readonly string[] {
  if (first === undefined) return [];
  const { x: left, y: head, width, height } = first;
  return [
    ...rows.map((name, at) =>
      label(fitted(name, left - 10, font), left - 6, head + (at + 0.5) * height + 4, font, { anchor: "end" }),
    ),
    ...columns.map((name, at) => {
      const [x, y] = [left + (at + 0.5) * width + 4, head - 6].map(coordinate);
      const text = label(fitted(name, head - top - 8, font), 0, 0, font, { anchor: "start" });
      return `<g transform="translate(${x} ${y}) rotate(-90)">${text}</g>`;
    }),
  ];
}

/**
 * A heat map: the darker, the larger; every cell that has room also says its number, and every cell in its tooltip.
 *
 * @example
 * heatMapSvg({ title: "Byzantine nodes to break a pair", rows: ["a", "b"], columns: ["a", "b"], values: [[2, 1], [1, null]] });
 * @throws QuorumError as `heatLayout`.
 */
export function heatMapSvg(map: HeatMap): string {
  const layout = heatLayout(map);
  const { title, rows, columns } = map;
  const description = `${rows.length} rows, ${columns.length} columns, ${rangeOf(map)}.`;
  return svgDocument({ title, description, width: layout.width, height: layout.height }, [
    label(title, 12, 22, 14, { anchor: "start" }),
    ...namesSvg(layout, map),
    ...layout.cells.map((cell) => cellSvg(cell, map)),
    label(noteOf(map), 12, layout.height - 10, font, { anchor: "start", look: "q-soft" }),
  ]);
}
