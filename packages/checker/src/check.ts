import { Machine } from "./machine/machine.ts";
import type { Model } from "./model.ts";
import type { Report } from "./report.ts";
import { breadthFirst } from "./search/breadth-first.ts";
import { byFrontier } from "./search/by-frontier.ts";
import type { Found } from "./search/found.ts";
import { mustExcuseActions, reportOf } from "./search/judge.ts";
import { type CheckOptions, type Mode, type Settings, settingsOf } from "./search/options.ts";
import { walk } from "./search/walk.ts";

const searches: Readonly<Record<Mode, (machine: Machine, settings: Settings) => Found>> = {
  bfs: breadthFirst,
  dfs: byFrontier,
  "best-first": byFrontier,
  walk,
};

/**
 * Searches the states of a model and says what it found. Breadth-first search without limits is exhaustive, and its
 * counterexample is a shortest one; the same model and options give the same report.
 *
 * @throws CheckerError when the model or an option is impossible, or memory does not hold even the first states.
 * @example
 * const report = check(model, { memory: 2 ** 30 });
 * if (report.result !== "holds") throw new Error(describeReport(report));
 */
export function check(model: Model, options: CheckOptions = {}): Report {
  const settings = settingsOf(options);
  const begun = settings.now?.() ?? 0;
  const machine = new Machine(model, settings.reductions);
  mustExcuseActions(model, machine);
  const found = searches[settings.mode](machine, settings);
  const seconds = settings.now === null ? null : (settings.now() - begun) / 1000;
  return reportOf(machine, settings.mode, found, seconds);
}
