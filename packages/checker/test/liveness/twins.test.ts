import { livenessModels } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { asGraph } from "./support.ts";
import { byComponents, twins } from "./twins.ts";

function wrongOn(judge: ReturnType<typeof byComponents>): string[] {
  return livenessModels.flatMap((model) => {
    const { graph, property } = asGraph(model);
    return judge(graph, property) === model.verdict ? [] : [model.name];
  });
}

test("the twins are right but for their flaw", () => {
  expect(wrongOn(byComponents(null))).toEqual([]);
});

for (const [fault, judge] of twins)
  test(`the corpus refuses: ${fault}`, () => {
    const wrong = wrongOn(judge);
    expect(wrong.length).toBeGreaterThan(0);
  });
