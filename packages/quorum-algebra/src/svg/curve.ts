import { QuorumError } from "../errors.ts";
import { nines } from "../probability/reliability.ts";
import { label, svgDocument } from "./document.ts";
import { coordinate, counted, escaped, figure, fitted } from "./text.ts";

/** One system in a picture of failure curves. */
export interface FailureLine {
  readonly label: string;
  /** Probability that a node fails, and that the system then does: `[0.01, 3e-5]`. */
  readonly points: readonly (readonly [number, number])[];
}

/** Lines over the probability that a node fails. */
export interface FailureCurves {
  readonly title: string;
  readonly lines: readonly FailureLine[];
  /** Probability of a node's failure that is marked. */
  readonly mark?: number;
}

const looks = [
  { look: "q-line-alive", fill: "q-fill-alive", dash: "" },
  { look: "q-line-bad", fill: "q-fill-bad", dash: "8 4" },
  { look: "q-line-good", fill: "q-fill-good", dash: "2 3" },
  { look: "q-line-rose", fill: "q-fill-rose", dash: "8 3 2 3" },
  { look: "q-line-gold", fill: "q-fill-gold", dash: "12 5" },
  { look: "q-line-soft", fill: "q-fill-soft", dash: "4 2" },
] as const;

const frame = { left: 56, top: 56, width: 460, height: 280 };

/** Decades from the power of ten below `low` to that above `high`. */
function decades(low: number, high: number): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return Array.from({ length: Math.max(1, to - from) + 1 }, (_, at) => from + at);
}

function checked(lines: readonly FailureLine[]): void {
  for (const { label: name, points } of lines)
    for (const [p, failure] of points) {
      if (!(p > 0 && p <= 1)) throw new QuorumError("shape", `line ${name}`, "0 < p <= 1 for every point", p);
      if (!(failure >= 0 && failure <= 1))
        throw new QuorumError("shape", `line ${name}`, "a probability of failure from 0 to 1", failure);
    }
}

/**
 * Failure curves: how many nines remain when nodes fail with probability p, one line per system. Both axes are logarithmic.
 *
 * @example
 * failureCurveSvg({ title: "Unavailability", lines: [{ label: "majority of 5", points: [[0.01, 1e-5], [0.1, 0.0086]] }] });
 * @throws QuorumError `shape` for what is no probability.
 */
export function failureCurveSvg({ title, lines, mark }: FailureCurves): string {
  checked(lines);
  const all = lines.flatMap(({ points }) => points);
  const ps = all.map(([p]) => p).concat(mark ?? []);
  const ticks = ps.length === 0 ? [-2, 0] : decades(Math.min(...ps), Math.max(...ps));
  const most = Math.max(1, ...all.map(([, failure]) => nines(failure)).filter(Number.isFinite));
  const step = Math.max(1, Math.ceil(most / 8));
  const top = Math.ceil(most / step) * step;
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  const x = (p: number): number => frame.left + ((Math.log10(p) - first) / (last - first)) * frame.width;
  const y = (failure: number): number => frame.top + frame.height * (1 - Math.min(nines(failure), top) / top);
  const rule = (x1: number, y1: number, x2: number, y2: number, look = 'class="q-rule"'): string =>
    `<line ${look} x1="${coordinate(x1)}" y1="${coordinate(y1)}" x2="${coordinate(x2)}" y2="${coordinate(y2)}"/>`;
  const bottom = frame.top + frame.height;
  const axes = [
    ...ticks.flatMap((power) => {
      const at = x(10 ** power);
      return [
        rule(at, frame.top, at, bottom),
        label(figure(10 ** power), at, bottom + 16, 11, { look: "q-soft" }),
      ];
    }),
    ...Array.from({ length: top / step + 1 }, (_, at) => at * step).flatMap((count) => {
      const at = y(10 ** -count);
      return [
        rule(frame.left, at, frame.left + frame.width, at),
        label(String(count), frame.left - 8, at + 4, 11, { anchor: "end", look: "q-soft" }),
      ];
    }),
    label("probability that a node fails", frame.left + frame.width / 2, bottom + 34, 11, { look: "q-soft" }),
    label("nines", 12, frame.top - 6, 11, { anchor: "start", look: "q-soft" }),
  ];
  const marked =
    mark === undefined
      ? []
      : [rule(x(mark), frame.top, x(mark), bottom, 'class="q-line-ink" stroke-dasharray="3 3"')];
  const drawn = lines.map((line, at) => lineSvg(line, at, x, y));
  const legend = lines.map(({ label: name }, at) => {
    const { look, dash } = looks[at % looks.length]!;
    const row = frame.top + 14 + at * 20;
    const from = frame.left + frame.width + 16;
    return `${rule(from, row - 4, from + 28, row - 4, `class="${look}" stroke-width="2" stroke-dasharray="${dash}"`)}${label(fitted(name, 170, 12), from + 36, row, 12, { anchor: "start" })}`;
  });
  const sheet = {
    title,
    description: `${counted(lines.length, "line")}: ${lines.map(lineWords).join("; ")}.`,
    width: frame.left + frame.width + 230,
    height: Math.max(bottom + 46, frame.top + 20 * lines.length + 20),
  };
  return svgDocument(sheet, [
    label(title, 12, 22, 14, { anchor: "start" }),
    ...axes,
    ...marked,
    ...drawn,
    ...legend,
  ]);
}

const lineWords = ({ label: name, points }: FailureLine): string => {
  const ends = [points[0], points.at(-1)].filter((point) => point !== undefined);
  return `${name} ${ends.map(([p, failure]) => `${figure(nines(failure))} nines at p ${figure(p)}`).join(", ")}`;
};

function lineSvg(
  { label: name, points }: FailureLine,
  at: number,
  x: (p: number) => number,
  y: (failure: number) => number,
): string {
  const { look, fill, dash } = looks[at % looks.length]!;
  const path = points.map(
    ([p, failure], n) => `${n === 0 ? "M" : "L"}${coordinate(x(p))} ${coordinate(y(failure))}`,
  );
  const dots = points.map(
    ([p, failure]) =>
      `<circle class="${fill}" cx="${coordinate(x(p))}" cy="${coordinate(y(failure))}" r="3"><title>${escaped(`${name}: fails with probability ${figure(failure)} at p = ${figure(p)}`)}</title></circle>`,
  );
  return `<path class="${look}" stroke-width="2" stroke-dasharray="${dash}" d="${path.join(" ")}"/>${dots.join("")}`;
}
