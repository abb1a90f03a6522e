import { openSpace } from "@eunomia/checker";
import { beforeEach, describe, expect, test } from "vitest";
import { addressFrom, addressOf } from "../src/explorer/page/address.ts";
import { changesBetween } from "../src/explorer/story/tree.ts";
import type { Story } from "../src/explorer/story/types.ts";
import type { SearchAnswer, SearchProgress } from "../src/explorer/worker/messages.ts";
import { Session } from "../src/explorer/worker/session.ts";
import { shelfModel, shelfModels } from "../src/explorer/worker/shelf-models.ts";
import { systems } from "../src/explorer/worker/systems.ts";
import { followPath } from "../src/replay/model-path.ts";

const engines = "ab".repeat(32);
let session: Session;
beforeEach(() => {
  session = new Session({ engines, models: shelfModels, systems: [] });
});

const small = { acceptors: 2, proposers: 2, crashes: 1, losses: 1, duplicates: 1, ignored: "consume" };
const open = async (params: object = small): Promise<Story> => {
  const { story, mismatch } = await session.handle("open", {
    name: "golden/3a2p",
    params: { ...params },
    path: [],
  });
  expect(mismatch).toBeNull();
  return story;
};
const wander = (count: number): Promise<Story> =>
  session.handle("take", { at: 0, choice: null, count, seed: 7 });
const searchForgetful = (tell?: (progress: SearchProgress) => void): Promise<SearchAnswer> => {
  const { params } = shelfModels.find(({ name }) => name === "golden/forgetful")!;
  return session.handle(
    "search",
    { name: "golden/forgetful", params, maxStates: 100_000, witness: null },
    tell,
  );
};

describe("a walk through a model", () => {
  test("a position has every process, every step that may be taken, and why no other may", async () => {
    await open();
    const { snapshots, choices, refusals, surroundings } = await session.handle("position", { at: 0 });
    expect(snapshots.map(({ process }) => process)).toEqual(["a0", "a1", "p0", "p1", "l"]);
    expect(choices.filter(({ kind }) => kind === "input").map(({ process }) => process)).toEqual([
      "p0",
      "p1",
    ]);
    expect(choices.filter(({ kind }) => kind === "crash").length).toBe(5);
    expect(refusals).toContainEqual({ process: "a0", action: "promise", reason: "no prepare waits" });
    expect(surroundings).toEqual({ "crashes left": 1, "losses left": 1, "copies left": 1 });
  });

  test("a guard that refuses a message is named with the message", async () => {
    await open();
    let at = 0;
    const take = async (kind: string, process: string, from?: string): Promise<void> => {
      const { choices } = await session.handle("position", { at });
      const found = choices.find(
        (each) => each.kind === kind && each.process === process && each.message?.from === from,
      )!;
      at = (await session.handle("take", { at, choice: found.index, count: 1, seed: 1 })).steps.length;
    };
    await take("input", "p0");
    await take("input", "p1");
    await take("deliver", "a0", "p1");
    const { refusals } = await session.handle("position", { at: 3 });
    expect(refusals).toContainEqual({
      process: "a0",
      action: "promise",
      reason: "its guard refuses prepare {ballot: 0} from p0",
    });
  });

  test("a preview tells what the step then does", async () => {
    await open();
    const { choices } = await session.handle("position", { at: 0 });
    for (const { index } of choices) {
      const { changes, sends } = await session.handle("preview", { at: 0, choice: index });
      const { steps } = await session.handle("take", { at: 0, choice: index, count: 1, seed: 1 });
      expect([steps[0]!.changes, steps[0]!.sends]).toEqual([changes, sends]);
    }
  });

  test("a step from the middle forgets what lay behind it", async () => {
    await open();
    expect((await wander(12)).steps.length).toBe(12);
    const story = await session.handle("take", { at: 3, choice: 0, count: 1, seed: 1 });
    expect(story.steps.length).toBe(4);
    await expect(session.handle("position", { at: 5 })).rejects.toThrow("the story has 4 steps");
  });

  test("losses and copies are steps about a message", async () => {
    await open();
    const { letters, steps } = await session.handle("take", { at: 0, choice: null, count: 60, seed: 3 });
    const fates = new Set(letters.map(({ fate }) => fate));
    expect(steps.some(({ kind }) => kind === "lose") === fates.has("lost")).toBe(true);
    expect(
      steps.filter(({ kind, letter }) => (kind === "lose" || kind === "duplicate") && letter === null),
    ).toEqual([]);
  });
});

