import { type Model, openSpace, type View } from "@eunomia/checker";

/** What the ends of a model's runs say. */
export interface Ends {
  /** Null: every run ends well. */
  readonly problem: string | null;
  readonly states: number;
  /** States in which nothing can happen any more. */
  readonly ends: number;
}

/**
 * Looks at every state in which nothing can happen any more: whoever has something to do there stands still for ever. For
 * models in which every run ends, this is termination.
 *
 * @param wanted null, or what is missing at an end.
 */
export function checkEnds(model: Model, wanted: (view: View) => string | null, statesMax: number): Ends {
  const space = openSpace(model);
  const seen = new Set<string>([space.initial.join()]);
  const open = [space.initial];
  let ends = 0;
  for (let at = 0; at < open.length && seen.size <= statesMax; at += 1) {
    const vector = open[at]!;
    const next = space.successors(vector);
    if (next.length === 0) {
      ends += 1;
      const problem = wanted(space.view(vector));
      if (problem !== null) return { problem, states: seen.size, ends };
    }
    for (const { vector: reached } of next) {
      const key = reached.join();
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(reached);
    }
  }
  return { problem: null, states: seen.size, ends };
}
