import { describeStep, type StepLabel } from "../label.ts";
import type { LivenessReport } from "./check.ts";
import type { CountdownReport } from "./countdown/types.ts";

const lineOf = (step: StepLabel | null): string => (step === null ? "nothing happens" : describeStep(step));

/**
 * A report of `checkLiveness` for people: the answer, what it rests on, and the run that breaks the property.
 *
 * @example
 * console.log(describeLiveness(checkLiveness(model, property)));
 */
export function describeLiveness(report: LivenessReport): string {
  const { model, property, result, detail, states, transitions, incomplete, fairness, counterexample } =
    report;
  const lines = [
    `${model}: ${property}: ${result}: ${detail}`,
    `  ${states} states, ${transitions} transitions, ${incomplete} states with steps that were kept away`,
    `  runs are fair to ${fairness.weak.length} actions weakly and to ${fairness.strong.length} strongly`,
  ];
  counterexample?.steps.forEach((step, at) => {
    if (at === counterexample.loop) lines.push("  for ever:");
    lines.push(`  ${at >= counterexample.loop ? "  " : ""}${lineOf(step)}`);
  });
  return lines.join("\n");
}

/**
 * A report of `checkCountdown` for people: the bound, and the worst start with its run, period by period.
 *
 * @example
 * console.log(describeCountdown(checkCountdown(model, goal, { cores })));
 */
export function describeCountdown(report: CountdownReport): string {
  const { model, result, detail, states, starts, liveStates, worst } = report;
  const lines = [
    `${model}: ${result}: ${detail}`,
    `  ${states} states before stabilisation, ${starts} starts, ${liveStates} states after it`,
  ];
  if (worst === null) return lines.join("\n");
  lines.push(`  worst start, with the core ${worst.core.join(", ")}:`);
  for (const step of worst.before) lines.push(`    ${lineOf(step)}`);
  worst.periods.forEach(({ kind, steps }, at) => {
    const loop = at === worst.loop ? ", and from here on again and again" : "";
    lines.push(
      at === 0
        ? "  stabilisation"
        : `  period ${at}, ${kind === "timers" ? "timers fire" : "messages arrive"}${loop}`,
    );
    for (const step of steps) lines.push(`    ${lineOf(step)}`);
  });
  return lines.join("\n");
}
