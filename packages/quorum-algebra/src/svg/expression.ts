import type { Quorums } from "../expressions/expr.ts";
import { label, svgDocument } from "./document.ts";
import { type ExpressionOptions, type PackedCircle, packExpression } from "./expression-layout.ts";
import { coordinate, counted, escaped, fitted, widthOf } from "./text.ts";

const margin = 12;
const legendHeight = 34;

type Gate = PackedCircle & { readonly kind: "gate" };
type Leaf = PackedCircle & { readonly kind: "node" };

const circle = (c: PackedCircle, look: string, less = 0): string =>
  `<circle ${look} cx="${coordinate(c.x)}" cy="${coordinate(c.y)}" r="${coordinate(Math.max(0.5, c.r - less))}"/>`;

function gateTitle(gate: Gate): string {
  const verdict = gate.satisfied === null ? "" : gate.satisfied ? ", satisfied" : ", not satisfied";
  const name = gate.label === "" ? "" : `${gate.label}: `;
  return `${name}${gate.badge}${verdict}; ${counted(gate.nodes, "node")}`;
}

function gateSvg(gate: Gate): string {
  const ring =
    gate.satisfied === null
      ? 'class="q-line-soft" stroke-width="1.2"'
      : gate.satisfied
        ? 'class="q-line-good" stroke-width="2"'
        : 'class="q-line-bad" stroke-width="2" stroke-dasharray="6 4"';
  const inside =
    gate.closed && gate.r > 14
      ? label(fitted(counted(gate.nodes, "node"), gate.r * 1.8, 10), gate.x, gate.y + 4, 10)
      : "";
  return `<g><title>${escaped(gateTitle(gate))}</title>${circle(gate, 'class="q-fill-soft" fill-opacity="0.07"')}${circle(gate, ring)}${inside}</g>`;
}

const leafLook: Readonly<Record<string, string>> = {
  none: 'class="q-fill-alive" fill-opacity="0.75"',
  alive: 'class="q-fill-alive"',
  failed: 'fill="url(#q-down)"',
  byzantine: 'fill="url(#q-lies)"',
};
const leafRing: Readonly<Record<string, string>> = {
  failed: 'class="q-line-soft" stroke-width="1.4" stroke-dasharray="3 2"',
  byzantine: 'class="q-line-bad" stroke-width="2"',
};

function leafSvg(leaf: Leaf): string {
  const state = leaf.state ?? "none";
  const said = leaf.state === null ? "" : `, ${leaf.state === "byzantine" ? "Byzantine" : leaf.state}`;
  const again = leaf.places > 1 ? `, named in ${leaf.places} places` : "";
  const name = leaf.label === leaf.id ? leaf.id : `${leaf.label} (${leaf.id})`;
  const ring = leafRing[state] === undefined ? "" : circle(leaf, leafRing[state], 0.7);
  const twice =
    leaf.places > 1 && leaf.r > 6
      ? circle(leaf, 'class="q-rule" stroke-width="1.2" stroke-dasharray="2 2"', 3)
      : "";
  return `<g data-node="${escaped(leaf.id)}"><title>${escaped(name + said + again)}</title>${circle(leaf, leafLook[state]!)}${ring}${twice}${leafText(leaf)}</g>`;
}

function leafText(leaf: Leaf): string {
  const size = Math.min(13, leaf.r * 0.62);
  const text = size < 6.5 ? "" : fitted(leaf.label, leaf.r * 1.5, size);
  if (text === "") return "";
  // On a pattern the letters need ground of their own.
  if (leaf.state === "failed" || leaf.state === "byzantine") {
    const width = widthOf(text, size) + 4;
    const box = `<rect class="q-paper" fill-opacity="0.88" rx="2" x="${coordinate(leaf.x - width / 2)}" y="${coordinate(leaf.y - size * 0.7)}" width="${coordinate(width)}" height="${coordinate(size * 1.4)}"/>`;
    return box + label(text, leaf.x, leaf.y + size * 0.35, size);
  }
  return label(text, leaf.x, leaf.y + size * 0.35, size, { look: "q-on" });
}

