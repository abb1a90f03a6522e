import { PolicyError } from "../errors.ts";
import type { Option } from "./options.ts";

/** Options of every flow, and what they share: fixed costs of facilities, and limits. */
export interface Choices {
  readonly flows: readonly (readonly Option[])[];
  readonly fixed: Readonly<Record<string, number>>;
  readonly limits: readonly Limit[];
}

/** Nobody may have more of a resource than this. */
export interface Limit {
  readonly resource: "egress" | "cpu";
  readonly who: string;
  readonly most: number;
}

/** An option for each flow, and what they cost together. */
export interface Solution {
  readonly options: readonly Option[];
  readonly cost: number;
}

const stepsDefault = 5_000_000;

/** How much of a limit an option takes. */
export const taken = ({ resource, who }: Limit, option: Option): number => option[resource].get(who) ?? 0;

/** Sums of doubles may end on either side of a limit that is met exactly. */
export const over = (sum: number, { most }: Limit): boolean => sum > most + 1e-9 * Math.max(1, most);

/** All that a choice costs, facilities once. */
export function totalCost(options: readonly Option[], fixed: Choices["fixed"]): number {
  const facilities = new Set(options.flatMap(({ facility }) => facility ?? []));
  return [
    ...options.map(({ cost }) => cost),
    ...[...facilities].map((facility) => fixed[facility] ?? 0),
  ].reduce((sum, cost) => sum + cost, 0);
}

/**
 * The best solutions, at most two, the cheaper first: depth first, cheap options first, cut off where the cheapest options of what
 * remains cannot beat the second best any more. Options must stand in the order of their costs.
 *
 * @throws PolicyError `limit` after five million steps without an end: a solver may be given.
 */
export function bestTwo({ flows, fixed, limits }: Choices, maxSteps = stepsDefault): readonly Solution[] {
  const rest = flows.map((_, at) =>
    flows.slice(at).reduce((sum, [cheapest]) => sum + (cheapest?.cost ?? 0), 0),
  );
  let found: readonly Solution[] = [];
  let steps = 0;
  const worth = (cost: number): boolean => found.length < 2 || cost < found[1]!.cost;
  const visit = (chosen: readonly Option[], cost: number, used: readonly number[]): void => {
    if (chosen.length === flows.length) {
      found = [...found, { options: chosen, cost }].sort((a, b) => a.cost - b.cost).slice(0, 2);
      return;
    }
    for (const option of flows[chosen.length]!) {
      if (++steps > maxSteps)
        throw new PolicyError("limit", "flows", `an end within ${maxSteps} steps; give engines.lp`, steps);
      if (!worth(cost + option.cost + (rest[chosen.length + 1] ?? 0))) return;
      const total = used.map((sum, at) => sum + taken(limits[at]!, option));
      if (total.some((sum, at) => over(sum, limits[at]!))) continue;
      const { facility } = option;
      const opens = facility !== null && !chosen.some((other) => other.facility === facility);
      const next = cost + option.cost + (opens ? fixed[facility]! : 0);
      if (worth(next + (rest[chosen.length + 1] ?? 0))) visit([...chosen, option], next, total);
    }
  };
  visit(
    [],
    0,
    limits.map(() => 0),
  );
  return found;
}
