import { mapGet } from "@eunomia/codec";
import type { Ballot } from "../ballot.ts";
import { type Bits, bitsOf, hasBit } from "../bits.ts";
import type { Own, SignedEntry, Top } from "../dag/entry.ts";
import { type Known, signedEntry } from "../dag/known.ts";
import { boundVote, conflicts, freshFor } from "../evaluate/bound.ts";
import { type Merged, mergeForks, mergeHistories, raiseTop } from "../evaluate/merge.ts";
import { isAlive, unburied, votedAt } from "../evaluate/refute.ts";
import type { GraphView } from "../graph-view.ts";
import type { SlotState } from "../node/types.ts";

/** How the acceptors would answer a ballot now, if all of them had heard what this process has. */
export interface Prospect {
  readonly known: Readonly<Known>;
  readonly merged: Merged;
  readonly top: readonly Top[];
  /** Per acceptor that is not caught: how it voted last, and its latest message; null: it is caught. */
  readonly voices: readonly ({ readonly own: Own; readonly tip: string | null } | null)[];
}

export function prospectOf(view: GraphView, slot: Readonly<SlotState>): Prospect {
  const { known, tips } = slot;
  const parts = tips.flatMap((id) =>
    id === null ? [] : [{ id, entry: signedEntry(known, id) as SignedEntry }],
  );
  const merged = mergeHistories(view, known, parts);
  mergeForks(known, merged, parts);
  const none: Own = view.learners.map(() => null);
  const voices = tips.map((tip, p) => {
    if (hasBit(merged.caught, p)) return null;
    return { tip, own: tip === null ? none : (mapGet(merged.forkOwn, p) ?? signedEntry(known, tip)!.own) };
  });
  return { known, merged, top: merged.top, voices };
}

/** Whether the rule `refute` is in force, or is asked about. */
export type Unlock = "never" | "refute";

/**
 * Does a conflicting vote of acceptor `p` for learner `c` count for learner `a`? With `refute` it does not once everybody has
 * spoken at a later ballot and no quorum can have decided by it.
 */
function mattersFor(
  view: GraphView,
  unlock: Unlock,
  { known, merged, top }: Prospect,
  p: number,
  tip: string | null,
) {
  if (unlock === "never") return () => true;
  return (a: number, c: number): boolean =>
    unburied(known, { signer: p, prev: tip, merged: { ...merged, top: [...top] } }, c).some((vote) => {
      const gone = merged.tips.flatMap((other, q) =>
        hasBit(merged.caught, q) || (other !== null && votedAt(known, other.id, c, vote)) ? [] : [q],
      );
      return isAlive(view, a, c, merged.caught, bitsOf(view.acceptors.length, gone));
    });
}

/** Learners that would get a quorum of fresh 1b for the value. */
export function servedBy(view: GraphView, unlock: Unlock, prospect: Prospect, value: string): Bits {
  const free: number[][] = view.learners.map(() => []);
  const connected = view.connected(prospect.merged.caught);
  prospect.voices.forEach((voice, p) => {
    if (voice === null) return;
    const against = conflicts(prospect.top, voice.own, value);
    const learners = freshFor(connected, against, mattersFor(view, unlock, prospect, p, voice.tip));
    for (let a = 0; a < free.length; a++) if (hasBit(learners, a)) free[a]!.push(p);
  });
  return bitsOf(
    free.length,
    [...free.keys()].filter((a) => view.isQuorum(a, bitsOf(view.acceptors.length, free[a]!))),
  );
}

/** What stands after a ballot in which everybody takes part: all vote for those that it serves. */
export function afterBallot(prospect: Prospect, ballot: Ballot, served: Bits): Prospect {
  return {
    ...prospect,
    top: prospect.top.map((top, c) => (hasBit(served, c) ? raiseTop(top, ballot) : top)),
    voices: prospect.voices.map(
      (voice) => voice && { ...voice, own: voice.own.map((vote, c) => (hasBit(served, c) ? ballot : vote)) },
    ),
  };
}

/** Values that somebody has voted for, each with its highest ballot, the highest first. */
export function votedValues({ top }: Prospect): Ballot[] {
  const ballots = top.flatMap(({ first, second }) => [first, second]).filter((one) => one !== null);
  const sorted = ballots.sort((a, b) => b.number - a.number || (a.value < b.value ? 1 : -1));
  return sorted.filter(({ value }, i) => sorted.findIndex((one) => one.value === value) === i);
}

/** Votes that bind uncaught acceptors, for learners connected with `a`. */
export function boundFor(view: GraphView, { merged, top, voices }: Prospect, a: number) {
  const connected = view.connected(merged.caught)[a]!;
  return voices.flatMap((voice, p) =>
    voice === null
      ? []
      : voice.own.flatMap((vote, c) => {
          const bound = hasBit(connected, c) ? boundVote(top[c]!, vote) : null;
          return bound === null ? [] : [{ acceptor: p, learner: c, ballot: bound }];
        }),
  );
}
