import { inline } from "./tree.ts";
import type { Lane, Letter, Origin, RawStep, Story, StoryStep, Verdict } from "./types.ts";

type Open = { -readonly [K in keyof Letter]: Letter[K] };

/** What a story is made of. */
export interface Telling {
  readonly title: string;
  readonly origin: Origin;
  readonly lanes: readonly Lane[];
  readonly steps: readonly RawStep[];
  readonly verdicts: readonly Verdict[];
  readonly loopFrom?: number | null;
}

/** Finds for every delivery the message it ends: the oldest with this text that is under way between the two. */
class Post {
  readonly letters: Open[] = [];
  readonly #underWay = new Map<string, Open[]>();

  send(step: number, from: string, to: string, message: Letter["message"], copy = false): Open {
    const letter: Open = {
      id: this.letters.length,
      from,
      to,
      message,
      sent: step,
      ended: null,
      fate: "under way",
      copy,
      late: false,
    };
    this.letters.push(letter);
    const key = `${from}\n${to}`;
    const list = this.#underWay.get(key);
    if (list === undefined) this.#underWay.set(key, [letter]);
    else list.push(letter);
    return letter;
  }

  /** A message that nobody was seen to send was there at the beginning, or is repeated by the network. */
  find(from: string, to: string, message: Letter["message"]): Open {
    const text = inline(message);
    const found = this.#underWay.get(`${from}\n${to}`)?.find((each) => inline(each.message) === text);
    if (found !== undefined) return found;
    const earlier = this.letters.findLast(
      (each) => each.from === from && each.to === to && inline(each.message) === text,
    );
    return this.send(earlier?.sent ?? -1, from, to, message, earlier !== undefined);
  }

  end(letter: Open, step: number, fate: "delivered" | "lost"): void {
    letter.ended = step;
    letter.fate = fate;
    const list = this.#underWay.get(`${letter.from}\n${letter.to}`)!;
    list.splice(list.indexOf(letter), 1);
    if (fate === "delivered") for (const each of list) if (each.sent < letter.sent) each.late = true;
  }
}

/** Gives every message its identity: a story out of what happened. */
export function tell({ title, origin, lanes, steps, verdicts, loopFrom = null }: Telling): Story {
  const post = new Post();
  const told: StoryStep[] = [];
  for (const [index, step] of steps.entries()) {
    let letter: number | null = null;
    if (step.message !== undefined) {
      const found = post.find(step.message.from, step.process, step.message.message);
      letter = found.id;
      if (step.kind === "deliver") post.end(found, index, "delivered");
      else if (step.kind === "lose") post.end(found, index, "lost");
      else if (step.kind === "duplicate") post.send(index, found.from, found.to, found.message, true);
    }
    const letters = step.sends.map(({ to, message }) => post.send(index, step.process, to, message).id);
    told.push({ ...step, index, letter, letters });
  }
  // A model knows what is under way; a simulated network does not say what it lost.
  if (origin.kind !== "model") for (const each of post.letters) if (each.ended === null) each.fate = "unseen";
  return { title, origin, lanes, steps: told, letters: post.letters, verdicts, loopFrom };
}

/** A step in one line: `a1 takes prepare {ballot: 1} from p1: 1b promise`. */
export function stepLine(step: StoryStep): string {
  const { process, kind, message, detail, fired, sends } = step;
  const what = message === undefined ? (detail ?? "") : `${inline(message.message)} from ${message.from}`;
  const head = {
    start: `${process} starts`,
    deliver: `${process} takes ${what}`,
    timer: `${process} hears timer ${what}`,
    input: `${process} is given ${what}`,
    route: `${process} is told ${what}`,
    flush: `${process}: ${what === "persist" ? "a record is durable" : `${what} leaves`}`,
    lose: `lost: ${what} to ${process}`,
    duplicate: `copied: ${what} to ${process}`,
    crash: `${process} crashes`,
    recover: `${process} comes back`,
    fault: `${process === "" ? "" : `${process}: `}${what}`,
  }[kind];
  const names = fired.map(({ action }) => action).join(", ");
  const done = names === "" ? (kind === "deliver" ? ": ignored" : "") : `: ${names}`;
  return `${head}${done}${sends.length === 0 ? "" : `, sends ${sends.length}`}`;
}
