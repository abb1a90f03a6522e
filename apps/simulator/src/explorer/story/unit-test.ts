import { stepLine } from "./tell.ts";
import type { Story } from "./types.ts";

const quoted = (text: string): string => JSON.stringify(text);

/**
 * A story as a unit test that takes its path again and fails while anything is violated at its end: put it into
 * `apps/simulator/test`.
 *
 * @param scope the expression that makes the model, and the import that it needs
 */
export function storyTest(
  story: Story,
  scope: { readonly importLine: string; readonly model: string },
): string {
  const { origin, steps, verdicts } = story;
  const broken = verdicts.find(({ result }) => result === "violated");
  const name = `${origin.name}: ${broken === undefined ? "nothing is violated" : `${broken.property} holds`} after ${steps.length} steps`;
  const turns = origin.path.map(
    ({ choice, mark }, at) => `    { choice: ${choice}, mark: ${quoted(mark)} }, // ${stepLine(steps[at]!)}`,
  );
  return `import { openSpace } from "@eunomia/checker";
import { expect, test } from "vitest";
${scope.importLine}
import { followPath } from "../src/replay/model-path.ts";

test(${quoted(name)}, () => {
  const space = openSpace(${scope.model});
  // A path that the engines no longer take (\`mismatch\`) is fine: the way to the violation is gone.
  const { violation } = followPath(space, [
${turns.join("\n")}
  ]);
  expect(violation).toBeNull();
});
`;
}
