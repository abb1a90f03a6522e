import type { RunPlan } from "@eunomia/simulation";
import { substitutionOf } from "../mutants/mutant.ts";
import { systemNames, systemOf } from "../protocols/systems.ts";
import { mutantNamed } from "./models.ts";
import { refuse } from "./refusal.ts";

/** What a run is made of besides its seed: the system, and what stands in the place of an engine. */
export type Parts = Pick<RunPlan, "system" | "substitute">;

/**
 * The system of a name, with a mutant in it or none.
 *
 * @throws Refusal with the names there are
 */
export function partsOf(name: string, mutant: string | null): Parts {
  if (!(systemNames as readonly string[]).includes(name))
    refuse("unknown-system", `there is no system "${name}"`, `choose among ${systemNames.join(", ")}`);
  if (mutant === null) return { system: systemOf(name) };
  const substitution = substitutionOf(mutantNamed(mutant));
  return { system: systemOf(name, substitution), substitute: substitution.engine };
}

/** The systems in which the mutant has a place; without one all of them. */
export function systemsFor(names: readonly string[], mutant: string | null): readonly string[] {
  const chosen = names.length > 0 ? names : [...systemNames];
  for (const name of chosen) partsOf(name, mutant);
  if (mutant === null || names.length > 0) return chosen;
  const { protocol } = mutantNamed(mutant);
  const fitting = chosen.filter((name) => name === protocol);
  return fitting.length > 0 ? fitting : chosen;
}
