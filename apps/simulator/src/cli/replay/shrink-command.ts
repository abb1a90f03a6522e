import { basename } from "node:path";
import { planOfReplay, readReplay, recordRun, replayText, shrink, simulate } from "@eunomia/simulation";
import { kindOfReplay } from "../../replay/model-file.ts";
import { engineHash } from "../engine-hash.ts";
import { invocation } from "../invocation.ts";
import { prepareFolder, writeInto } from "../output.ts";
import { Progress } from "../progress.ts";
import { refuse } from "../refusal.ts";
import { partsOf } from "../systems.ts";
import { textOf } from "../text-of.ts";

export interface ShrinkCommand {
  readonly replays: number;
  readonly out: string;
  readonly json: boolean;
}

/** Spends more replays on a failure; answers the exit code: 1, since what is left still violates. */
export async function shrinkCommand(name: string, { replays, out, json }: ShrinkCommand): Promise<number> {
  const text = textOf(name);
  if (kindOfReplay(text) === "model")
    refuse(
      "model-path",
      `${name} is a path through a model, and not a run`,
      "there is no shorter one: `check` searches breadth first, so its paths are shortest",
    );
  const engines = engineHash();
  const file = readReplay(text, engines);
  const { header } = file;
  const plan = planOfReplay(file, partsOf(header.system, header.mutant ?? null));
  const result = await simulate(plan);
  if (result.outcome.kind === "ok")
    refuse("nothing-violated", `${name} violates nothing`, "find a failure first: `run` or `check`");
  prepareFolder(out);
  const progress = new Progress({ total: replays, unit: "replays", quiet: json });
  const { before, after, ...shrunk } = await shrink(plan, result, {
    replays,
    onProgress: (done, { steps, faults, requests }) =>
      progress.update(done, `${steps} steps, ${faults} faults, ${requests} requests`),
  }).finally(() => progress.stop());
  const recorded = await recordRun(shrunk.plan, {
    engines,
    node: process.version,
    shrunk: true,
    ...(header.mutant === undefined ? {} : { mutant: header.mutant }),
  });
  const smaller = writeInto(
    out,
    `${basename(name, ".jsonl").replace(/-small$/, "")}-small.jsonl`,
    replayText(recorded),
  );
  if (json) console.log(JSON.stringify({ before, after, replays: shrunk.replays, file: smaller }));
  else {
    console.log(
      `${shrunk.replays} replays: ${before.steps} steps, ${before.faults} faults and ${before.requests} requests became ` +
        `${after.steps} steps, ${after.faults} faults and ${after.requests} requests`,
    );
    console.log(invocation(["replay", smaller]));
  }
  return 1;
}
