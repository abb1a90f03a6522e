import { consensusTwins } from "@eunomia/conformance";
import type { AnyEngine, NodeId } from "@eunomia/engine";
import { type RunPlan, shrink, simulate, sizeOf, stormProfile } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { toySystem } from "./support/toy-system.ts";

export function twin(name: string, process: NodeId): AnyEngine {
  const { subject } = consensusTwins.find((one) => one.name === name)!;
  return (subject.engines as Record<NodeId, { engine: AnyEngine }>)[process]!.engine;
}

test("shrink", async () => {
  for (const [name, process] of [
    ["forgetful", "s"],
    ["late", "s"],
    ["inventive", "s"],
  ] as const) {
    for (let seed = 0; seed < 200; seed += 1) {
      const plan: RunPlan<{ learners: number }> = {
        system: toySystem({ sequencer: twin(name, process) }),
        seed: `${name} ${seed}`,
        profile: stormProfile,
        limits: { virtualMs: 10_000 },
      };
      const result = await simulate(plan);
      if (result.outcome.kind === "ok") continue;
      const small = await shrink(plan, result);
      console.log(
        name,
        seed,
        result.outcome,
        small.before,
        small.after,
        small.replays,
        small.result.choices.length,
      );
      break;
    }
  }
});
