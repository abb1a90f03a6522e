import { CheckerError } from "../error.ts";
import type { Machine } from "../machine/machine.ts";
import { contractProperty } from "../machine/views.ts";
import type { Model } from "../model.ts";
import type { Counterexample, PropertyVerdict, Report, Result } from "../report.ts";
import type { Found } from "./found.ts";
import type { Mode } from "./options.ts";
import { runThrough } from "./path.ts";

/** From the worst to the best. */
const order: readonly Result[] = ["violated", "unknown", "vacuous", "sampled", "holds"];

/** Every action of every engine, by `engine name: action name`, with how often it fired. */
function actionsOf(machine: Machine): Record<string, number> {
  const fired: Record<string, number> = {};
  for (const [at, { engine }] of machine.plan.processes.entries()) {
    const counts = machine.parts.evaluators[at]!.fired;
    for (const { name } of engine.actions) {
      const key = `${engine.name}: ${name}`;
      fired[key] = (fired[key] ?? 0) + (counts.get(name) ?? 0);
    }
  }
  return fired;
}

/**
 * An excuse for something that does not exist excuses a spelling mistake.
 *
 * @throws CheckerError with code `model`.
 */
export function mustExcuseActions(model: Model, machine: Machine): void {
  const known = actionsOf(machine);
  for (const name of Object.keys(model.excused ?? {}))
    if (!(name in known))
      throw new CheckerError(
        "model",
        `"excused" expected one of ${Object.keys(known).join(", ")}; got "${name}"`,
      );
}

function counterexampleOf(machine: Machine, path: readonly Int32Array[]): Counterexample {
  const { views, seen } = machine;
  const { labels, last } = runThrough(machine, path);
  const violation = views.violation(views.view(last, 0, seen.values))!;
  return { ...violation, steps: labels };
}

/** How far a property was looked at that nothing has violated. */
function kept(found: Found, stopped: boolean): Pick<PropertyVerdict, "result" | "detail"> {
  if (stopped) return { result: "unknown", detail: "the search ended when another property was violated" };
  if (found.truncated === null)
    return { result: "holds", detail: `in all ${found.states} states of the scope` };
  const { why } = found.truncated;
  return found.asked
    ? { result: "sampled", detail: `in ${found.states} states, not all: ${why}` }
    : { result: "unknown", detail: `in ${found.states} states, not all: ${why}` };
}

/** What was never seen although a model must show it. */
function vacuities(
  model: Model,
  witnesses: Report["witnesses"],
  neverFired: readonly string[],
): PropertyVerdict[] {
  const missed = Object.keys(witnesses).filter((name) => witnesses[name] === 0);
  const silent = neverFired.filter((name) => model.excused?.[name] === undefined);
  return [
    ...missed.map(
      (property): PropertyVerdict => ({ property, result: "vacuous", detail: "was never reached" }),
    ),
    ...silent.map((name): PropertyVerdict => ({ property: name, result: "vacuous", detail: "never fired" })),
  ];
}

/** Makes the report of what a search has found. */
export function reportOf(machine: Machine, mode: Mode, found: Found, seconds: number | null): Report {
  const { plan, parts, views } = machine;
  const { model } = plan;
  const counterexample = found.path === null ? null : counterexampleOf(machine, found.path);
  const fired = actionsOf(machine);
  const neverFired = Object.keys(fired).filter((name) => fired[name] === 0);
  const witnesses = Object.fromEntries(model.witnesses.map(({ name }, at) => [name, views.reached[at]!]));
  const verdicts = [contractProperty, ...model.invariants.map(({ name }) => name)].map(
    (property): PropertyVerdict =>
      counterexample?.property === property
        ? { property, result: "violated", detail: counterexample.detail }
        : { property, ...kept(found, counterexample !== null) },
  );
  if (counterexample === null) verdicts.push(...vacuities(model, witnesses, neverFired));
  return {
    model: model.name,
    result: order.find((result) => verdicts.some((verdict) => verdict.result === result))!,
    verdicts,
    mode,
    scope: model.scope ?? {},
    assumptions: model.assumptions ?? [],
    states: found.states,
    transitions: found.transitions,
    depth: found.depth,
    truncated: found.truncated,
    cut: [...parts.cuts].map(([bound, met]) => ({ bound, cells: met.size })),
    reductions: machine.reductions.map(({ name, at }) => ({ reduction: name, checked: at.checked() })),
    hash: "exact",
    witnesses,
    actions: {
      fired,
      neverFired,
      excused: Object.fromEntries(Object.entries(model.excused ?? {}).filter(([name]) => fired[name] === 0)),
    },
    unrouted: [...parts.words.unrouted].sort(),
    cells: machine.cellCount,
    evaluations: machine.evaluations,
    bytes: found.bytes,
    seconds,
    counterexample,
  };
}
