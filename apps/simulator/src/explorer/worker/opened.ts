import {
  planOfReplay,
  type RunPlan,
  type RunResult,
  readReplay,
  recordRun,
  replayText,
} from "@eunomia/simulation";
import { partsOf } from "../../cli/systems.ts";
import { runTest } from "../../replay/run-test.ts";
import { storyListing } from "../story/listing.ts";
import { storyMermaid } from "../story/mermaid.ts";
import { storySvg } from "../story/svg.ts";
import type { Origin, Tree } from "../story/types.ts";
import type { Ground } from "./ground.ts";
import type { ExportKind, SavedFile } from "./messages.ts";
import { modelReplay, modelTest } from "./model-files.ts";
import type { ModelGround } from "./model-ground.ts";
import { RunGround } from "./run-ground.ts";
import { recordRun as watchRun } from "./run-record.ts";

/** What is open: where its story lives, and what only its kind can be saved as. */
export interface Opened {
  readonly ground: Ground;
  /** A run that can be made smaller; null: a path through a model. */
  readonly run: { readonly plan: RunPlan; readonly result: RunResult; readonly mutant: string | null } | null;
  replay(): Promise<string>;
  test(): Promise<string>;
}

/** A path through a model. */
export const openedModel = (ground: ModelGround): Opened => ({
  ground,
  run: null,
  replay: async () => modelReplay(ground.story()),
  test: async () => modelTest(ground.story()),
});

/** A run, simulated now. `params` are those of the page; `file`: only a replay file tells this run. */
export async function openedRun(
  plan: RunPlan,
  {
    kind,
    params,
    engines,
    mutant,
  }: Pick<Origin, "kind" | "params" | "engines"> & { readonly mutant: string | null },
): Promise<Opened> {
  const record = await watchRun(plan);
  const { system, seed } = plan;
  const ground = new RunGround(record, { kind, name: system.name, params, engines, seed, path: [] });
  const replay = async (): Promise<string> =>
    replayText(
      await recordRun(plan, {
        engines,
        node: "browser",
        ...(mutant === null ? {} : { mutant }),
        shrunk: plan.script !== undefined,
      }),
    );
  return {
    ground,
    run: { plan, result: record.result, mutant },
    replay,
    test: async () => runTest(readReplay(await replay(), engines)),
  };
}

/** The run of a replay file. @throws SimulationError, or what says that a name is not there */
export function openedReplay(text: string, engines: string): Promise<Opened> {
  const file = readReplay(text, engines);
  const { system, mutant = null, config } = file.header;
  const plan = planOfReplay(file, partsOf(system, mutant));
  return openedRun(plan, { kind: "file", params: { config: config as Tree }, engines, mutant });
}

/** The story as a file. @throws ExplorerError if this kind of story has no such file */
export async function fileOf(kind: ExportKind, opened: Opened): Promise<SavedFile> {
  const story = opened.ground.story();
  const base = `${story.origin.name.replace(/[^\w]+/g, "-")}-${story.steps.length}-steps`;
  switch (kind) {
    case "svg":
      return { name: `${base}.svg`, type: "image/svg+xml", text: storySvg(story) };
    case "mermaid":
      return { name: `${base}.mmd`, type: "text/plain", text: storyMermaid(story) };
    case "listing":
      return { name: `${base}.txt`, type: "text/plain", text: storyListing(story) };
    case "test":
      return { name: `${base}.test.ts`, type: "text/plain", text: await opened.test() };
    case "replay":
      return { name: `${base}.jsonl`, type: "application/jsonl", text: await opened.replay() };
  }
}
