import {
  type Arrow,
  type Box,
  boxHeight,
  letterText,
  type Scene,
  type Segment,
  sceneOf,
  wide,
} from "./layout.ts";
import { stepLine } from "./tell.ts";
import type { Story } from "./types.ts";

const header = 56;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[mark]!);

// Colours of the page, so that an exported picture is the picture that was seen.
const style = `
svg{--paper:#fbfaf7;--ink:#22252b;--soft:#6d7078;--line:#c9c7bf;--accent:#1f5f8b;--bad:#b3261e;--late:#8a6d1d;--box:#fff;font:12px ui-sans-serif,system-ui,sans-serif}
@media (prefers-color-scheme:dark){svg{--paper:#16181c;--ink:#e6e4de;--soft:#9a9ca3;--line:#41444c;--accent:#7fb8e0;--bad:#ff8a80;--late:#d9b95b;--box:#1f2228}}
text{fill:var(--ink)}.soft{fill:var(--soft)}.up{stroke:var(--line);stroke-width:2}.down{stroke:var(--bad);stroke-width:1;stroke-dasharray:1 7}
.unsynced{stroke:var(--accent);stroke-width:2.5;stroke-dasharray:2 4}.arrow{stroke:var(--accent);stroke-width:1.4;fill:none}
.late{stroke:var(--late);stroke-dasharray:9 4}.copy{stroke-dasharray:5 3}.lost{stroke:var(--bad);stroke-dasharray:3 3}.unseen{stroke:var(--soft);stroke-dasharray:1 3}.waiting{opacity:.45}
.name{font-size:11px;fill:var(--soft);paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.box{fill:var(--box);stroke:var(--line)}.crash .box,.recover .box{stroke:var(--bad)}.ignores text,.network text{fill:var(--soft)}
.loop{fill:var(--accent);opacity:.08}`;

const segmentSvg = ({ x, from, to, kind }: Segment): string =>
  `<line class="${kind}" x1="${x}" x2="${x}" y1="${from}" y2="${to}"/>`;

function arrowSvg(arrow: Arrow, title: string): string {
  const { x0, y0, x1, y1, style: look, text, tx, ty } = arrow;
  const head = look === "lost" ? "url(#cross)" : "url(#head)";
  return `<g><title>${escaped(title)}</title><line class="arrow ${look}" x1="${x0}" y1="${y0}" x2="${x1}" y2="${y1}" marker-end="${head}"/><text class="name" text-anchor="middle" x="${tx}" y="${ty - 4}">${escaped(text)}</text></g>`;
}

function boxSvg({ x, y, width, text, tone, step }: Box, title: string): string {
  return `<g class="${tone}"><title>${escaped(title)}</title><text class="soft" x="8" y="${y + 4}">${step + 1}</text><rect class="box" rx="4" x="${x - width / 2}" y="${y - boxHeight / 2}" width="${width}" height="${boxHeight}"/><text text-anchor="middle" x="${x}" y="${y + 4}">${escaped(text)}</text></g>`;
}

/**
 * A story as a sequence diagram: an SVG file of its own, light or dark as the reader's screen.
 *
 * @example
 * writeFileSync("story.svg", storySvg(story));
 */
export function storySvg(story: Story): string {
  const scene: Scene = sceneOf(story, wide);
  const width = scene.width + 12;
  const height = scene.height + header + 12;
  const lanes = story.lanes.map(({ id, engine }) => {
    const x = scene.laneX.get(id)!;
    return `<text x="${x}" y="30" text-anchor="middle" font-weight="600">${escaped(id)}</text><text class="soft" x="${x}" y="46" text-anchor="middle">${escaped(engine)}</text>`;
  });
  const loop =
    scene.loop === null
      ? ""
      : `<rect class="loop" x="0" width="${width}" y="${scene.loop.from}" height="${scene.loop.to - scene.loop.from}"/>`;
  const marker = (id: string, path: string): string =>
    `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="${path}" fill="none" stroke="context-stroke" stroke-width="1.6"/></marker>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(story.title)}</title><style>${style}</style>`,
    `<defs>${marker("head", "M2 1 L9 5 L2 9")}${marker("cross", "M2 1 L9 9 M9 1 L2 9")}</defs>`,
    `<rect width="100%" height="100%" fill="var(--paper)"/>`,
    ...lanes,
    `<g transform="translate(0 ${header})">${loop}`,
    ...scene.segments.map(segmentSvg),
    ...scene.arrows.map((arrow) => arrowSvg(arrow, letterText(story.letters[arrow.letter]!))),
    ...scene.boxes.map((box) => boxSvg(box, stepLine(story.steps[box.step]!))),
    "</g></svg>\n",
  ].join("\n");
}
