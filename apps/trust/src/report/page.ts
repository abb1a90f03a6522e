import type { Picture, Report, Table } from "./model.ts";

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);

const style = `
:root { color-scheme: light dark; --ground: light-dark(#fff, #16181c); --text: light-dark(#1d2026, #e9e7e1); --quiet: light-dark(#5c6068, #a6a9b0); --line: light-dark(#d5d5d5, #3a3d42); }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--ground); color: var(--text); font: 16px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } p { margin: .25rem 0; } .quiet { color: var(--quiet); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left; } th { font-weight: 600; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; }
`;

const tableHtml = ({ head, rows }: Table): string =>
  rows.length === 0
    ? ""
    : `<div class="scroll"><table><thead><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join("")}</tr></thead><tbody>${rows
        .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`)
        .join("")}</tbody></table></div>`;

const pictureHtml = ({ title, svg }: Picture): string =>
  `<section><h2>${escaped(title)}</h2><figure>${svg}</figure></section>`;

/** A report as one HTML file, with its pictures, for a browser without network. */
export function reportPage({ title, findings, sections, notices, pictures }: Report): string {
  const told = sections.map(
    ({ title: name, lines, table }) =>
      `<section><h2>${escaped(name)}</h2>${lines.map((line) => `<p>${escaped(line)}</p>`).join("")}${table === undefined ? "" : tableHtml(table)}</section>`,
  );
  const noticed =
    notices.length === 0
      ? ""
      : `<section><h2>Noticed while reading</h2>${notices.map((line) => `<p class="quiet">${escaped(line)}</p>`).join("")}</section>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)}</h1><ul>${findings.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>
${pictures().map(pictureHtml).join("\n")}
${told.join("\n")}
${noticed}</body></html>
`;
}
