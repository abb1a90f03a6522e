import { QuorumError } from "../errors.ts";
import { label, svgDocument } from "./document.ts";
import { coordinate, counted, escaped, figure, fitted, widthOf } from "./text.ts";

/** A learner of a picture. What is not said is not drawn. */
export interface PicturedLearner {
  readonly id: string;
  /** Whether a quorum of it answers. */
  readonly live?: boolean;
  /** Whether it must agree with itself: no two of its quorums can decide differently. */
  readonly accurate?: boolean;
}

/** A pair of learners, or one and itself. */
export interface PicturedEdge {
  readonly a: string;
  readonly b: string;
  /**
   * How much must be Byzantine until the two may disagree: a number of nodes, a share of stake. Null: the pair is declared, but
   * no agreement can be promised.
   */
  readonly breaks: number | null;
}

/** Learners and what holds them together; plain data. */
export interface PicturedGraph {
  readonly learners: readonly PicturedLearner[];
  readonly edges: readonly PicturedEdge[];
  /** What `breaks` counts: `nodes`, `% of stake`. */
  readonly unit?: string;
}

/** Where things stand in the picture of a graph, in pixels. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly learners: readonly (PicturedLearner & {
    readonly x: number;
    readonly y: number;
    readonly r: number;
  })[];
  readonly edges: readonly (PicturedEdge & { readonly width: number })[];
}

const font = 13;

/** Room beside the circle for names, which are cut only if they are very long. */
const marginOf = (learners: readonly PicturedLearner[]): number =>
  Math.min(220, Math.max(70, ...learners.map(({ id }) => widthOf(id, font) + 44)));

/**
 * Learners on a circle, in the order given; edges as wide as what breaks them is large.
 *
 * @throws QuorumError `duplicate-member` for a learner that is named twice, `id` for an edge to an unknown one.
 */
export function graphLayout({ learners, edges }: PicturedGraph): GraphLayout {
  const known = new Set<string>();
  for (const { id } of learners) {
    if (known.has(id)) throw new QuorumError("duplicate-member", "learners", "each learner once", id);
    known.add(id);
  }
  for (const { a, b } of edges)
    for (const end of [a, b])
      if (!known.has(end)) throw new QuorumError("id", "edge", "ends that are learners", end);
  const radius = Math.max(110, learners.length * 17);
  const [width, height] = [2 * (radius + marginOf(learners)), 2 * (radius + 60)];
  const most = Math.max(1, ...edges.map(({ breaks }) => breaks ?? 0));
  return {
    width,
    height,
    learners: learners.map((learner, at) => {
      const angle = (2 * Math.PI * at) / learners.length - Math.PI / 2;
      const reach = learners.length === 1 ? 0 : radius;
      return {
        ...learner,
        x: width / 2 + reach * Math.cos(angle),
        y: height / 2 + reach * Math.sin(angle),
        r: 20,
      };
    }),
    edges: edges.map((edge) => ({ ...edge, width: 1.2 + 6.8 * Math.sqrt((edge.breaks ?? 0) / most) })),
  };
}

type PlacedLearner = GraphLayout["learners"][number];

function learnerSvg(
  { id, live, accurate, x, y, r }: PlacedLearner,
  own: string,
  layout: GraphLayout,
): string {
  const said = [
    ...(live === undefined ? [] : [live ? "live" : "not live"]),
    ...(accurate === undefined ? [] : [accurate ? "accurate" : "not accurate: it may fork"]),
    ...(own === "" ? [] : [`may disagree with itself from ${own} on`]),
  ];
  const at = `cx="${coordinate(x)}" cy="${coordinate(y)}"`;
  const fill = accurate === false ? 'fill="url(#q-lies)"' : 'class="q-fill-alive"';
  const ring =
    live === false
      ? `<circle class="q-line-bad" stroke-width="2" stroke-dasharray="5 4" ${at} r="${r + 4}"/>`
      : live === true
        ? `<circle class="q-line-good" stroke-width="2" ${at} r="${r + 4}"/>`
        : "";
  // Names stand outside of the circle, where no edge is.
  const [right, lower] = [x > layout.width / 2, y > layout.height / 2];
  const side = Math.abs(x - layout.width / 2) < r ? "middle" : right ? "start" : "end";
  const below = side === "middle" ? (lower ? r + 20 : -r - 12) : 5;
  const tx = side === "middle" ? x : x + (right ? r + 9 : -r - 9);
  const name = fitted(id, 180, font);
  const inside =
    own === ""
      ? ""
      : label(fitted(own, r * 1.9, 10), x, y + 4, 10, { look: accurate === false ? "q-halo" : "q-on" });
  return `<g><title>${escaped([id, ...said].join(", "))}</title><circle class="q-paper" ${at} r="${r + 4}"/><circle ${fill} ${at} r="${r}"/>${ring}${inside}${label(name, tx, y + below, font, { anchor: side })}</g>`;
}

