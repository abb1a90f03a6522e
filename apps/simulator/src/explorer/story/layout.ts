import { inline, shortName } from "./tree.ts";
import type { Letter, Story, StoryStep } from "./types.ts";

/** Sizes of a diagram, in pixels. */
export interface Measures {
  readonly laneWidth: number;
  readonly rowHeight: number;
  /** Room for step numbers, left of the lanes. */
  readonly gutter: number;
}

/** Sizes for a wide window. */
export const wide: Measures = { laneWidth: 136, rowHeight: 36, gutter: 44 };
/** Sizes for a telephone. */
export const narrow: Measures = { laneWidth: 84, rowHeight: 34, gutter: 30 };

/** A part of a lane between two heights: alive, crashed, or alive with effects that wait for the disk. */
export interface Segment {
  readonly x: number;
  readonly from: number;
  readonly to: number;
  readonly kind: "up" | "down" | "unsynced";
}

/** A step, drawn on its lane. */
export interface Box {
  readonly step: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Cut to fit. */
  readonly text: string;
  readonly tone: "acts" | "ignores" | "outside" | "crash" | "recover" | "network";
}

/** Height of a box. */
export const boxHeight = 22;

/** A message, drawn from the edge of a box or lane to another. */
export interface Arrow {
  readonly letter: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly style: "plain" | "late" | "copy" | "lost" | "unseen" | "waiting";
  readonly text: string;
  /** Where the text stands. */
  readonly tx: number;
  readonly ty: number;
}

/** A diagram as shapes: what is drawn where. Rows are one height, so a part of it is found by arithmetic. */
export interface Scene {
  readonly measures: Measures;
  readonly width: number;
  readonly height: number;
  /** Middle of each lane, by process. */
  readonly laneX: ReadonlyMap<string, number>;
  readonly segments: readonly Segment[];
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  readonly loop: { readonly from: number; readonly to: number } | null;
}

/** Middle of a row. */
export const rowY = (measures: Measures, step: number): number => (step + 0.5) * measures.rowHeight;

const waitingHeight = 24;

function toneOf({ kind, fired }: StoryStep): Box["tone"] {
  if (kind === "crash") return "crash";
  if (kind === "recover") return "recover";
  if (kind === "lose" || kind === "duplicate" || kind === "fault") return "network";
  if (kind === "input" || kind === "timer" || kind === "route") return "outside";
  return kind === "deliver" && fired.length === 0 ? "ignores" : "acts";
}

/** What leaves a process in one flush, by the kind of effect. */
const flushWords: Readonly<Record<string, string>> = {
  persist: "to disk",
  send: "sent",
  output: "said",
  arm: "timer set",
  disarm: "timer off",
};

/** What a box says: the first action, or what happened. */
function boxText({ kind, fired, detail }: StoryStep): string {
  // Names of actions end with the section of the paper; titles keep it.
  const first = fired[0]?.action.replace(/ \([\d.]+\)$/, "");
  const more = fired.length > 1 ? ` +${fired.length - 1}` : "";
  if (first !== undefined) return `${kind === "recover" ? "↻ " : ""}${first}${more}`;
  const words: Partial<Record<StoryStep["kind"], string>> = {
    deliver: "ignored",
    crash: "crash",
    recover: "↻ back",
    lose: "lost",
    duplicate: "copied",
    flush: flushWords[detail ?? ""] ?? "leaves",
    start: "start",
  };
  return words[kind] ?? detail ?? kind;
}

/** Lanes in pieces: down from a crash to the next life, unsynced while effects wait for the disk. */
function segmentsOf(
  story: Story,
  laneX: ReadonlyMap<string, number>,
  measures: Measures,
  end: number,
): Segment[] {
  const segments: Segment[] = [];
  const open = new Map([...laneX.keys()].map((id) => [id, { from: 0, kind: "up" as Segment["kind"] }]));
  const turn = (process: string, y: number, kind: Segment["kind"]): void => {
    const one = open.get(process);
    if (one === undefined || one.kind === kind) return;
    segments.push({ x: laneX.get(process)!, from: one.from, to: y, kind: one.kind });
    open.set(process, { from: y, kind });
  };
  const nodes = new Map(story.lanes.map(({ id, node }) => [id, node]));
  for (const { index, process, kind, pending = 0 } of story.steps) {
    const y = rowY(measures, index);
    if (kind === "crash" || kind === "recover") {
      for (const { id, node } of story.lanes)
        if (id === process || node === nodes.get(process)) turn(id, y, kind === "crash" ? "down" : "up");
    } else if (kind !== "lose" && kind !== "duplicate" && open.get(process)?.kind !== "down")
      turn(process, y, pending > 0 ? "unsynced" : "up");
  }
  for (const [id, { from, kind }] of open) segments.push({ x: laneX.get(id)!, from, to: end, kind });
  return segments;
}

