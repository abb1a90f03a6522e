import { list, nat, nullable, record, sortedMap, sortedSet, text, variant } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import { partOf, rowY, sceneOf, wide } from "../src/explorer/story/layout.ts";
import { storyListing } from "../src/explorer/story/listing.ts";
import { storyMermaid } from "../src/explorer/story/mermaid.ts";
import { storySvg } from "../src/explorer/story/svg.ts";
import { stepLine, tell } from "../src/explorer/story/tell.ts";
import { changesBetween, changeText, inline, shortName, treeOf } from "../src/explorer/story/tree.ts";
import type { RawStep, Story } from "../src/explorer/story/types.ts";

const ping = { kind: "ping", n: 1 };
const blank = { fired: [], sends: [], changes: [] } as const;

const send = (process: string, to: string, n = 1): RawStep => ({
  ...blank,
  kind: "input",
  process,
  detail: "begin",
  fired: [{ action: "begin", found: true }],
  sends: [{ to, message: { kind: "ping", n } }],
});
const about = (kind: RawStep["kind"], process: string, from: string, n = 1): RawStep => ({
  ...blank,
  kind,
  process,
  message: { from, message: { kind: "ping", n } },
});

const storyOf = (steps: readonly RawStep[], loopFrom: number | null = null): Story =>
  tell({
    title: "a <story>",
    origin: { kind: "model", name: "toy/1", params: {}, engines: "00", seed: null, path: [] },
    lanes: [
      { id: "a", engine: "toy", node: "a" },
      { id: "b", engine: "toy", node: "b" },
    ],
    steps,
    verdicts: [{ property: "agreement", result: "violated", reason: "two values", step: 1 }],
    loopFrom,
  });

describe("trees", () => {
  const State = record({
    votes: sortedMap(nat(), sortedSet(text(8))),
    last: nullable(variant({ vote: record({ by: text(8) }), none: record({}) })),
    log: list(nat()),
  });
  const state = {
    votes: { keys: [1, 2], values: [["a"], ["a", "b"]] },
    last: { kind: "vote", by: "a" },
    log: [],
  };

  test("maps, sets and variants of an engine read as they are meant", () => {
    const tree = treeOf(state, State.form);
    expect(tree).toEqual({ votes: { 1: ["a"], 2: ["a", "b"] }, last: { kind: "vote", by: "a" }, log: [] });
    expect(inline(tree)).toBe("{votes: {1: [a], 2: [a, b]}, last: vote {by: a}, log: []}");
  });

  test("a record with the fields of a map stays a record if its schema says so", () => {
    const Two = record({ keys: list(nat()), values: list(nat()) });
    expect(treeOf({ keys: [1], values: [2] }, Two.form)).toEqual({ keys: [1], values: [2] });
    expect(treeOf({ keys: [1], values: [2] })).toEqual({ 1: 2 });
  });

  test("bytes are text where they are text, and big integers keep their sort", () => {
    expect(treeOf([new TextEncoder().encode("v1"), Uint8Array.of(1, 255), 12n])).toEqual([
      "'v1'",
      "0x01ff",
      "12n",
    ]);
  });

  test("differences are leaves with what was before and after", () => {
    const changes = changesBetween("a", { n: 1, old: 2, same: [1] }, { n: 3, same: [1, 2] });
    expect(changes.map(changeText)).toEqual(["n: 1 → 3", "same.1 + 2", "old − 2"]);
    expect(changesBetween("a", state.log, [])).toEqual([]);
  });

  test("a message has its kind as name, and anything else the whole of it", () => {
    expect([shortName(ping), shortName({ n: 1 }), shortName("x")]).toEqual(["ping", "{n: 1}", "x"]);
  });
});