/**
 * A picture of a learner graph: an edge is as wide as the number (or stake) of Byzantine acceptors that breaks it is large, and
 * dashed where agreement is declared but not possible; a ring says whether a learner is live, slanting lines that it may fork.
 *
 * @example
 * graphSvg({ learners: [{ id: "hub" }, { id: "osmosis" }], edges: [{ a: "hub", b: "osmosis", breaks: 2 }], unit: "nodes" });
 * @throws QuorumError as `graphLayout`.
 */
export function graphSvg(graph: PicturedGraph): string {
  const layout = graphLayout(graph);
  const { width, height, learners, edges } = layout;
  const unit = graph.unit === undefined ? "" : ` ${graph.unit}`;
  const places = new Map(learners.map((learner) => [learner.id, learner]));
  const own = new Map(edges.filter(({ a, b }) => a === b).map(({ a, breaks }) => [a, breaks]));
  const lines: string[] = [];
  const texts: string[] = [];
  for (const { a, b, breaks, width: stroke } of edges) {
    if (a === b) continue;
    const [from, to] = [places.get(a)!, places.get(b)!];
    const ends = `x1="${coordinate(from.x)}" y1="${coordinate(from.y)}" x2="${coordinate(to.x)}" y2="${coordinate(to.y)}"`;
    const look =
      breaks === null
        ? 'class="q-line-bad" stroke-width="1.5" stroke-dasharray="6 5"'
        : `class="q-line-alive" stroke-opacity="0.6" stroke-width="${coordinate(stroke)}"`;
    const said = breaks === null ? "no agreement can be promised" : `breaks at ${figure(breaks)}${unit}`;
    lines.push(`<g><title>${escaped(`${a} and ${b}: ${said}`)}</title><line ${look} ${ends}/></g>`);
    // Not in the middle, where the diagonals of a circle meet.
    const share = learners.length > 3 ? 0.36 : 0.5;
    const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
    texts.push(label(breaks === null ? "never" : figure(breaks), x, y + 4, 11, { look: "q-halo" }));
  }
  const title = `Trust graph of ${counted(learners.length, "learner")}`;
  const description = edges
    .map(({ a, b, breaks }) => `${a}–${b}: ${breaks === null ? "never" : figure(breaks) + unit}`)
    .join("; ");
  const notes = [
    `at an edge: least that must be Byzantine to break it${graph.unit === undefined ? "" : `, in ${graph.unit}`}`,
    ...(own.size === 0 ? [] : ["in a learner: until it may disagree with itself"]),
  ];
  const sheet = {
    title,
    description: description === "" ? "No edges." : `${description}.`,
    width: Math.max(width, ...notes.map((note) => widthOf(note, 11) + 24)),
    height: height + 10 + 16 * notes.length,
  };
  return svgDocument(sheet, [
    ...lines,
    ...texts,
    ...learners.map((learner) => {
      const breaks = own.get(learner.id);
      const said = breaks === undefined ? "" : breaks === null ? "never" : figure(breaks);
      return learnerSvg(learner, said, layout);
    }),
    ...notes.map((note, at) =>
      label(note, 12, height + 8 + 16 * at, 11, { anchor: "start", look: "q-soft" }),
    ),
  ]);
}
