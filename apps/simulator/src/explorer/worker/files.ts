import { writeModelFile } from "../../replay/model-file.ts";
import { storyListing } from "../story/listing.ts";
import { storyMermaid } from "../story/mermaid.ts";
import { storySvg } from "../story/svg.ts";
import { stepLine } from "../story/tell.ts";
import type { Story } from "../story/types.ts";
import { storyTest } from "../story/unit-test.ts";
import { ExplorerError } from "./ground.ts";
import type { ExportKind, SavedFile } from "./messages.ts";

/** The model of a story as an expression for a test in `apps/simulator/test`. */
const testScope = ({ origin: { name, params } }: Story) => ({
  importLine: 'import { shelfModel } from "../src/explorer/worker/shelf-models.ts";',
  model: `shelfModel(${JSON.stringify(name)}, ${JSON.stringify(params)})`,
});

function replayText(story: Story): string {
  const { engines, name, params, path } = story.origin;
  const broken = story.verdicts.find(({ result }) => result === "violated");
  if (broken === undefined)
    throw new ExplorerError(
      "nothing-violated",
      "a replay file shows how something is violated, and nothing is here: save a link or a test",
    );
  const { mutant = null, ...rest } = params as { readonly mutant?: string };
  return writeModelFile({
    engines,
    node: "browser",
    model: name,
    params: Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
    mutant: mutant === "none" ? null : mutant,
    turns: path.map((turn, at) => ({ ...turn, says: stepLine(story.steps[at]!) })),
    property: broken.property,
    detail: broken.reason ?? "",
  });
}

/** The story as a file. @throws ExplorerError if this kind of story has no such file */
export function fileOf(kind: ExportKind, story: Story): SavedFile {
  const base = `${story.origin.name.replace(/[^\w]+/g, "-")}-${story.steps.length}-steps`;
  switch (kind) {
    case "svg":
      return { name: `${base}.svg`, type: "image/svg+xml", text: storySvg(story) };
    case "mermaid":
      return { name: `${base}.mmd`, type: "text/plain", text: storyMermaid(story) };
    case "listing":
      return { name: `${base}.txt`, type: "text/plain", text: storyListing(story) };
    case "test":
      return { name: `${base}.test.ts`, type: "text/plain", text: storyTest(story, testScope(story)) };
    case "replay":
      return { name: `${base}.jsonl`, type: "application/jsonl", text: replayText(story) };
  }
}
