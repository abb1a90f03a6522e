import type { Stage } from "../text/ast.ts";
import { type Ask, others } from "./ask.ts";
import type { Setting } from "./setting.ts";

/** Without a clause, or where two disagree: straight to each verifier. */
const direct: readonly Stage[] = [{ policy: "DIRECT", withinMs: null, final: false }];

/** The stages towards one verifier, the built-in fall-back with them. */
export function stagesTowards(
  setting: Setting,
  ask: Pick<Ask, "issuer" | "type">,
  verifier: string,
): readonly Stage[] {
  const selected = setting.dissemination.of(ask.issuer, verifier, ask.type);
  if (selected.is !== "one") return direct;
  const { stages } = selected.clause;
  const last = stages.at(-1)!;
  return last.policy === "DIRECT" || last.final ? stages : [...stages, ...direct];
}

/** Through whom a statement may come to a verifier: with gossip, through any other verifier. */
export function relaysTowards(setting: Setting, ask: Ask, verifier: string): readonly string[] {
  const relays = stagesTowards(setting, ask, verifier).flatMap((stage) => {
    if (stage.policy === "OPTIMISTIC") return setting.supportOf(stage.relays);
    return stage.policy === "GOSSIP" ? ask.verifiers : [];
  });
  return others(others(relays, ask.issuer), verifier);
}
