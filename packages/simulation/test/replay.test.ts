import { type RunPlan, readReplay, recordRun, replay, replayText, stormProfile } from "@eunomia/simulation";
import { expect, test } from "vitest";
import { toySystem } from "./support/toy-system.ts";

const engines = "cafe".repeat(16);
const plan: RunPlan<{ learners: number }> = {
  system: toySystem(),
  seed: "replay",
  profile: stormProfile,
  limits: { virtualMs: 6000 },
};
const text = async (): Promise<string> =>
  replayText(await recordRun(plan, { engines, node: "v20.20.2", mutant: "none" }));

test("a replay file replays record by record", async () => {
  const file = readReplay(await text(), engines);
  expect(file.records.length).toBeGreaterThan(50);
  expect(file.header).toMatchObject({ v: 1, kind: "run", system: "toy", seed: "replay", mutant: "none" });
  expect(file.records.some((record) => record.includes('"digest"'))).toBe(true);
  expect((await replay(file, { system: toySystem() })).difference).toBeNull();
});

test("a replay that goes another way reports the first record that differs", async () => {
  const file = readReplay(await text(), engines);
  const fewer = { ...file, choices: file.choices.filter(({ stream }) => stream !== "turn:r0") };
  const { difference } = await replay(fewer, { system: toySystem() });
  expect(difference).not.toBeNull();
  expect(difference!.expected).toBe(file.records[difference!.record - 1]);
  const changed = { ...file, verdictLine: file.verdictLine.replace('"ok"', '"violated"') };
  expect((await replay(changed, { system: toySystem() })).difference?.record).toBe(file.records.length + 1);
});

test("files that do not fit are refused with the reason and what to do", async () => {
  const good = await text();
  const lines = good.split("\n");
  const refuses = (bad: string): string => {
    try {
      readReplay(bad, engines);
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return "nothing";
  };
  expect(refuses(good.replace('"v":1', '"v":2'))).toMatch(/^replay-version: .* replay it with the version/);
  expect(() => readReplay(good, "dead".repeat(16))).toThrow(/written by engines cafecafecafe, these are/);
  expect(refuses("")).toMatch(/^replay-damaged: /);
  expect(refuses(good.slice(0, -1))).toMatch(/^replay-damaged: .*cut file/);
  expect(refuses(`${lines.slice(0, -3).join("\n")}\n`)).toMatch(/^replay-damaged: .*a verdict/);
  // Any single line that is lost, and any letter of the frame that is changed, is seen by reading or by replaying.
  let looked = 0;
  for (let at = 1; at < lines.length - 1; at += Math.ceil(lines.length / 40)) {
    const without = `${lines.filter((_, line) => line !== at).join("\n")}`;
    const told = refuses(without);
    if (told === "nothing")
      expect((await replay(readReplay(without, engines), { system: toySystem() })).difference).not.toBeNull();
    else expect(told).toMatch(/^replay-damaged: .*copy it again/);
    looked += 1;
  }
  expect(looked).toBeGreaterThan(20);
  await expect(
    replay(readReplay(good, engines), { system: { ...toySystem(), name: "other" } }),
  ).rejects.toThrow(/expected "toy"/);
});
