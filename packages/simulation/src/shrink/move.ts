import type { Effect, EngineTypes, Event } from "@eunomia/engine";
import type { Machine, RunEyes } from "../run-types.ts";

/** A move of a run by a script, and what came of it. */
export interface Move {
  /** Its line in a script. */
  readonly text: string;
  /** Virtual microseconds; no other move of the run has the same. */
  readonly at: number;
  /** The moment of the move that brought it about; NaN: none did. */
  readonly born: number;
  /** Steps of engines in it. */
  readonly steps: number;
  /** Steps in which something happened. */
  readonly fired: number;
}

/** A step of an engine within a move. */
export interface MoveStep {
  readonly move: number;
  /** Process and instance. */
  readonly process: string;
  readonly event: Event<EngineTypes>;
  readonly effects: readonly Effect<EngineTypes>[];
  readonly machine: Machine;
}

/** Listens to a run and knows its moves afterwards. */
export class Moves {
  /** Every step of an engine, with the place of the move that it is part of; -1: the start of the run. */
  readonly steps: MoveStep[] = [];
  readonly all: (Move & { steps: number; fired: number })[] = [];
  readonly eyes: RunEyes = {
    onMove: (text) => {
      const [at, born] = (text.split(" @")[1] ?? "").split(" <");
      this.all.push({ text, at: Number(at), born: Number.parseInt(born ?? "", 10), steps: 0, fired: 0 });
    },
    onStep: ({ process, instance, event, effects, fired }, machine) => {
      const place = this.all.findLastIndex((one) => !isHold(one));
      const move = this.all[place];
      const label = `${process} ${instance}`;
      // What an engine does is typed where engines are.
      const done = effects as MoveStep["effects"];
      this.steps.push({ move: place, process: label, event, effects: done, machine });
      if (move === undefined) return;
      move.steps += 1;
      if (fired.length > 0) move.fired += 1;
    },
  };
}

/**
 * `moves` without some of them and, if `whole`, without arrivals of what they would have sent, and so on. A node that died in the
 * midst of one that is left out dies in its place.
 */
export function without(moves: readonly Move[], gone: ReadonlySet<Move>, whole: boolean): readonly Move[] {
  const never = new Set<number>();
  const kept: Move[] = [];
  for (const move of moves) {
    if (gone.has(move) || (whole && isArrival(move) && never.has(move.born))) {
      if (!isHold(move)) never.add(move.at);
    } else if (!isHold(move) || !never.has(move.at)) kept.push(move);
    else if (dies.test(move.text)) kept.push({ ...move, text: crashOf(move) });
  }
  return kept;
}

const crashOf = ({ text }: Move): string =>
  text.replace(/^\^(\S+) dies \d+/, "*crash $1").replace(/ <.*/, "");
const isHold = ({ text }: Pick<Move, "text">): boolean => text.startsWith("^");
/** A node dies in the midst of a move. */
const dies = /^\^\S+ dies /;
/** Might it have brought its event to a step of that node, which gathered what came and took it in later? */
export function bringsTo({ text }: Move, node: string, { event, process }: MoveStep): boolean {
  const [self] = process.split(" ");
  switch (event.kind) {
    case "message":
      // Frames do not say between whom they are.
      return text.includes(` ${event.from}>${self} `) || new RegExp(`^>[^ ]*>${node} [0-9a-f]+ @`).test(text);
    case "timeout":
      return text.startsWith(`!${node} ${self} ${event.timer} @`);
    case "commands":
      return text.startsWith("?");
    case "start":
      return false;
  }
}

/** Something takes time in a node, or has taken it. */
export const isSlow = ({ text }: Move): boolean => /^[~^]/.test(text) && !dies.test(text);
export const isFault = ({ text }: Move): boolean => text.startsWith("*") || dies.test(text);
export const isTurn = ({ text }: Move): boolean => text.startsWith("?");
export const isTimer = ({ text }: Move): boolean => text.startsWith("!");
const isArrival = ({ text }: Move): boolean => text.startsWith(">");

/** What sort of move it is, whatever node it is of: what a message or a timer is for, whose turn it is. */
export function sortOf({ text }: Move): string {
  const words = text.split(" @")[0]!.split(" ");
  switch (text[0]) {
    case "?":
      return words.slice(0, -1).join(" ");
    case ">":
      return `> ${words.length > 2 ? words[2] : words[0]}`;
    case "^":
      return `^ ${words[1]}`;
    case "*":
      return words[0]!;
    default:
      return `${text[0]} ${words.at(-1)}`;
  }
}
