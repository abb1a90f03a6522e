import { checkLiveness, describeLiveness, type LivenessReport, type Model } from "@eunomia/checker";
import { engineHash } from "../engine-hash.ts";
import { changedParams, type ModelChoice, modelNamed, modelOf } from "../models.ts";
import { fileName, prepareFolder, writeInto } from "../output.ts";
import { refuse } from "../refusal.ts";
import type { CheckCommand } from "./command.ts";
import { reductionsOf } from "./job.ts";

/** The only reduction that keeps cycles: whatever a scope has else is left out where nothing is asked for. */
const soundHere = "inert";

function witnessOf(model: Model, name: string): Model["witnesses"][number] {
  return (
    model.witnesses.find((witness) => witness.name === name) ??
    refuse(
      "unknown-witness",
      `${model.name} has no witness "${name}"`,
      `choose among ${model.witnesses.map((each) => `"${each.name}"`).join(", ") || "none: it has no witnesses"}`,
    )
  );
}

/** What does not go together with fair cycles would be silently lost. */
function mustFit(names: readonly string[], options: CheckCommand): void {
  if (names.length === 0)
    refuse("no-model", "--eventually is about a model", "name one: check <model> --eventually <witness>");
  if (options.mode !== "bfs" || options.depth !== null)
    refuse("other-mode", "fair cycles are looked for among all states", "leave --mode and --depth out");
  if ((options.workers ?? 1) > 1 || options.checkpoint !== null || options.resume)
    refuse("other-mode", "fair cycles are looked for by one thread", "leave --workers and --checkpoint out");
}

function reportOf(choice: ModelChoice, options: CheckCommand): LivenessReport {
  const { mutant, memory, states, inputs, reduce, set, eventually } = options;
  const params = changedParams(choice, set);
  const model = modelOf({ scope: choice.name, params, ...(mutant === null ? {} : { mutant }) });
  const goals = eventually.map((name) => witnessOf(model, name));
  const names = reduce ?? choice.reductions.filter((name) => name === soundHere);
  return checkLiveness(
    model,
    {
      name: `eventually ${eventually.join(" or ")}`,
      kind: "eventually",
      goal: (view) => goals.some((goal) => goal.reached(view)),
    },
    { inputs, memory, ...(states === null ? {} : { states }), reductions: reductionsOf(names) },
  );
}

/**
 * Does every fair run of the models come to what one of the witnesses names? Answers the exit code: 0 only if it is so in the whole scope.
 *
 * @throws Refusal for what does not go together with it.
 */
export function eventuallyCommand(names: readonly string[], options: CheckCommand): number {
  mustFit(names, options);
  prepareFolder(options.out);
  const engines = engineHash();
  const reports = names.map(modelNamed).map((choice) => {
    const before = process.cpuUsage();
    const report = reportOf(choice, options);
    const { user, system } = process.cpuUsage(before);
    if (!options.json) {
      console.log(describeLiveness(report));
      console.log(`  inputs ${options.inputs} come; ${((user + system) / 1e6).toFixed(1)} CPU seconds`);
      if (report.truncated !== null) console.log(`  truncated: ${report.truncated}`);
      if (report.result === "unknown" && report.incomplete > 0)
        console.log("  where progress rests on timers or restarts, `periods` is the command");
    }
    const mutant = options.mutant === null ? [] : [options.mutant];
    const parts = [choice.name, ...mutant, "eventually", ...options.eventually];
    const text = JSON.stringify({ engineHash: engines, inputs: options.inputs, ...report }, null, 2);
    writeInto(options.out, `${fileName(...parts)}.report.json`, `${text}\n`);
    return report;
  });
  if (options.json)
    console.log(JSON.stringify(reports.map((report) => ({ engineHash: engines, ...report }))));
  return reports.every(({ result }) => result === "holds") ? 0 : 1;
}
