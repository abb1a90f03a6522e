import type { Report } from "@eunomia/checker";

const number = (value: number): string => value.toLocaleString("en");

function counts(report: Report): string {
  const { states, transitions, depth, cells, evaluations, bytes, seconds } = report;
  const perState = states > 0 ? ` (${Math.round(bytes / states)} a state)` : "";
  const time =
    seconds === null || seconds === 0
      ? ""
      : `; ${seconds.toFixed(1)} CPU seconds, ${number(Math.round(states / seconds))} states in each`;
  return (
    `  ${number(states)} states, ${number(transitions)} transitions, depth ${depth}; ` +
    `${number(cells)} local states, engines ran ${number(evaluations)} times\n` +
    `  ${(bytes / 2 ** 20).toFixed(1)} MiB${perState}${time}`
  );
}

/** Values by key, in the order in which keys come first. */
function grouped(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

/** Everything that makes the verdict less than it seems. */
function* reservations(report: Report): Generator<string> {
  const { truncated, cut, actions, unrouted, assumptions, reductions, witnesses } = report;
  if (truncated !== null) {
    const estimate =
      truncated.estimatedStates === null ? "" : `, about ${number(truncated.estimatedStates)} in all`;
    yield `not finished: ${truncated.why}; ${number(truncated.frontier)} states not looked into${estimate}`;
  }
  const missed = Object.keys(witnesses).filter((name) => witnesses[name] === 0);
  if (missed.length > 0) yield `never reached: ${missed.join("; ")}`;
  const unexcused = actions.neverFired.filter((name) => actions.excused[name] === undefined);
  if (unexcused.length > 0) yield `never fired: ${unexcused.join("; ")}`;
  const excused = Object.entries(actions.excused).map(([name, why]) => [why, name] as const);
  for (const [why, names] of grouped(excused)) yield `never fired, as expected: ${names.join("; ")}: ${why}`;
  const bounds = cut.map(({ bound, cells }) => `${bound} (${number(cells)})`);
  if (bounds.length > 0)
    yield `bounds, and in how many local states each kept something from happening: ${bounds.join("; ")}`;
  for (const id of unrouted) yield `messages to ${id}, which is not in the model, were dropped`;
  for (const { reduction, checked } of reductions) yield `reduction: ${reduction}, ${checked}`;
  for (const assumption of assumptions) yield `assumed: ${assumption}`;
}

/** The report on one page: what was decided, in which scope, and on what it rests. Without the way to a violation. */
export function reportText(report: Report): string {
  const scope = Object.entries(report.scope).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [
    `${report.model}: ${report.result}`,
    ...report.verdicts.map(({ property, result, detail }) => `  ${result.padEnd(8)} ${property}: ${detail}`),
    ...(scope.length > 0 ? [`  scope: ${scope.join(", ")}`] : []),
    `  search: ${report.mode}, ${report.hash} states`,
    counts(report),
    ...Object.entries(report.witnesses)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `  reached: ${name}, in ${number(count)} views`),
    ...[...reservations(report)].map((line) => `  ${line}`),
  ].join("\n");
}

/** One line, for a table of many models. */
export function reportLine({ model, result, states, truncated, seconds, verdicts }: Report): string {
  const wrong = verdicts.find((each) => each.result === result && result !== "holds");
  const time = seconds === null ? "" : `${seconds.toFixed(1)} CPU s`;
  const size = `${number(states)}${truncated === null ? "" : "+"}`;
  const why = wrong === undefined ? "" : `  ${wrong.property}: ${wrong.detail}`;
  return `${result.padEnd(9)} ${model.padEnd(28)} ${size.padStart(12)} states ${time.padStart(12)}${why}`;
}
