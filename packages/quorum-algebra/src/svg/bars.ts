import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { label, svgDocument } from "./document.ts";
import { coordinate, counted, escaped, figure, fitted } from "./text.ts";

/** How much of what a node can do is asked of it. */
export interface LoadBar {
  readonly id: NodeId;
  readonly label?: string;
  /** Asked of the node, in the unit of `capacity`; not negative. */
  readonly load: number;
  /** What it can do; without it the bar has no ground. */
  readonly capacity?: number;
}

/** Bars of a picture of loads. */
export interface LoadBars {
  readonly title: string;
  readonly bars: readonly LoadBar[];
  readonly unit?: string;
  /** Bars that are drawn at most, 60 by default: the fullest; how many are left out is said. */
  readonly maxBars?: number;
}

const height = 20;
const left = 150;
const length = 380;
const top = 40;

/** How full: without a capacity, the load itself. */
const fullness = ({ load, capacity }: LoadBar): number =>
  capacity === undefined
    ? load
    : capacity === 0
      ? load > 0
        ? Number.POSITIVE_INFINITY
        : 0
      : load / capacity;

/**
 * Bars of load against capacity, in the order given; a bar beyond its capacity is hatched.
 *
 * @example
 * loadBarsSvg({ title: "Load", bars: [{ id: "a", load: 0.6, capacity: 1 }, { id: "b", load: 0.4, capacity: 1 }] });
 * @throws QuorumError `shape` for a negative load or capacity.
 */
export function loadBarsSvg({ title, bars, unit, maxBars = 60 }: LoadBars): string {
  for (const { id, load, capacity = 0 } of bars)
    if (!(load >= 0 && capacity >= 0))
      throw new QuorumError(
        "shape",
        `load of ${id}`,
        "load and capacity of at least 0",
        Math.min(load, capacity),
      );
  const fullest = new Set([...bars].sort((a, b) => fullness(b) - fullness(a)).slice(0, maxBars));
  const shown = bars.filter((bar) => fullest.has(bar));
  const most = Math.max(...shown.map(({ load, capacity = 0 }) => Math.max(load, capacity)), 0) || 1;
  const to = (value: number): number => (value / most) * length;
  const suffix = unit === undefined ? "" : ` ${unit}`;
  const rows = shown.map((bar, at) => {
    const { id, load, capacity } = bar;
    const y = top + at * height;
    const over = fullness(bar) > 1 && capacity !== undefined;
    const rect = (look: string, value: number): string =>
      `<rect ${look} x="${left}" y="${y + 2}" width="${coordinate(to(value))}" height="${height - 5}"/>`;
    const share = capacity === undefined || capacity === 0 ? "" : ` (${(fullness(bar) * 100).toFixed(0)} %)`;
    const said = capacity === undefined ? figure(load) : `${figure(load)} of ${figure(capacity)}`;
    const name = bar.label ?? id;
    return [
      `<g><title>${escaped(`${name}: ${said}${suffix}${share}`)}</title>`,
      label(fitted(name, left - 16, 11), left - 8, y + 14, 11, { anchor: "end" }),
      capacity === undefined ? "" : rect('class="q-ground"', capacity),
      rect(over ? 'fill="url(#q-lies)"' : 'class="q-fill-alive"', load),
      label(`${said}${share}`, left + to(Math.max(load, capacity ?? 0)) + 6, y + 14, 10, {
        anchor: "start",
        look: "q-soft",
      }),
      "</g>",
    ].join("");
  });
  const rest = bars.length - shown.length;
  const note = rest === 0 ? "" : `${counted(rest, "node")} with less load not drawn`;
  const fullestBar = shown.reduce<LoadBar | null>(
    (best, bar) => (best === null || fullness(bar) > fullness(best) ? bar : best),
    null,
  );
  const description =
    fullestBar === null
      ? "No nodes."
      : `${counted(bars.length, "node")}; the fullest is ${fullestBar.label ?? fullestBar.id} with ${figure(fullestBar.load)}${suffix}.`;
  const sheet = { title, description, width: left + length + 130, height: top + shown.length * height + 24 };
  return svgDocument(sheet, [
    label(title + (unit === undefined ? "" : `, ${unit}`), 12, 22, 14, { anchor: "start" }),
    ...rows,
    label(note, left, sheet.height - 8, 11, { anchor: "start", look: "q-soft" }),
  ]);
}
