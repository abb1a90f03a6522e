import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "@eunomia/checker";
import { calmProfile, recordRun, replayText } from "@eunomia/simulation";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { checkModel } from "../src/cli/check/job.ts";
import { engineHash } from "../src/cli/engine-hash.ts";
import { modelNamed } from "../src/cli/models.ts";
import { isCallersMistake } from "../src/cli/refusal.ts";
import { replayCommand } from "../src/cli/replay/command.ts";
import { shrinkCommand } from "../src/cli/replay/shrink-command.ts";
import { partsOf } from "../src/cli/systems.ts";
import type { Tree } from "../src/explorer/story/types.ts";
import { brokenModels } from "../src/explorer/worker/golden-models.ts";
import { modelReplay } from "../src/explorer/worker/model-files.ts";
import { ModelGround } from "../src/explorer/worker/model-ground.ts";

const folder = mkdtempSync(join(tmpdir(), "damage-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.spyOn(console, "log").mockReturnValue());
afterEach(() => vi.restoreAllMocks());
const engines = engineHash();
const file = join(folder, "file.jsonl");

/** The exit code; or the refusal, which is short and says what to do. Anything else is a bug of the program. */
async function outcome(text: string | Uint8Array, anyway = false): Promise<number | string> {
  writeFileSync(file, text);
  try {
    return await replayCommand(file, { as: "listing", anyway, json: false });
  } catch (error) {
    if (!isCallersMistake(error)) throw error;
    return (error as Error).message;
  }
}

/** Values that a field does not have, whatever it is. */
const strange: readonly unknown[] = [null, -1, 1e9, 0.5, "", "zz", true, [], {}, [null]];

/** The value with one field of it, however deep, gone or strange. */
function* edits(value: unknown): Generator<unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields)) {
    const { [name]: field, ...without } = fields;
    yield without;
    for (const other of [...strange, ...edits(field)]) yield { ...fields, [name]: other };
  }
}

/** A few small files: a run, and a path through a model that violates something. */
const texts: Record<"run" | "model", string> = { run: "", model: "" };
beforeAll(async () => {
  const plan = {
    ...partsOf("paxos", null),
    seed: "small",
    profile: calmProfile,
    limits: { mode: "safety", virtualMs: 40, maxSteps: 100 } as const,
  };
  texts.run = replayText(await recordRun(plan, { engines, node: process.version }));
  const { replay } = await checkModel({
    model: "paxos/2a2b-flexible",
    params: modelNamed("paxos/2a2b-flexible").params,
    mutant: "paxos/acceptor/promises-lower-ballot",
    mode: "bfs",
    memory: 2 ** 28,
    states: null,
    depth: null,
    walks: null,
    reductions: [],
    threads: 1,
    checkpoint: null,
    everyMs: 0,
    resume: false,
    engines,
  });
  texts.model = replay!;
}, 60_000);

describe.each(["run", "model"] as const)("a replay file of a %s", (kind) => {
  const sound = kind === "run" ? 0 : 1;

  test("replays as it is", async () => expect(await outcome(texts[kind])).toBe(sound));

  test("is refused wherever it is cut off, with what to do", async () => {
    const lines = texts[kind].split("\n");
    expect(lines.length).toBeGreaterThan(10);
    for (let at = 0; at < lines.length - 1; at += 1)
      for (const cut of [
        lines.slice(0, at),
        [...lines.slice(0, at), lines[at]!.slice(0, lines[at]!.length / 2)],
      ]) {
        const told = await outcome(cut.join("\n"));
        expect(told).toEqual(expect.any(String));
        expect(told).toMatch(/expected|cut off|damaged/);
      }
  });

  test("is refused, or says the same, whatever field of its header or its verdict is changed", {
    timeout: 120_000,
  }, async () => {
    const lines = texts[kind].trimEnd().split("\n");
    let refused = 0;
    let same = 0;
    for (const at of [0, 1, lines.length - 1]) {
      let number = 0;
      for (const edit of edits(JSON.parse(lines[at]!))) {
        number += 1;
        // Every field is met; each in some of the strange ways, for each costs a replay.
        if (number % 4 !== at % 4) continue;
        const told = await outcome(`${lines.with(at, JSON.stringify(edit)).join("\n")}\n`, number % 12 === 0);
        if (typeof told === "number") same += 1;
        else {
          refused += 1;
          expect(told.length).toBeLessThan(2000);
        }
      }
    }
    console.info(`${kind}: ${refused} edits refused, ${same} without effect on what is shown`);
    expect(refused).toBeGreaterThan(20);
  });
});

test("what is no replay file is refused: empty, binary, huge, deep", async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) & 255);
  const deep = `{"kind":"model","v":1,"params":${"[".repeat(30_000)}${"]".repeat(30_000)}}\n`;
  for (const text of [
    "",
    "\n",
    "\0\0",
    bytes,
    "x".repeat(20_000_000),
    "[".repeat(100_000),
    "[]\n",
    "null\n",
    deep,
  ])
    expect(await outcome(text)).toMatch(/expected|damaged/);
  writeFileSync(file, bytes);
  await expect(shrinkCommand(file, { replays: 1, out: folder, json: true })).rejects.toThrow(
    /expected JSON lines/,
  );
});

test("a path that violates nothing at its end, or another property, is no file of these engines", async () => {
  const lines = texts.model.trimEnd().split("\n");
  const verdict = JSON.parse(lines.at(-1)!);
  const shorter = lines.toSpliced(-2, 1).with(-1, JSON.stringify({ ...verdict, steps: verdict.steps - 1 }));
  expect(await outcome(`${shorter.join("\n")}\n`)).toMatch(/is violated at its end; here nothing is/);
  const other = lines.with(-1, JSON.stringify({ ...verdict, property: "peace" }));
  expect(await outcome(`${other.join("\n")}\n`)).toMatch(
    /says that peace is violated at its end; here .* is/,
  );
});

test.each(brokenModels.map(({ name }) => [name] as const))(
  "what the page saves of %s replays here",
  async (name) => {
    const { params, make } = brokenModels.find((each) => each.name === name)!;
    const { counterexample } = check(make(params));
    const ground = new ModelGround(make(params), {
      kind: "model",
      name,
      params: params as Tree,
      engines,
      seed: null,
    });
    ground.followLabels(counterexample!.steps);
    expect(await outcome(modelReplay(ground.story()))).toBe(1);
    expect(vi.mocked(console.log).mock.calls.join("\n")).toContain(`${counterexample!.property} is violated`);
  },
);
