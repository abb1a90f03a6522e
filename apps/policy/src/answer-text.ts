import type { Answer, Option } from "@eunomia/deploy-policy/optimize";

const row = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => (at < 3 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
    .join("  ")
    .trimEnd();

const cellsOf = (flow: string, { scheme, stage, cost, delayMs, cpuUs, bytes, messages }: Option) => [
  flow,
  scheme,
  stage,
  cost.toFixed(3),
  delayMs.toFixed(2),
  cpuUs.toFixed(0),
  bytes.toFixed(0),
  messages.toFixed(2),
];

/** An answer for people: what is chosen for each flow, why nothing cheaper is, the next best, and the deployment. */
export function answerText({ optimum, choice, binding, runnerUp, deployment }: Answer): string {
  const table = [
    ["flow", "scheme", "spread", "cost", "delay ms", "CPU µs", "bytes", "messages"],
    ...choice.map(({ flow, option }) => cellsOf(flow, option)),
  ];
  const widths = table[0]!.map((_, at) => Math.max(...table.map((cells) => cells[at]!.length)));
  return [
    `optimum: ${optimum.toFixed(3)}`,
    "",
    ...table.map((cells) => row(cells, widths)),
    ...(binding.length === 0 ? [] : ["", "why nothing cheaper:", ...binding.map((line) => `  ${line}`)]),
    "",
    runnerUp === null ? "there is no other choice" : `next best: ${runnerUp.words}`,
    "",
    deployment.trimEnd(),
  ].join("\n");
}
