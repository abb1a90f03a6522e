import type { Option } from "./options.ts";
import type { CostedFlow } from "./problem.ts";
import { type Choices, over, type Solution, taken } from "./search.ts";

/** A number for people: thousands apart, at most three decimals. */
export function figure(value: number): string {
  const [whole = "", part] = String(Number(value.toFixed(3))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}

export const labelOf = ({ scheme, stage }: Option): string => `${scheme}/${stage}`;

const units = { egress: "bytes", cpu: "µs" } as const;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Why the optimum is no cheaper: limits that it uses up, and for each option that is cheaper than the chosen one what is against it. */
export function bindingOf(
  flows: readonly CostedFlow[],
  all: readonly (readonly Option[])[],
  { fixed, limits }: Choices,
  { options: chosen }: Solution,
): readonly string[] {
  const full = limits.flatMap((limit) => {
    const used = sum(chosen.map((option) => taken(limit, option)));
    const { resource, who, most } = limit;
    return Math.abs(used - most) <= 1e-9 * Math.max(1, most)
      ? [`the ${resource} of ${who} is used up: ${figure(most)} ${units[resource]}`]
      : [];
  });
  const against = flows.flatMap(({ type }, at) =>
    all[at]!.filter((option) => option.cost < chosen[at]!.cost).map((option) => {
      const others = chosen.filter((_, index) => index !== at);
      const reason = reasonAgainst(type, option, chosen[at]!, others, { fixed, limits });
      return `${type}: ${labelOf(option)} would cost ${figure(option.cost)} but ${reason}`;
    }),
  );
  return [...full, ...against];
}

function reasonAgainst(
  type: string,
  option: Option,
  instead: Option,
  others: readonly Option[],
  { fixed, limits }: Pick<Choices, "fixed" | "limits">,
): string {
  if (option.excluded?.why === "refused")
    return `the check refuses it: ${option.excluded.code}, ${option.excluded.message}`;
  if (option.excluded?.why === "late")
    return `takes ${figure(option.delayMs)} ms, ${figure(option.excluded.byMs)} ms more than ${type} may`;
  for (const limit of limits) {
    const used = sum([option, ...others].map((other) => taken(limit, other)));
    const { resource, who, most } = limit;
    if (over(used, limit))
      return `exceeds the ${resource} of ${who} by ${figure(used - most)} ${units[resource]}`;
  }
  const { facility } = option;
  const opening =
    facility === null || others.some((other) => other.facility === facility) ? 0 : fixed[facility]!;
  const saved = instead.cost - option.cost;
  return `saves ${figure(saved)} only, and ${facility} costs ${figure(opening)} to run`;
}

/** How the second best differs. */
export function runnerUpWords(flows: readonly CostedFlow[], best: Solution, next: Solution): string {
  const changes = flows.flatMap(({ type }, at) => {
    const [a, b] = [best.options[at]!, next.options[at]!];
    return a === b ? [] : [`${type} by ${labelOf(b)} instead of ${labelOf(a)}`];
  });
  return `${figure(next.cost - best.cost)} more: ${changes.join(", ")}`;
}
