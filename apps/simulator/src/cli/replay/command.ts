import { planOfReplay, type ReplayFile, readReplay, replay } from "@eunomia/simulation";
import { storyListing } from "../../explorer/story/listing.ts";
import { storyMermaid } from "../../explorer/story/mermaid.ts";
import { storySvg } from "../../explorer/story/svg.ts";
import type { Story, Tree } from "../../explorer/story/types.ts";
import { storyTest } from "../../explorer/story/unit-test.ts";
import { ModelGround } from "../../explorer/worker/model-ground.ts";
import { kindOfReplay, type ModelFile, readModelFile } from "../../replay/model-file.ts";
import { ReplayError } from "../../replay/replay-error.ts";
import { runTest } from "../../replay/run-test.ts";
import { engineHash } from "../engine-hash.ts";
import { invocation } from "../invocation.ts";
import { modelOf } from "../models.ts";
import { partsOf } from "../systems.ts";
import { textOf } from "../text-of.ts";
import { runStory } from "./run-story.ts";

/** How a replay is shown. */
type Shown = "listing" | "test" | "mermaid" | "svg";

export interface ReplayCommand {
  readonly as: Shown;
  /** Try a file of other engines. */
  readonly anyway: boolean;
  readonly json: boolean;
}

/** What a replay came to. */
interface Told {
  readonly story: Story;
  readonly test: string;
  /** What differs from the file; null: nothing. */
  readonly difference: string | null;
  readonly violated: { readonly property: string; readonly detail: string } | null;
  /** Liars beyond what the protocol bears did it. */
  readonly excused: boolean;
}

/** Takes the path of a file through its model. */
function ofModel(file: ModelFile, engines: string): Told {
  const { model, params, mutant, turns, property } = file;
  const given = mutant === null ? { scope: model } : { scope: model, mutant };
  const made = modelOf({ ...given, params });
  const ground = new ModelGround(made, {
    kind: "model",
    name: model,
    params: params as Tree,
    engines,
    seed: null,
  });
  const mismatch = ground.follow(turns);
  const story = ground.story();
  const wrong = story.verdicts.find(({ result }) => result === "violated");
  const test = storyTest(story, {
    importLine: 'import { modelOf } from "../src/cli/models.ts";',
    model: `modelOf(${JSON.stringify({ ...given, params })})`,
  });
  const violated = wrong === undefined ? null : { property: wrong.property, detail: wrong.reason ?? "" };
  const difference =
    mismatch ??
    (violated?.property === property
      ? null
      : `the file says that ${property} is violated at its end; here ${violated === null ? "nothing is" : `${violated.property} is`}`);
  return { story, test, difference, violated, excused: false };
}

async function ofRun(file: ReplayFile, engines: string): Promise<Told> {
  const { header } = file;
  const parts = partsOf(header.system, header.mutant ?? null);
  const { difference, result } = await replay(file, parts);
  const story = await runStory(planOfReplay(file, parts), { engines, mutant: header.mutant ?? null });
  const { outcome } = result;
  return {
    story,
    test: runTest(file),
    difference:
      difference === null
        ? null
        : `record ${difference.record} differs\n  in the file: ${difference.expected}\n  now:         ${difference.got}`,
    violated: outcome.kind === "ok" ? null : { property: outcome.property, detail: outcome.detail },
    excused: result.excused,
  };
}

/** The engines that a file of a run names: what makes it readable whatever they are. */
function enginesNamed(text: string): string {
  const [first = ""] = text.split("\n", 1);
  const { engines } = JSON.parse(first) as { readonly engines?: unknown };
  return typeof engines === "string" ? engines : "";
}

/** Replays a file; answers the exit code: 1 while it violates something. */
export async function replayCommand(name: string, { as, anyway, json }: ReplayCommand): Promise<number> {
  const text = textOf(name);
  const engines = engineHash();
  const told =
    kindOfReplay(text) === "model"
      ? ofModel(readModelFile(text, anyway ? null : engines), engines)
      : await ofRun(readReplay(text, anyway ? enginesNamed(text) : engines), engines);
  const { story, difference, violated, excused } = told;
  if (difference !== null && !anyway)
    throw new ReplayError(
      "damaged",
      `${difference}\nthe file is damaged, or something in the run is not determined by it`,
    );
  if (json) console.log(JSON.stringify({ story, difference, violated, excused }));
  else if (as === "test") console.log(told.test);
  else if (as === "mermaid") console.log(storyMermaid(story));
  else if (as === "svg") console.log(storySvg(story));
  else {
    console.log(storyListing(story));
    if (difference !== null) console.log(difference);
    console.log(
      violated === null
        ? "nothing is violated: these engines do not do it any more"
        : `${violated.property} is violated: ${violated.detail}`,
    );
    if (excused) console.log("this is no failure: the protocol does not promise to bear such liars");
    console.log(`see it in the browser:   ${invocation(["explore", name])}`);
    console.log(`have it as a unit test:  ${invocation(["replay", name, "--as-test"])}`);
  }
  return violated === null ? 0 : 1;
}
