/** A circle in the plane. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

interface Placed {
  x: number;
  y: number;
  readonly r: number;
}

/** Rounding must not make two circles that touch overlap. */
const slack = 1e-6;

const overlap = (a: Circle, b: Circle): boolean =>
  Math.hypot(a.x - b.x, a.y - b.y) < a.r + b.r - slack * Math.max(a.r, b.r);

/** Puts `c` so that it touches `a` and `b`, on the left of the way from `a` to `b`. */
function touch(a: Circle, b: Circle, c: Placed): void {
  const distance = Math.hypot(b.x - a.x, b.y - a.y);
  const [toA, toB] = [a.r + c.r, b.r + c.r];
  const along = (distance * distance + toA * toA - toB * toB) / (2 * distance);
  const aside = Math.sqrt(Math.max(0, toA * toA - along * along));
  const [ux, uy] = [(b.x - a.x) / distance, (b.y - a.y) / distance];
  c.x = a.x + along * ux + aside * uy;
  c.y = a.y + along * uy - aside * ux;
}

/**
 * Puts circles beside each other around a middle without overlap, the large ones first: each touches two others of the
 * outline where that is nearest to the middle (the front chain of Wang and others, CHI 2006). Of three middles the one is
 * taken that leaves the least room. Equal input, equal output.
 */
export function packed(radii: readonly number[]): Circle[] {
  const bySize = radii.map((r, at) => ({ r, at })).sort((a, b) => b.r - a.r);
  let best: { readonly circles: readonly Placed[]; readonly r: number } | null = null;
  for (const middleOf of middles) {
    const circles = bySize.map(({ r }): Placed => ({ x: 0, y: 0, r }));
    chain(circles, middleOf);
    const { r } = around(circles);
    if (best === null || r < best.r * (1 - 1e-3)) best = { circles, r };
  }
  const places = new Array<Circle>(radii.length);
  for (const [order, { at }] of bySize.entries()) places[at] = best!.circles[order]!;
  return places;
}

/** Where the first two touch, the centre of the first, and the hollow beside both. */
const middles: readonly ((first: Circle, second: Circle) => readonly [number, number])[] = [
  () => [0, 0],
  ({ x, y }) => [x, y],
  ({ r }, second) => [0, -Math.min(r, second.r) / 2],
];

function chain(all: readonly Placed[], middleOf: (typeof middles)[number]): void {
  const [first, second] = all;
  if (first === undefined || second === undefined) return;
  first.x = -first.r;
  second.x = second.r;
  const middle = middleOf(first, second);
  // The outline, once around: each touches the next.
  let front: Placed[] = [first, second];
  for (const next of all.slice(2)) {
    front = nearestFirst(front, middle);
    for (;;) {
      touch(front[0]!, front[1]!, next);
      const hit = firstHit(front, next);
      if (hit === null) break;
      // What lies between is covered: the shorter way around the circle that is in the way falls out of the outline.
      front =
        hit <= front.length - hit ? [front[0]!, ...front.slice(hit)] : [front[hit]!, ...front.slice(1, hit)];
    }
    front = [front[0]!, next, ...front.slice(1)];
  }
}

/** The outline, turned so that its gap nearest to the middle is between the first two. */
function nearestFirst(front: readonly Placed[], [mx, my]: readonly [number, number]): Placed[] {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, a] of front.entries()) {
    const b = front[(at + 1) % front.length]!;
    // The point where the two touch.
    const share = a.r / (a.r + b.r);
    const distance = Math.hypot(a.x + (b.x - a.x) * share - mx, a.y + (b.y - a.y) * share - my);
    if (distance < least - slack) [best, least] = [at, distance];
  }
  return [...front.slice(best), ...front.slice(0, best)];
}

/** Where on the outline a circle is in the way, the nearest to the first two; null: nowhere. */
function firstHit(front: readonly Placed[], next: Circle): number | null {
  let found: number | null = null;
  const hops = (at: number): number => Math.min(at - 1, front.length - at);
  for (let at = 2; at < front.length; at++)
    if (overlap(front[at]!, next) && (found === null || hops(at) < hops(found))) found = at;
  return found;
}

const walks = 300;

/** A circle around all of them, within half a percent of the smallest: the middle walks towards the farthest, ever less. */
export function around(circles: readonly Circle[]): Circle {
  let [x, y] = [0, 0];
  const reach = (c: Circle): number => Math.hypot(c.x - x, c.y - y) + c.r;
  for (let step = 1; step <= walks && circles.length > 0; step++) {
    const far = circles.reduce((best, c) => (reach(c) > reach(best) ? c : best));
    const distance = Math.hypot(far.x - x, far.y - y);
    if (distance === 0) break;
    // The farthest point of that circle, seen from here.
    const stretch = reach(far) / distance / (step + 1);
    x += (far.x - x) * stretch;
    y += (far.y - y) * stretch;
  }
  return { x, y, r: Math.max(0, ...circles.map(reach)) };
}