describe("links", () => {
  test("the address of a story opens the same story", async () => {
    await open();
    const story = await wander(20);
    const address = addressFrom(`#${addressOf(story.origin, 5)}`)!;
    expect(address).toMatchObject({
      kind: "model",
      name: "golden/3a2p",
      engines: engines.slice(0, 12),
      at: 5,
    });
    const again = await session.handle("open", address);
    expect(again).toEqual({ story, mismatch: null });
  });

  test("a step that these engines do not have ends the path there, and is told", async () => {
    await open();
    const { origin } = await wander(6);
    const path = origin.path.map((turn, at) => (at === 3 ? { choice: turn.choice, mark: "zzzz" } : turn));
    const { story, mismatch } = await session.handle("open", { ...origin, path });
    expect(story.steps.length).toBe(3);
    expect(mismatch).toMatch(/^step 4 of 6 is not a step of this page's engines/);
  });

  test("successors that come in another order are found by what they are", async () => {
    await open();
    const { origin, steps } = await wander(6);
    const path = origin.path.map(({ mark }) => ({ choice: 999, mark }));
    const { story } = await session.handle("open", { ...origin, path });
    expect(story.steps.map(({ kind, process }) => [kind, process])).toEqual(
      steps.map(({ kind, process }) => [kind, process]),
    );
  });

  test("what is no address opens nothing", () => {
    for (const hash of ["", "#", "#x", "#model=a&params={", "#model=a&params=1&path=*.1"])
      expect(addressFrom(hash)).toBeNull();
    const run = addressFrom('#run=paxos&params={"seed":"7"}&engines=ab&at=9');
    expect(run).toEqual({
      kind: "run",
      name: "paxos",
      params: { seed: "7" },
      engines: "ab",
      at: 9,
      path: [],
    });
  });
});

describe("searches and files", () => {
  test("a violated property comes with the story of a shortest way to it", async () => {
    const { verdicts, found, states, levels } = await searchForgetful();
    expect(verdicts).toContainEqual({
      property: "agreement",
      result: "violated",
      reason: "the learner decided 0 and 1",
    });
    expect(levels.reduce((sum, size) => sum + size, 0)).toBe(states);
    expect(found!.title).toBe("golden/forgetful violates agreement");
    expect(found!.steps.length).toBe(22);
    const { verdicts: atEnd } = await session.handle("position", { at: 22 });
    expect(atEnd.find(({ property }) => property === "agreement")?.result).toBe("violated");
    const { verdicts: before } = await session.handle("position", { at: 21 });
    expect(before.find(({ property }) => property === "agreement")?.result).toBe("holds");
  });

  test("a witness is found by a shortest way", async () => {
    const ask = { name: "golden/3a2p", params: { ...small, crashes: 0 }, maxStates: 100_000 };
    const { found } = await session.handle("search", { ...ask, witness: "decides 1" });
    // Begin, two promises and the acceptances that follow them, heard of twice.
    expect(found!.steps.length).toBe(9);
    expect(found!.verdicts).toContainEqual({
      property: "decides 1",
      result: "reached",
      reason: null,
      step: 9,
    });
    await expect(session.handle("search", { ...ask, witness: "x" })).rejects.toThrow('there is no "x" here');
  });

  test("what every fair run comes to is told from what one may miss, and that one is shown", async () => {
    const ask = { name: "golden/3a2p", maxStates: 100_000, witness: "decides 0" };
    const alone = await session.handle("eventually", {
      ...ask,
      params: { ...small, proposers: 1, crashes: 0, losses: 0 },
    });
    expect([alone.result, alone.found]).toEqual(["holds", null]);
    const contested = await session.handle("eventually", {
      ...ask,
      params: { ...small, crashes: 0, losses: 0 },
    });
    expect(contested.result).toBe("violated");
    const { verdicts, steps } = contested.found!;
    expect(verdicts.find(({ property }) => property === "decides 0")?.result).toBe("not reached");
    const { choices } = await session.handle("position", { at: steps.length });
    expect(choices.filter(({ kind }) => kind !== "duplicate")).toEqual([]);
  });

  test("a search that is too large says that it did not see everything", async () => {
    const { params } = shelfModels.find(({ name }) => name === "golden/3a2p")!;
    const answer = await session.handle("search", {
      name: "golden/3a2p",
      params,
      maxStates: 2_000,
      witness: null,
    });
    expect(answer.truncated).toMatch(/^Not everything was seen/);
    expect(answer.verdicts.every(({ result }) => result !== "holds")).toBe(true);
  });

  test("a replay file that is saved is a replay file that opens", async () => {
    const { found } = await searchForgetful();
    const { text, name } = await session.handle("file", { kind: "replay" });
    expect(name).toBe("golden-forgetful-22-steps.jsonl");
    expect((await session.handle("replay", { text })).steps).toEqual(found!.steps);
    await expect(session.handle("replay", { text: text.replace(engines, "cd".repeat(32)) })).rejects.toThrow(
      /written by engines cdcdcdcdcdcd/,
    );
    const cut = text.split("\n").slice(0, -3).join("\n");
    await expect(session.handle("replay", { text: cut })).rejects.toThrow(/cut off/);
    await expect(session.handle("replay", { text: "hello" })).rejects.toThrow(
      /not the header of a replay file/,
    );
  });

  test("no replay file of a story in which nothing is violated", async () => {
    await open();
    await expect(session.handle("file", { kind: "replay" })).rejects.toThrow(/nothing is here/);
  });

  test("the unit test of a story takes every step of its path", async () => {
    const { found } = await searchForgetful();
    const { name, params, path } = found!.origin;
    const space = openSpace(shelfModel(name, params));
    expect(followPath(space, path)).toEqual({
      violation: { property: "agreement", detail: "the learner decided 0 and 1" },
      mismatch: null,
    });
    expect(followPath(space, [path[0]!, { choice: 0, mark: "zzzz" }])).toEqual({
      violation: null,
      mismatch: 2,
    });
    const { text } = await session.handle("file", { kind: "test" });
    expect(text.match(/\{ choice: \d+, mark: "[0-9a-f]{4}" \}, \/\/ /g)?.length).toBe(22);
    expect(text).toContain('test("golden/forgetful: agreement holds after 22 steps"');
  });

  test("what is not there is told with what to do", async () => {
    await expect(session.handle("position", { at: 0 })).rejects.toThrow(
      "nothing is open: open a model or a replay first",
    );
    await expect(session.handle("open", { name: "x", params: null, path: [] })).rejects.toThrow(
      'there is no "x" here: choose one of the list',
    );
    await open();
    await expect(session.handle("take", { at: 0, choice: 99, count: 1, seed: 1 })).rejects.toThrow(
      /cannot be taken/,
    );
  });

  test("every model of the page opens as it stands there", async () => {
    for (const { name, params } of shelfModels) {
      const { story } = await session.handle("open", { name, params, path: [] });
      expect(story.lanes.length, name).toBeGreaterThan(0);
      expect((await session.handle("position", { at: 0 })).choices.length, name).toBeGreaterThan(0);
    }
  });
});

describe("simulated runs", () => {
  const system = systems.find(({ name }) => name === "two-thirds")!;
  const run = async (changed: object): Promise<Story> => {
    session = new Session({ engines, models: shelfModels, systems });
    const params = {
      ...(system.params as object),
      profile: "safety",
      seed: "1",
      virtualMs: 1_000,
      ...changed,
    };
    return session.handle("simulate", { name: "two-thirds", params });
  };

  test("a run is a story with virtual time, states, and no choices", async () => {
    const { steps, lanes, verdicts, letters } = await run({});
    expect(steps.length).toBeGreaterThan(50);
    expect(lanes.length).toBeGreaterThan(3);
    expect(verdicts).toEqual([
      { property: "everything promised", result: "holds", reason: null, step: null },
    ]);
    expect(letters.some(({ fate }) => fate === "delivered")).toBe(true);
    const changed = steps.findIndex(({ changes, kind }) => kind === "deliver" && changes.length > 0);
    const { process, changes } = steps[changed]!;
    const { snapshots, choices } = await session.handle("position", { at: changed + 1 });
    const { snapshots: before } = await session.handle("position", { at: changed });
    const stateIn = (all: typeof snapshots) => all.find((each) => each.process === process)!.state;
    expect(changesBetween(process, stateIn(before), stateIn(snapshots))).toEqual(changes);
    expect(choices).toEqual([]);
  });

  test("a run that violates something is saved, opened again and made smaller", async () => {
    const story = await run({ mutant: "two-thirds/member/votes-twice-in-round-0" });
    expect(story.verdicts[0]?.result).toBe("violated");
    const { text } = await session.handle("file", { kind: "replay" });
    const again = await session.handle("replay", { text });
    expect([again.steps, again.verdicts]).toEqual([story.steps, story.verdicts]);
    const small = await session.handle("shrink", null);
    expect(small.verdicts[0]?.property).toBe(story.verdicts[0]?.property);
    expect(small.steps.length).toBeLessThan(story.steps.length);
    expect((await session.handle("file", { kind: "test" })).text).toContain('partsOf("two-thirds"');
    expect(addressOf(small.origin, 0)).toBe("");
  });

  test("a path through a model is not made smaller: a check finds a shortest one", async () => {
    await open();
    await expect(session.handle("shrink", null)).rejects.toThrow(/check the model/);
  });
});
