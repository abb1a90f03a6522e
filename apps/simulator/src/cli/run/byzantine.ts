import { type AdversaryPlan, type StrategyName, strategies } from "@eunomia/simulation";
import { refuse } from "../refusal.ts";
import { partsOf } from "../systems.ts";

/** What the Byzantine nodes of a campaign do. Plain JSON. */
export interface ByzantineChoice {
  /** `all`: one strategy after the other. */
  readonly strategy: StrategyName | "all";
  /** Null: as many as the protocol bears, and at least one. */
  readonly nodes: number | null;
}

/** What can be chosen, with what it does. */
export const byzantineStrategies: readonly (readonly [name: StrategyName, does: string])[] = Object.entries(
  strategies,
).map(([name, { does }]) => [name as StrategyName, does]);

/** The strategies that have something to see in a system. */
function fitting({ strategy }: ByzantineChoice, system: string): readonly StrategyName[] {
  const { wire } = partsOf(system, null).system;
  return byzantineStrategies
    .map(([name]) => name)
    .filter((name) => strategy === "all" || name === strategy)
    .filter((name) => wire === undefined || strategies[name].sees === null || strategies[name].sees === wire);
}

/**
 * Those of the systems in which the strategy has something to see.
 *
 * @param named they were asked for by name, so none may be left out.
 * @throws Refusal if there is none, or if one would have to be left out that was asked for
 */
export function systemsWith(
  choice: ByzantineChoice,
  systems: readonly string[],
  named: boolean,
): readonly string[] {
  const fit = systems.filter((name) => fitting(choice, name).length > 0);
  const out = systems.find((name) => !fit.includes(name));
  if (out !== undefined && (named || fit.length === 0))
    refuse(
      "no-place",
      `"${choice.strategy}" changes messages, and those of ${out} travel as sealed frames only`,
      `leave ${out} out, or use ${fitting({ ...choice, strategy: "all" }, out).join(" or ")}`,
    );
  return fit;
}

/**
 * The adversary of the n-th run of a system: every strategy gets its turn, and in the next round of turns those of other seeds,
 * so that it meets both runs that end in a healed core and runs that do not.
 */
export function adversaryAt(choice: ByzantineChoice, system: string, n: number): AdversaryPlan {
  const names = fitting(choice, system);
  return { strategy: names[(n + Math.floor(n / names.length)) % names.length]!, nodes: choice.nodes };
}
