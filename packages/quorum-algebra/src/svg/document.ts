import { coordinate, escaped } from "./text.ts";

/**
 * Colours after Okabe and Ito, which readers with any sight tell apart: for light ground and for dark. Whatever a colour says
 * is said by shape or pattern, too.
 */
const palette: Readonly<Record<string, readonly [string, string]>> = {
  paper: ["#ffffff", "#16181c"],
  ink: ["#1d2026", "#e9e7e1"],
  soft: ["#5c6068", "#a6a9b0"],
  line: ["#c9ccd1", "#454a53"],
  ground: ["#f3f4f6", "#20242a"],
  alive: ["#0072b2", "#56b4e9"],
  good: ["#007a59", "#2fc497"],
  bad: ["#c04a00", "#ff9152"],
  gold: ["#a06c00", "#e6b23c"],
  rose: ["#a8507f", "#d98fb9"],
};

const hue = (name: string): readonly [string, string] => palette[name]!;

/** One declaration for readers that know `light-dark`, after one for those that do not. */
const coloured = (property: string, name: string): string => {
  const [light, dark] = hue(name);
  return `${property}:${light};${property}:light-dark(${light},${dark})`;
};

const rules: readonly (readonly [string, string])[] = [
  [".q-svg:root", "color-scheme:light dark"],
  [".q-svg text", `font-family:ui-sans-serif,system-ui,sans-serif;stroke:none;${coloured("fill", "ink")}`],
  [".q-svg .q-soft", coloured("fill", "soft")],
  [".q-svg .q-paper", coloured("fill", "paper")],
  [".q-svg .q-on", coloured("fill", "paper")],
  [".q-svg .q-rule", `fill:none;${coloured("stroke", "line")}`],
  ...["alive", "good", "bad", "gold", "rose", "ink", "soft"].flatMap((name) => [
    [`.q-svg .q-fill-${name}`, coloured("fill", name)] as const,
    [`.q-svg .q-line-${name}`, `fill:none;${coloured("stroke", name)}`] as const,
  ]),
  [
    ".q-svg .q-halo",
    `paint-order:stroke;stroke-width:4px;stroke-linejoin:round;${coloured("stroke", "paper")}`,
  ],
  [".q-svg .q-ground", `${coloured("fill", "ground")};${coloured("stroke", "line")}`],
];

const style = rules.map(([selector, body]) => `${selector}{${body}}`).join("\n");

/** Patterns: slanting lines for what may lie, crossed ones for what is down, dots for what is shared. */
const patterns = [
  `<pattern id="q-lies" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="q-fill-bad" width="6" height="6"/><rect class="q-paper" width="2.5" height="6"/></pattern>`,
  `<pattern id="q-down" width="7" height="7" patternUnits="userSpaceOnUse"><path class="q-line-soft" d="M0 0 L7 7 M7 0 L0 7"/></pattern>`,
  `<pattern id="q-shared" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="q-fill-gold" width="6" height="6" fill-opacity="0.55"/><rect class="q-paper" width="1.5" height="6" fill-opacity="0.8"/></pattern>`,
  `<pattern id="q-none" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="q-fill-soft" width="1" height="8" fill-opacity="0.5"/></pattern>`,
].join("");

/** The frame of a picture. */
export interface Sheet {
  /** What the picture shows, in a few words: its text alternative, and its tooltip. */
  readonly title: string;
  /** The same content in words, for whoever does not see it. */
  readonly description: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A whole SVG file; it may also be put into an HTML page, whose `color-scheme` it then follows. */
export function svgDocument({ title, description, width, height }: Sheet, body: readonly string[]): string {
  const [w, h] = [coordinate(width), coordinate(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="q-svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    `<style>${style}</style><defs>${patterns}</defs>`,
    `<rect class="q-paper" width="${w}" height="${h}"/>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

/** A text element. `anchor`: which end of the text stands at `x`. */
export function label(
  text: string,
  x: number,
  y: number,
  size: number,
  {
    anchor = "middle",
    look = "",
  }: { readonly anchor?: "start" | "middle" | "end"; readonly look?: string } = {},
): string {
  const classes = look === "" ? "" : ` class="${look}"`;
  return `<text${classes} x="${coordinate(x)}" y="${coordinate(y)}" font-size="${coordinate(size)}" text-anchor="${anchor}">${escaped(text)}</text>`;
}