function styleOf({ fate, copy, late }: Letter): Arrow["style"] {
  if (fate === "lost") return "lost";
  if (fate === "unseen") return "unseen";
  if (fate === "under way") return "waiting";
  if (copy) return "copy";
  return late ? "late" : "plain";
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the line from the middle of a box to `other` leaves the box. */
function edgeOf(box: Box, other: Point): Point {
  const [dx, dy] = [other.x - box.x, other.y - box.y];
  const part = Math.min(
    dx === 0 ? 1 : (box.width / 2 + 2) / Math.abs(dx),
    dy === 0 ? 1 : (boxHeight / 2 + 2) / Math.abs(dy),
    1,
  );
  return { x: box.x + dx * part, y: box.y + dy * part };
}

/** A lost message does not get there. */
const onTheWay = (from: Point, to: Point, part: number): Point => ({
  x: from.x + (to.x - from.x) * part,
  y: from.y + (to.y - from.y) * part,
});

function boxesOf(story: Story, laneX: ReadonlyMap<string, number>, measures: Measures): readonly Box[] {
  return story.steps.map((step) => {
    const text = fitted(boxText(step), measures.laneWidth - 20);
    return {
      step: step.index,
      x: laneX.get(step.process) ?? measures.gutter / 2,
      y: rowY(measures, step.index),
      width: Math.min(measures.laneWidth - 6, text.length * 7.1 + 14),
      text,
      tone: toneOf(step),
    };
  });
}

/** Pixels from the head of an arrow to its text: every row has one head, so texts keep apart. */
const textFromHead = 52;

/** How much is drawn of the way of a message whose sender is no part of the story. */
const outsideLength = 24;

/** From the sender's box to the receiver's; a letter that is under way ends at `rest`, a lost one before its end. */
function arrowOf(
  letter: Letter,
  laneX: ReadonlyMap<string, number>,
  story: Story,
  boxes: readonly Box[],
  rest: number,
): Arrow {
  const style = styleOf(letter);
  const [fromX, toX] = [laneX.get(letter.from) ?? 0, laneX.get(letter.to) ?? 0];
  const end = letter.ended === null ? null : boxes[letter.ended]!;
  const sender = story.steps[letter.sent];
  const unseen = sender === undefined ? rest : boxes[sender.index]!.y + boxHeight;
  const goal: Point = { x: toX, y: end?.y ?? (style === "unseen" ? unseen : rest) };
  // What comes from outside, or was sent before the story begins, comes from beside; a copy is made on the way, beside the
  // step that sent the letter.
  const besides = { x: goal.x - (end?.width ?? 0) / 2 - outsideLength, y: goal.y };
  let from: Point = sender === undefined ? besides : { x: fromX, y: boxes[sender.index]!.y };
  if (sender?.process === letter.from) from = edgeOf(boxes[sender.index]!, goal);
  let to = goal;
  if (style === "lost") to = onTheWay(from, goal, 0.8);
  else if (style === "unseen") to = onTheWay(from, goal, Math.min(1, 40 / Math.hypot(goal.x - from.x, 1)));
  else if (end !== null) to = edgeOf({ ...end, x: toX }, from);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const back = style === "waiting" || length === 0 ? 0 : Math.min(0.5, textFromHead / length);
  return {
    letter: letter.id,
    x0: from.x,
    y0: from.y,
    x1: to.x,
    y1: to.y,
    style,
    text:
      style === "unseen" || (sender === undefined && style !== "waiting") ? "" : shortName(letter.message),
    tx: to.x - dx * back,
    ty: to.y - dy * back,
  };
}

/** The shapes of a story. What is under way at its end is lined up below the last row. */
export function sceneOf(story: Story, measures: Measures = wide): Scene {
  const { laneWidth, gutter, rowHeight } = measures;
  const laneX = new Map(story.lanes.map(({ id }, at) => [id, gutter + (at + 0.5) * laneWidth]));
  const boxes = boxesOf(story, laneX, measures);
  const bottom = story.steps.length * rowHeight;
  const waiting = new Map<string, number>();
  const arrows = story.letters.map((letter) => {
    const before = waiting.get(letter.to) ?? 0;
    if (letter.fate === "under way") waiting.set(letter.to, before + 1);
    return arrowOf(letter, laneX, story, boxes, bottom + (before + 0.75) * waitingHeight);
  });
  const height = bottom + (Math.max(0, ...waiting.values()) + 0.5) * waitingHeight;
  return {
    measures,
    width: gutter + story.lanes.length * laneWidth,
    height,
    laneX,
    segments: segmentsOf(story, laneX, measures, height),
    boxes,
    arrows,
    loop: story.loopFrom === null ? null : { from: story.loopFrom * rowHeight, to: bottom },
  };
}

/** The shapes that touch the heights from `top` to `end`. */
export function partOf(scene: Scene, top: number, end: number): Scene {
  const { rowHeight } = scene.measures;
  return {
    ...scene,
    segments: scene.segments.filter(({ from, to }) => from <= end && to >= top),
    boxes: scene.boxes.slice(
      Math.max(0, Math.floor(top / rowHeight) - 1),
      Math.max(0, Math.ceil(end / rowHeight) + 1),
    ),
    arrows: scene.arrows.filter(({ y0, y1 }) => Math.min(y0, y1) <= end && Math.max(y0, y1) >= top),
  };
}

/** A letter in full, for titles. */
export const letterText = ({ from, to, message, fate }: Letter): string =>
  `${inline(message)}, ${from} to ${to}, ${fate}`;

/** A text that fits into so many pixels at 12 px. */
function fitted(text: string, pixels: number): string {
  const room = Math.max(3, Math.floor(pixels / 7));
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
