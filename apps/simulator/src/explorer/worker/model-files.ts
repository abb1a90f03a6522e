import { writeModelFile } from "../../replay/model-file.ts";
import { stepLine } from "../story/tell.ts";
import type { Story } from "../story/types.ts";
import { storyTest } from "../story/unit-test.ts";
import { ExplorerError } from "./ground.ts";

/**
 * A path through a model as a replay file.
 *
 * @throws ExplorerError if nothing is violated at its end
 */
export function modelReplay(story: Story): string {
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

/** A path through a model as a test for `apps/simulator/test`. */
export function modelTest(story: Story): string {
  const { name, params } = story.origin;
  return storyTest(story, {
    importLine: 'import { shelfModel } from "../src/explorer/worker/shelf-models.ts";',
    model: `shelfModel(${JSON.stringify(name)}, ${JSON.stringify(params)})`,
  });
}
