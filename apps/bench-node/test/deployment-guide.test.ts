import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { GuideShell } from "./support/guide-shell.ts";

const guide = readFileSync(new URL("../../../docs/guides/deployment.md", import.meta.url), "utf8");
const shell = new GuideShell("deployment");
afterAll(() => shell.close());

test("the commands of the guide to deployments do what it says, one after the other", {
  timeout: 400_000,
}, async () => {
  const { code, said } = await shell.run(guide);
  expect(code, said).toBe(0);
  expect(said).toContain("nobody said two things");
});
