import { QuorumError } from "../errors.ts";
import { label, svgDocument } from "./document.ts";
import { coordinate, counted, escaped, fitted, percent, widthOf } from "./text.ts";

/** A validator of a treemap. */
export interface StakeTile {
  readonly id: string;
  readonly label?: string;
  readonly stake: bigint;
}

/** One chain of a treemap. */
export interface StakeChain {
  readonly name: string;
  readonly validators: readonly StakeTile[];
}

/** Chains side by side; areas are shares of each chain's stake. */
export interface StakeTreemap {
  readonly title: string;
  readonly chains: readonly StakeChain[];
  /** Ids of validators that serve several chains: they are hatched. */
  readonly shared?: Iterable<string>;
  /** Tiles per chain at most, 200 by default; the smallest are drawn as one. */
  readonly maxTiles?: number;
}

/** A rectangle in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle by areas, which are positive and largest first, into parts that are nearly square (Bruls, Huizing, van
 * Wijk: squarified treemaps, 2000).
 */
export function squarified(areas: readonly number[], whole: Rectangle): Rectangle[] {
  const total = areas.reduce((sum, area) => sum + area, 0);
  const scale = total === 0 ? 0 : (whole.width * whole.height) / total;
  const parts: Rectangle[] = [];
  let { x, y, width, height } = whole;
  for (let from = 0; from < areas.length; ) {
    const side = Math.min(width, height);
    let [to, sum] = [from, 0];
    let worst = Number.POSITIVE_INFINITY;
    while (to < areas.length) {
      const next = sum + areas[to]! * scale;
      const thick = next / side;
      // The largest and the smallest part of a strip are farthest from square.
      const shape = Math.max(
        (areas[from]! * scale) / (thick * thick),
        (thick * thick) / (areas[to]! * scale),
      );
      if (to > from && shape > worst) break;
      [to, sum, worst] = [to + 1, next, shape];
    }
    const thick = side === 0 ? 0 : sum / side;
    const across = width >= height;
    let along = across ? y : x;
    for (const area of areas.slice(from, to)) {
      const long = thick === 0 ? 0 : (area * scale) / thick;
      parts.push(
        across ? { x, y: along, width: thick, height: long } : { x: along, y, width: long, height: thick },
      );
      along += long;
    }
    if (across) [x, width] = [x + thick, Math.max(0, width - thick)];
    else [y, height] = [y + thick, Math.max(0, height - thick)];
    from = to;
  }
  return parts;
}

const panel = { width: 420, height: 420, top: 62, gap: 20 };

/** A validator's share in millionths, exact up to rounding down. */
const share = (stake: bigint, total: bigint): number =>
  total === 0n ? 0 : Number((stake * 1_000_000n) / total) / 1_000_000;

function checked({ name, validators }: StakeChain): void {
  for (const { id, stake } of validators)
    if (typeof stake !== "bigint" || stake < 0n)
      throw new QuorumError("weight", `stake of ${id} on ${name}`, "a bigint of at least 0n", stake);
}

interface Tile {
  readonly label: string;
  readonly stake: bigint;
  readonly shared: boolean;
}

function chainSvg(
  chain: StakeChain,
  shared: ReadonlySet<string>,
  maxTiles: number,
  left: number,
): { svg: string; words: string } {
  checked(chain);
  const total = chain.validators.reduce((sum, { stake }) => sum + stake, 0n);
  const bySize = chain.validators
    .filter(({ stake }) => stake > 0n)
    .sort((a, b) => (a.stake === b.stake ? (a.id < b.id ? -1 : 1) : a.stake > b.stake ? -1 : 1));
  const tiles: Tile[] = bySize
    .slice(0, maxTiles)
    .map(({ id, label: name, stake }) => ({ label: name ?? id, stake, shared: shared.has(id) }));
  const rest = bySize.slice(maxTiles);
  if (rest.length > 0) {
    const stake = rest.reduce((sum, each) => sum + each.stake, 0n);
    tiles.push({ label: `${rest.length} others`, stake, shared: false });
  }
  const sorted = tiles.sort((a, b) => (a.stake === b.stake ? 0 : a.stake > b.stake ? -1 : 1));
  const whole = { x: left, y: panel.top, width: panel.width, height: panel.height };
  const places = squarified(
    sorted.map(({ stake }) => share(stake, total) || 1e-6),
    whole,
  );
  const common = chain.validators.filter(({ id }) => shared.has(id));
  const commonShare = share(
    common.reduce((sum, { stake }) => sum + stake, 0n),
    total,
  );
  const words = `${chain.name}: ${counted(bySize.length, "validator")}, ${common.length} shared with ${percent(commonShare)} of the stake`;
  const svg = [
    label(fitted(chain.name, panel.width, 13), left, panel.top - 22, 13, { anchor: "start" }),
    label(fitted(words.slice(chain.name.length + 2), panel.width, 11), left, panel.top - 7, 11, {
      anchor: "start",
      look: "q-soft",
    }),
    ...sorted.map((tile, at) => tileSvg(tile, places[at]!, share(tile.stake, total))),
  ].join("\n");
  return { svg, words };
}

function tileSvg(
  { label: name, shared, stake }: Tile,
  { x, y, width, height }: Rectangle,
  part: number,
): string {
  const inner = (size: number): string => coordinate(Math.max(0.3, size - 1.2));
  const fill = shared ? 'fill="url(#q-shared)"' : 'class="q-fill-alive" fill-opacity="0.28"';
  const room = width - 8;
  const text = height < 15 ? "" : fitted(name, room, 10);
  const below = height < 28 || text === "" || widthOf(percent(part), 10) > room ? "" : percent(part);
  return [
    `<g><title>${escaped(`${name}: ${percent(part)}, ${stake}${shared ? ", shared" : ""}`)}</title>`,
    `<rect ${fill} x="${coordinate(x)}" y="${coordinate(y)}" width="${inner(width)}" height="${inner(height)}"/>`,
    text === "" ? "" : label(text, x + 4, y + 12, 10, { anchor: "start", look: shared ? "q-halo" : "" }),
    below === ""
      ? ""
      : label(below, x + 4, y + 24, 10, { anchor: "start", look: shared ? "q-halo" : "q-soft" }),
    "</g>",
  ].join("");
}

/**
 * The stake of chains as areas, largest first, with the validators that serve several of them hatched: how much of each chain is
 * in hands that the chains have in common.
 *
 * @example
 * stakeTreemapSvg({ title: "Stake", chains: [{ name: "hub", validators: [{ id: "v1", stake: 10n }] }], shared: ["v1"] });
 * @throws QuorumError `weight` for a stake that is no bigint, or negative.
 */
export function stakeTreemapSvg({ title, chains, shared = [], maxTiles = 200 }: StakeTreemap): string {
  const common = new Set(shared);
  const drawn = chains.map((chain, at) =>
    chainSvg(chain, common, maxTiles, 12 + at * (panel.width + panel.gap)),
  );
  const width = 24 + Math.max(1, chains.length) * (panel.width + panel.gap) - panel.gap;
  const height = panel.top + panel.height + 30;
  return svgDocument(
    { title, description: `${drawn.map(({ words }) => words).join("; ")}.`, width, height },
    [
      label(title, 12, 22, 14, { anchor: "start" }),
      ...drawn.map(({ svg }) => svg),
      `<rect fill="url(#q-shared)" x="12" y="${height - 20}" width="16" height="12"/>`,
      label("serves several of the chains", 34, height - 10, 11, { anchor: "start", look: "q-soft" }),
    ],
  );
}
