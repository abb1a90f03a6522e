import {
  check,
  type Model,
  openSpace,
  type Reduction,
  type Report,
  type StepLabel,
} from "../../src/index.ts";
import { canonicalText } from "../../src/machine/plain.ts";

/** A search and every view that it has judged, as texts. */
export interface Searched {
  readonly report: Report;
  readonly views: ReadonlySet<string>;
}

export function searched(model: Model, reductions: readonly Reduction[] = [], states?: number): Searched {
  const views = new Set<string>();
  const collector: Model["witnesses"][number] = {
    name: "every view",
    reached: (view) => {
      views.add(canonicalText(view.processes.map((key) => view.of(key))));
      return true;
    },
  };
  const witnesses = [...model.witnesses, collector];
  const report = check({ ...model, witnesses }, { reductions, ...(states !== undefined && { states }) });
  return { report, views };
}

/** The steps, taken one by one in the model without reductions, end in a violation of the property. */
export function replays(model: Model, property: string, steps: readonly StepLabel[]): boolean {
  const space = openSpace(model);
  let vector = space.initial;
  for (const step of steps) {
    const next = space.successors(vector).find(({ label }) => canonicalText(label) === canonicalText(step));
    if (next === undefined) return false;
    vector = next.vector;
  }
  return space.violation(vector)?.property === property;
}

/** Null, or how a search with reductions tells something else than one without. */
export function difference(model: Model, all: Searched, less: Searched): string | null {
  const results = ({ report }: Searched) =>
    canonicalText(report.verdicts.map(({ property, result }) => [property, result]));
  if (results(all) !== results(less)) return `verdicts ${results(all)}, with reductions ${results(less)}`;
  if (less.report.counterexample !== null) {
    const { property, steps } = less.report.counterexample;
    return replays(model, property, steps) ? null : "a counterexample that is no run of the model";
  }
  const witnesses = ({ report }: Searched) => canonicalText(report.witnesses);
  if (witnesses(all) !== witnesses(less))
    return `witnesses ${witnesses(all)}, with reductions ${witnesses(less)}`;
  const missed = [...all.views].find((view) => !less.views.has(view));
  if (missed !== undefined) return `missed the view ${missed}`;
  const invented = [...less.views].find((view) => !all.views.has(view));
  if (invented !== undefined) return `invented the view ${invented}`;
  if (less.report.states > all.report.states)
    return `${all.report.states} states, with reductions ${less.report.states}`;
  return null;
}

/** Models small enough to be searched whole, each with what a search without reductions found. */
export function baseline(models: readonly Model[], states = 1200): { model: Model; all: Searched }[] {
  return models
    .map((model) => ({ model, all: searched(model, [], states) }))
    .filter(({ all }) => all.report.truncated === null);
}

/** What a comparison has come to: differences, and how often it could have told something. */
export interface Comparison {
  readonly differences: readonly string[];
  /** Models of which fewer states were visited. */
  readonly smaller: number;
  readonly violated: number;
}

export function compare(
  models: readonly { model: Model; all: Searched }[],
  reductions: readonly Reduction[],
): Comparison {
  const differences: string[] = [];
  let smaller = 0;
  let violated = 0;
  for (const { model, all } of models) {
    const less = searched(model, reductions);
    const found = difference(model, all, less);
    if (found !== null) differences.push(`${model.name}: ${found}`);
    if (all.report.counterexample !== null) violated += 1;
    else if (less.report.states < all.report.states) smaller += 1;
  }
  return { differences, smaller, violated };
}
