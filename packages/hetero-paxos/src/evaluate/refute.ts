import { type Ballot, compareBallots, isAbove } from "../ballot.ts";
import { type Bits, bitsOf, hasBit, membersOf, union, without } from "../bits.ts";
import { type Known, signedEntry } from "../dag/known.ts";
import type { GraphView } from "../graph-view.ts";
import { isBuried } from "./bound.ts";
import type { Merged } from "./merge.ts";
import type { Rules } from "./rules.ts";

/** A 1b under judgement: its signer, the message before it, and what its history says. */
export interface Opening {
  readonly signer: number;
  readonly prev: string | null;
  readonly merged: Merged;
}

/** Sets that are tried for one vote. Beyond that it is taken to bind, at every node alike: that is always safe. */
const triesMax = 4096;

/** Votes of an uncaught signer for learner `c` that nothing buries: all of one value. They lie along prev. */
export function unburied(known: Readonly<Known>, { prev, merged }: Opening, c: number): Ballot[] {
  const top = merged.top[c]!;
  const votes: Ballot[] = [];
  for (let at = prev; at !== null; ) {
    const entry = signedEntry(known, at)!;
    const own = entry.own[c]!;
    if (own === null || isBuried(top, own)) break;
    if (entry.kind === "2a" && hasBit(entry.learners, c)) votes.push(entry.ballot);
    at = entry.prev;
  }
  return votes;
}

/** Has the chain that ends with message `tip` a 2a for learner `c` at this very ballot? */
export function votedAt(known: Readonly<Known>, tip: string, c: number, ballot: Ballot): boolean {
  for (let at: string | null = tip; at !== null; ) {
    const { own, prev }: { own: readonly (Ballot | null)[]; prev: string | null } = signedEntry(known, at)!;
    const vote = own[c]!;
    if (vote === null || compareBallots(vote, ballot) < 0) return false;
    if (compareBallots(vote, ballot) === 0) return true;
    at = prev;
  }
  return false;
}

/** Uncaught acceptors that have spoken above the ballot without a vote for learner `c` at it: they can have no part in a decision. */
function past(view: GraphView, known: Readonly<Known>, { merged }: Opening, c: number, ballot: Ballot): Bits {
  const { tips, caught } = merged;
  const gone: number[] = [];
  tips.forEach((tip, p) => {
    if (tip === null || hasBit(caught, p)) return;
    if (isAbove(signedEntry(known, tip.id)!.ballot, ballot) && !votedAt(known, tip.id, c, ballot))
      gone.push(p);
  });
  return bitsOf(view.acceptors.length, gone);
}

/**
 * Is there a quorum of `c` and a safe set of a-c, without anybody caught, that share nobody of `gone`? Whoever of `gone` the
 * quorum takes, the safe set does without. Says yes when the search grows too long.
 */
export function isAlive(view: GraphView, a: number, c: number, caught: Bits, gone: Bits): boolean {
  const rest = view.others(gone);
  const uncaught = view.others(caught);
  const undecided = membersOf(gone);
  let tries = 0;
  const search = (at: number, taken: Bits): boolean => {
    const open = bitsOf(view.acceptors.length, undecided.slice(at));
    if (++tries > triesMax) return true;
    if (!view.isSafeSet(a, c, without(uncaught, taken))) return false;
    if (!view.isQuorum(c, union(rest, union(taken, open)))) return false;
    if (at === undecided.length || view.isQuorum(c, union(rest, taken))) return true;
    return (
      search(at + 1, taken) || search(at + 1, union(taken, bitsOf(view.acceptors.length, [undecided[at]!])))
    );
  };
  return search(0, view.nobody);
}

/**
 * Whether a vote of the signer for learner `c` counts for learner `a`. By the published rule always. With `refute` only if
 * `c` may still have decided by it; the votes of a signer that is caught bind as published.
 */
export function votesMatter(
  view: GraphView,
  rules: Rules,
  known: Readonly<Known>,
  opening: Opening,
): (a: number, c: number) => boolean {
  const { signer, merged } = opening;
  if (rules.unlock === "never" || hasBit(merged.caught, signer)) return () => true;
  return (a, c) =>
    unburied(known, opening, c).some((vote) =>
      isAlive(view, a, c, merged.caught, past(view, known, opening, c, vote)),
    );
}
