import { coordinate, escaped, label, svgDocument } from "@eunomia/quorum-algebra/svg";
import type { TradeOff } from "./trade-off.ts";
import { figure, labelOf } from "./words.ts";

const frame = { left: 76, top: 56, width: 440, height: 260 };
const side = 260;

/** Round steps that divide an axis from 0 to `most` into four to ten parts. */
function stepOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= 8)!;
}

function ticksOf(most: number): readonly number[] {
  const step = stepOf(most);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}

const rule = (look: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<line ${look} x1="${coordinate(x1)}" y1="${coordinate(y1)}" x2="${coordinate(x2)}" y2="${coordinate(y2)}"/>`;

const chosen = ({ choice }: TradeOff): string =>
  choice.map(({ flow, option }) => `${flow}: ${labelOf(option)}`).join("; ");

/**
 * Cost against delay as SVG: a step down wherever a little more delay buys a cheaper deployment. What is chosen at each point stands in
 * its tooltip and in the description.
 *
 * @example
 * tradeOffSvg(tradeOff(problem), "Primary-backup on a WAN");
 */
export function tradeOffSvg(points: readonly TradeOff[], title: string): string {
  const delays = ticksOf(Math.max(1e-9, ...points.map(({ delayMs }) => delayMs)));
  const costs = ticksOf(Math.max(1e-9, ...points.map(({ cost }) => cost)));
  const x = (delay: number): number => frame.left + (delay / delays.at(-1)!) * frame.width;
  const y = (cost: number): number => frame.top + frame.height * (1 - cost / costs.at(-1)!);
  const [right, bottom] = [frame.left + frame.width, frame.top + frame.height];
  const grid = [
    ...delays.flatMap((delay) => [
      rule('class="q-rule"', x(delay), frame.top, x(delay), bottom),
      label(figure(delay), x(delay), bottom + 16, 11, { look: "q-soft" }),
    ]),
    ...costs.flatMap((cost) => [
      rule('class="q-rule"', frame.left, y(cost), right, y(cost)),
      label(figure(cost), frame.left - 8, y(cost) + 4, 11, { anchor: "end", look: "q-soft" }),
    ]),
    label("longest delay, ms", frame.left + frame.width / 2, bottom + 34, 11, { look: "q-soft" }),
    label("cost", 12, frame.top - 8, 11, { anchor: "start", look: "q-soft" }),
  ];
  const steps = points.map(({ delayMs, cost }, at) => {
    const [px, py] = [coordinate(x(delayMs)), coordinate(y(cost))];
    return at === 0 ? `M${px} ${py}` : `H${px} V${py}`;
  });
  const line =
    points.length === 0
      ? []
      : [`<path class="q-line-alive" stroke-width="2" d="${steps.join(" ")} H${coordinate(right)}"/>`];
  const dots = points.map((point, at) => {
    const words = `${figure(point.delayMs)} ms, ${figure(point.cost)}: ${chosen(point)}`;
    const [px, py] = [coordinate(x(point.delayMs)), coordinate(y(point.cost))];
    return `<circle class="q-fill-alive" cx="${px}" cy="${py}" r="4"><title>${escaped(words)}</title></circle>${label(String(at + 1), x(point.delayMs) + 9, y(point.cost) - 7, 11)}`;
  });
  const legend = points.map((point, at) =>
    label(
      `${at + 1}: ${figure(point.delayMs)} ms, ${figure(point.cost)}`,
      right + 20,
      frame.top + 14 + at * 18,
      11,
      {
        anchor: "start",
      },
    ),
  );
  const description = points.map(
    (point, at) => `${at + 1}: ${figure(point.delayMs)} ms for ${figure(point.cost)}, ${chosen(point)}`,
  );
  const sheet = {
    title,
    description: description.length === 0 ? "No deployment keeps all limits." : `${description.join(". ")}.`,
    width: right + side,
    height: Math.max(bottom + 46, frame.top + 18 * points.length + 20),
  };
  return svgDocument(sheet, [
    label(title, 12, 22, 14, { anchor: "start" }),
    ...grid,
    ...line,
    ...dots,
    ...legend,
  ]);
}
