import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Lines over a common axis. A null is a gap. */
export interface Chart {
  readonly title: string;
  readonly x: { readonly label: string; readonly values: readonly number[]; readonly scale?: "log" | "time" };
  readonly y: { readonly label: string; readonly scale?: "log" };
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  /** Moments worth a mark, on the axis of `x`. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
}

export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** A page that needs nothing beside itself. The first row of a table is its head. */
export interface Page {
  readonly title: string;
  readonly lead: readonly string[];
  readonly parts: readonly (Chart | Table)[];
}

const files = createRequire(import.meta.url);
/** The library that draws, to be put into a page: it defines `uPlot`. */
export const chartLibrary = (): { readonly script: string; readonly css: string } => ({
  script: readFileSync(files.resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
  css: readFileSync(files.resolve("uplot/dist/uPlot.min.css"), "utf8"),
});

/** Text for HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);

/** Colours that readers with any sight tell apart, on light and on dark ground. */
const colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

/** The style that the pages of this program have in common. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c1c1c; --quiet: #5d5d5d; --line: #d5d5d5; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --text: #e8e8e8; --quiet: #a3a3a3; --line: #3a3d42; } }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--ground); color: var(--text); font: 16px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } p { margin: .25rem 0; } .quiet { color: var(--quiet); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; }
`;

const tableHtml = ({ title, rows: [head = [], ...rows] }: Table): string =>
  `<section><h2>${escaped(title)}</h2><div class="scroll"><table><thead><tr>${head
    .map((cell) => `<th>${escaped(cell)}</th>`)
    .join("")}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`)
    .join("")}</tbody></table></div></section>`;

/** Drawn in the page, when it is loaded, by {@link draw}. */
const chartHtml = ({ title }: Chart, at: number): string =>
  `<section><h2>${escaped(title)}</h2><div id="chart-${at}" class="chart" role="img" aria-label="${escaped(title)}"></div></section>`;

/** Runs in the page. Everything it needs is in its arguments and in `uPlot`. */
const draw = `
(charts, colours) => {
  const style = getComputedStyle(document.documentElement);
  const text = style.getPropertyValue("--text"), line = style.getPropertyValue("--line");
  for (const [at, { x, y, lines, marks = [] }] of charts) {
    const place = document.getElementById("chart-" + at);
    const axis = (label) => ({ label, stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line } });
    const plot = new uPlot({
      width: place.clientWidth, height: 280,
      scales: { x: { time: x.scale === "time", distr: x.scale === "log" ? 3 : 1 }, y: { distr: y.scale === "log" ? 3 : 1 } },
      axes: [axis(x.label), { ...axis(y.label), size: 70 }],
      series: [{ label: x.label }, ...lines.map(({ label }, i) => ({
        label, stroke: colours[i % colours.length], width: 2, spanGaps: true, points: { show: x.values.length < 60, size: 6 },
      }))],
      hooks: { draw: [(u) => {
        u.ctx.save();
        u.ctx.strokeStyle = text; u.ctx.fillStyle = text; u.ctx.font = "12px system-ui"; u.ctx.setLineDash([4, 4]);
        marks.forEach(({ at, label }, i) => {
          const left = u.valToPos(at, "x", true);
          u.ctx.beginPath(); u.ctx.moveTo(left, u.bbox.top); u.ctx.lineTo(left, u.bbox.top + u.bbox.height); u.ctx.stroke();
          u.ctx.fillText(label, left + 4, u.bbox.top + 14 + (i % 4) * 14);
        });
        u.ctx.restore();
      }] },
    }, [x.values, ...lines.map(({ values }) => values)], place);
    addEventListener("resize", () => plot.setSize({ width: place.clientWidth, height: 280 }));
  }
}`;

const isChart = (part: Chart | Table): part is Chart => "lines" in part;

/** Data in a script, which must not be able to end it. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** One HTML file with tables and plots, for a browser without network. */
export function pageHtml({ title, lead, parts }: Page): string {
  const charts = [...parts.entries()].filter(([, part]) => isChart(part));
  const body = parts.map((part, at) => (isChart(part) ? chartHtml(part, at) : tableHtml(part))).join("\n");
  const { script, css } = chartLibrary();
  const scripts =
    charts.length === 0
      ? ""
      : `<script>${script}</script><script>(${draw})(${json(charts)}, ${json(colours)});</script>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${css}${style}</style></head>
<body><h1>${escaped(title)}</h1>${lead.map((line) => `<p class="quiet">${escaped(line)}</p>`).join("")}
${body}
${scripts}</body></html>
`;
}