describe("messages of a story", () => {
  test("a delivery ends the oldest message with its text", () => {
    const { letters, steps } = storyOf([send("a", "b"), send("a", "b"), about("deliver", "b", "a")]);
    expect(letters.map(({ fate, ended }) => [fate, ended])).toEqual([
      ["delivered", 2],
      ["under way", null],
    ]);
    expect(steps[2]?.letter).toBe(0);
  });

  test("what was overtaken on its way is late, and nothing else", () => {
    const late = storyOf([
      send("a", "b", 1),
      send("a", "b", 2),
      about("deliver", "b", "a", 2),
      about("deliver", "b", "a", 1),
    ]);
    expect(late.letters.map(({ late }) => late)).toEqual([true, false]);
    const inOrder = storyOf([
      send("a", "b", 1),
      send("a", "b", 2),
      about("deliver", "b", "a", 1),
      about("deliver", "b", "a", 2),
    ]);
    expect(inOrder.letters.some(({ late }) => late)).toBe(false);
  });

  test("losses end a message, copies make another", () => {
    const { letters } = storyOf([
      send("a", "b"),
      about("duplicate", "b", "a"),
      about("lose", "b", "a"),
      about("deliver", "b", "a"),
    ]);
    expect(letters.map(({ fate, copy }) => [fate, copy])).toEqual([
      ["lost", false],
      ["delivered", true],
    ]);
  });

  test("a message that nobody was seen to send was there before; one that comes again is a copy", () => {
    expect(storyOf([about("deliver", "b", "a")]).letters[0]).toMatchObject({ sent: -1, copy: false });
    const again = storyOf([send("a", "b"), about("deliver", "b", "a"), about("deliver", "b", "a")]);
    expect(again.letters[1]).toMatchObject({ sent: 0, copy: true, fate: "delivered" });
  });

  test("a step is told in one line", () => {
    const { steps } = storyOf([
      send("a", "b"),
      about("deliver", "b", "a"),
      { ...blank, kind: "crash", process: "b" },
    ]);
    expect(steps.map(stepLine)).toEqual([
      "a is given begin: begin, sends 1",
      "b takes ping {n: 1} from a: ignored",
      "b crashes",
    ]);
  });
});

describe("pictures and texts", () => {
  const steps: RawStep[] = [
    send("a", "b"),
    about("deliver", "b", "a"),
    { ...blank, kind: "input", process: "a", detail: "write", pending: 1 },
    { ...blank, kind: "crash", process: "a" },
    { ...blank, kind: "recover", process: "a" },
    send("b", "a"),
  ];

  test("lanes are down between a crash and the next life, and unsynced while effects wait", () => {
    const { segments, laneX } = sceneOf(storyOf(steps));
    const kinds = segments
      .filter(({ x }) => x === laneX.get("a"))
      .map(({ kind, from, to }) => [kind, from, to]);
    const y = (step: number): number => rowY(wide, step);
    expect(kinds.slice(0, 3)).toEqual([
      ["up", 0, y(2)],
      ["unsynced", y(2), y(3)],
      ["down", y(3), y(4)],
    ]);
    expect(kinds.length).toBe(4);
  });

  test("arrows begin and end at the edges of boxes; what is under way waits below the last row", () => {
    const story = storyOf(steps);
    const { arrows, height, boxes } = sceneOf(story);
    const [delivered, waiting] = arrows;
    expect(delivered!.x0).toBeGreaterThan(boxes[0]!.x);
    expect(delivered!.x1).toBeLessThan(boxes[1]!.x);
    expect(waiting!.y1).toBeGreaterThan(steps.length * wide.rowHeight);
    expect(height).toBeGreaterThan(waiting!.y1);
  });

  test("a part of ten thousand steps has the shapes of that part only", () => {
    const many = Array.from({ length: 5_000 }, () => [send("a", "b"), about("deliver", "b", "a")]).flat();
    const scene = sceneOf(storyOf(many));
    const part = partOf(scene, 3_600, 4_300);
    expect(part.boxes.length).toBeLessThan(30);
    expect(part.arrows.length).toBeLessThan(20);
    expect(part.boxes.some(({ step }) => step === 110)).toBe(true);
  });

  test("a picture is one file, with the title escaped and every step in it", () => {
    const svg = storySvg(storyOf(steps, 2));
    expect(svg).toContain("<title>a &lt;story&gt;</title>");
    expect(svg.match(/class="box"/g)?.length).toBe(steps.length);
    expect(svg).toContain('class="loop"');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test("Mermaid puts a message where it arrives, and a lasso into a loop", () => {
    expect(storyMermaid(storyOf([...steps.slice(0, 2), send("b", "a"), about("lose", "a", "b")], 2))).toBe(
      `sequenceDiagram
  participant a as a
  participant b as b
  Note over a: begin true
  a->>b: ping {n: 1}
  loop for ever
  Note over b: begin true
  b-xa: ping {n: 1}
  end
`,
    );
  });

  test("the listing has a line for each step, its changes, and the verdicts", () => {
    const changed = { ...send("a", "b"), changes: changesBetween("a", { n: 1 }, { n: 2 }) };
    const listing = storyListing(storyOf([changed]));
    expect(listing).toContain("1  a is given begin: begin, sends 1\n     a.n: 1 → 2\n");
    expect(listing).toContain("violated    agreement: two values\n");
  });
});
