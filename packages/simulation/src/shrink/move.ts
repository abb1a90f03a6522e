import type { RunEyes } from "../run-types.ts";

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

/** Listens to a run and knows its moves afterwards. */
export class Moves {
  readonly all: (Move & { steps: number; fired: number })[] = [];
  readonly eyes: RunEyes = {
    onMove: (text) => {
      const [at, born] = (text.split(" @")[1] ?? "").split(" <");
      this.all.push({ text, at: Number(at), born: Number.parseInt(born ?? "", 10), steps: 0, fired: 0 });
    },
    onStep: ({ fired }) => {
      const move = this.all.findLast((one) => !isHold(one));
      if (move === undefined) return;
      move.steps += 1;
      if (fired.length > 0) move.fired += 1;
    },
  };
}

/** `moves` without some of them and, if `whole`, without arrivals of what they would have sent, and so on. */
export function without(moves: readonly Move[], gone: ReadonlySet<Move>, whole: boolean): readonly Move[] {
  const never = new Set<number>();
  return moves.filter((move) => {
    const kept = !gone.has(move) && !(whole && isArrival(move) && never.has(move.born));
    if (!kept && !isHold(move)) never.add(move.at);
    return kept;
  });
}

const isHold = ({ text }: Pick<Move, "text">): boolean => text.startsWith("^");
export const isFault = ({ text }: Move): boolean => text.startsWith("*");
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