/** On the rim, above everything: what the gate asks for, and whose it is if there is room. */
function badgeSvg(gate: Gate): string {
  if (gate.r < 16) return "";
  const size = Math.max(8.5, Math.min(14, gate.r / 7));
  const room = gate.r * 2;
  const short = gate.badge;
  const name = gate.label === "" ? "" : fitted(gate.label, room - widthOf(`${short} · `, size), size);
  const text = name === "" ? short : `${short} · ${name}`;
  if (widthOf(text, size) > room) return "";
  const width = widthOf(text, size) + 10;
  // A gate that fills the drawing keeps its badge inside.
  const y = Math.max(size * 0.85, gate.y - gate.r);
  const look = gate.satisfied === null ? "q-line-soft" : gate.satisfied ? "q-line-good" : "q-line-bad";
  const [x, top, w, h] = [gate.x - width / 2, y - size * 0.8, width, size * 1.6].map(coordinate);
  const box = (kind: string): string =>
    `<rect class="${kind}" rx="${coordinate(size * 0.8)}" x="${x}" y="${top}" width="${w}" height="${h}"/>`;
  return box("q-paper") + box(look) + label(text, gate.x, y + size * 0.35, size);
}

function legend(y: number, withStates: boolean): string {
  if (!withStates) return "";
  const swatch = (at: number, look: string, text: string, ring = ""): string =>
    `<circle ${look} cx="${at}" cy="${y}" r="6"/>${ring === "" ? "" : `<circle ${ring} cx="${at}" cy="${y}" r="6"/>`}${label(text, at + 11, y + 4, 11, { anchor: "start", look: "q-soft" })}`;
  return [
    swatch(14, leafLook.alive!, "alive"),
    swatch(74, leafLook.failed!, "failed", leafRing.failed),
    swatch(138, leafLook.byzantine!, "Byzantine", leafRing.byzantine),
    swatch(224, 'class="q-line-good" stroke-width="2"', "gate satisfied"),
    swatch(328, 'class="q-line-bad" stroke-width="2" stroke-dasharray="6 4"', "gate not satisfied"),
  ].join("");
}

/**
 * A picture of an expression as nested circles: every gate says how many of its children it asks for; with `states` colours
 * and patterns say who is down or lies, and which gates are satisfied all the same. An SVG file of its own, light or dark as
 * the reader's screen.
 *
 * @example
 * expressionSvg(parse("{a, b, {c, d, e} >= 2} >= 2"), { states: new Map([["a", "byzantine"], ["c", "failed"]]) });
 */
export function expressionSvg(quorums: Quorums, options: ExpressionOptions = {}): string {
  const { size, circles } = packExpression(quorums, options);
  const leaves = circles.filter((c): c is Leaf => c.kind === "node");
  const gates = circles.filter((c): c is Gate => c.kind === "gate");
  const whole = gates[0];
  const nodes = new Set(leaves.map(({ id }) => id)).size;
  const title =
    whole === undefined ? "One node" : `Quorums of ${counted(whole.nodes, "node")}: ${whole.badge}`;
  const withStates = options.states !== undefined;
  const down = [...new Set(leaves.filter(({ state }) => state === "failed").map(({ id }) => id))];
  const lying = [...new Set(leaves.filter(({ state }) => state === "byzantine").map(({ id }) => id))];
  const description = [
    `${counted(gates.length, "gate")} and ${counted(nodes, "node")} drawn.`,
    ...(whole?.satisfied == null ? [] : [whole.satisfied ? "A quorum answers." : "No quorum answers."]),
    ...(down.length > 0 ? [`Failed: ${down.slice(0, 20).join(", ")}${down.length > 20 ? ", …" : ""}.`] : []),
    ...(lying.length > 0
      ? [`Byzantine: ${lying.slice(0, 20).join(", ")}${lying.length > 20 ? ", …" : ""}.`]
      : []),
  ].join(" ");
  const extra = withStates ? legendHeight : 0;
  const sheet = { title, description, width: size + 2 * margin, height: size + 2 * margin + extra };
  return svgDocument(sheet, [
    `<g transform="translate(${margin} ${margin})">`,
    ...circles.map((c) => (c.kind === "gate" ? gateSvg(c) : leafSvg(c))),
    ...gates.map(badgeSvg),
    "</g>",
    legend(size + 2 * margin + legendHeight / 2 - 4, withStates),
  ]);
}
