import { strategies } from "../byzantine/named.ts";
import type { Streams } from "../choice/stream.ts";
import { asked, refuse } from "../errors.ts";
import { drawProfile } from "../faults/draw-profile.ts";
import { checkedProfile } from "../plan-checks.ts";
import type { Profile } from "../profile.ts";
import type { RunPlan } from "../run-types.ts";

// What stands in the header of a replay file, given by the plan or drawn from its seed.

/** @throws SimulationError where the system fails to draw. */
export function configOf<C>({ config, system }: RunPlan<C>, before: Streams): C {
  if (config !== undefined) return config;
  const whose = `"draw" of the system "${system.name}"`;
  const drawn = asked(whose, () => system.draw(before.get("config")));
  return drawn === undefined ? refuse(`${whose} expected to answer a configuration, got undefined`) : drawn;
}

/** @throws SimulationError for a profile that is none, given or answered by the system. */
export function profileOf<C>({ profile, system }: RunPlan<C>, config: C, before: Streams): Profile {
  if (profile !== undefined) return checkedProfile(profile);
  const drawn = drawProfile(before.get("profile"));
  const whose = `"surroundings" of the system "${system.name}"`;
  return checkedProfile(asked(whose, () => system.surroundings?.(config, drawn)) ?? drawn);
}

/** @throws SimulationError for another word. */
export function wireOf<C>({ wire, system, adversary }: RunPlan<C>, before: Streams): "value" | "bytes" {
  const drawn = (): "value" | "bytes" => (before.get("wire").below(8) === 7 ? "bytes" : "value");
  const needed = typeof adversary === "object" ? strategies[adversary.strategy]?.sees : "value";
  const chosen = wire ?? system.wire ?? (adversary === undefined ? null : needed) ?? drawn();
  if (chosen !== "value" && chosen !== "bytes")
    refuse(`"wire" expected value or bytes, got "${String(chosen)}"`);
  return chosen;
}
