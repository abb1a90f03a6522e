import { type RunPlan, type RunResult, type SimulatedStep, simulate } from "@eunomia/simulation";
import { inline, treeOf } from "../../explorer/story/tree.ts";

const textOf = ({ atMs, process, event, fired, effects }: SimulatedStep): string =>
  inline(treeOf({ atMs, process, event, fired, effects }));

async function records(plan: RunPlan): Promise<readonly string[]> {
  const lines: string[] = [];
  await simulate(plan, { onStep: (step) => void lines.push(textOf(step)) });
  return lines;
}

/**
 * Runs the plan again, verdict and all, and tells the first record that differs; null: the runs are equal. The digest is over
 * every record, so records are compared one by one only when it differs.
 */
export async function firstDifference(plan: RunPlan, first: RunResult): Promise<string | null> {
  const second = await simulate(plan);
  if (inline(treeOf(first)) === inline(treeOf(second))) return null;
  const [a, b] = [await records(plan), await records(plan)];
  const at = a.findIndex((line, place) => line !== b[place]);
  if (at >= 0) return `record ${at + 1} was ${a[at]}, and then ${b[at] ?? "absent"}`;
  const field = (Object.keys(first) as (keyof RunResult)[]).find(
    (name) => inline(treeOf(first[name])) !== inline(treeOf(second[name])),
  );
  return `the records agree, but "${field}" was ${inline(treeOf(first[field!]))}, and then ${inline(treeOf(second[field!]))}`;
}
