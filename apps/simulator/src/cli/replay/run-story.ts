import type { RunPlan } from "@eunomia/simulation";
import type { Story, Tree } from "../../explorer/story/types.ts";
import { RunGround } from "../../explorer/worker/run-ground.ts";
import { recordRun } from "../../explorer/worker/run-record.ts";

/** A simulated run as a story; of a long run the last steps. */
export async function runStory(
  plan: RunPlan,
  { engines, mutant }: { readonly engines: string; readonly mutant: string | null },
): Promise<Story> {
  const record = await recordRun(plan);
  const { system, seed } = plan;
  const params = { config: record.result.config as Tree, ...(mutant === null ? {} : { mutant }) };
  return new RunGround(record, { kind: "run", name: system.name, params, engines, seed, path: [] }).story();
}
