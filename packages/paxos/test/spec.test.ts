import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { soundMakers } from "./support/cluster.ts";
import { acceptorAlone, leaderAlone, learnerAlone } from "./support/lone.ts";

/** The rows of the tables of SPEC.md: engine, action. */
function rows(): string[] {
  const text = readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");
  return [...text.matchAll(/^\| (acceptor|leader|learner) \| `([^`]+)` \|/gm)].map(
    ([, engine, action]) => `${engine}: ${action}`,
  );
}

test("SPEC.md has exactly one row per action, and every action names its section", () => {
  const actions = [acceptorAlone(soundMakers), leaderAlone(soundMakers), learnerAlone(soundMakers)].flatMap(
    ({ engine }) => engine.actions.map(({ name }) => `${engine.name.replace("paxos ", "")}: ${name}`),
  );
  expect(rows()).toEqual(actions);
  for (const action of actions) expect(action).toMatch(/\(\d+\.\d+\)$/);
});
