import { emptyMap, mapGet, mapSet, type SortedMap } from "@eunomia/codec";
import { type Ballot, compareBallots, higher, isAbove } from "../ballot.ts";
import { type Bits, hasBit, membersOf, union, withBit } from "../bits.ts";
import { type Own, type SignedEntry, type Tip, type Top, tipIn } from "../dag/entry.ts";
import { isAncestor, type Known, signedEntry } from "../dag/known.ts";
import type { GraphView } from "../graph-view.ts";

/** What the histories of several messages say together. */
export interface Merged {
  tips: (Tip | null)[];
  caught: Bits;
  top: Top[];
  forkOwn: SortedMap<number, Own>;
}

type Part = { readonly id: string; readonly entry: Readonly<SignedEntry> };

/** The tip that stands for both. Of tips on two branches it is the greater: any rule does, if it is the same at every node. */
const later = (a: Tip, b: Tip): Tip =>
  a.height !== b.height ? (a.height > b.height ? a : b) : a.id > b.id ? a : b;

/** Takes one more 2a into account. */
export function raiseTop(top: Top, ballot: Ballot | null): Top {
  if (ballot === null) return top;
  const { first, second } = top;
  if (first === null) return { first: ballot, second: null };
  if (ballot.value === first.value) return isAbove(ballot, first) ? { first: ballot, second } : top;
  if (isAbove(ballot, first)) return { first: ballot, second: first };
  return isAbove(ballot, second) ? { first, second: ballot } : top;
}

const higherOwn = (a: Own, b: Own): Own => (a === b ? a : a.map((ballot, c) => higher(ballot, b[c]!)));

/** The votes of acceptor `p` in the history of one message. */
function ownIn(known: Readonly<Known>, { id, entry }: Part, p: number): Own | null {
  if (hasBit(entry.caught, p)) return mapGet(entry.forkOwn, p) ?? null;
  const tip = tipIn(id, entry, p);
  return tip === null ? null : tip.id === id ? entry.own : signedEntry(known, tip.id)!.own;
}

function mergeTips(known: Readonly<Known>, merged: Merged, { id, entry }: Part): void {
  const { tips } = merged;
  for (let p = 0; p < tips.length; p++) {
    const tip = tipIn(id, entry, p);
    const before = tips[p]!;
    if (tip === null || tip === before) continue;
    if (before === null || before.id === tip.id) {
      tips[p] = tip;
      continue;
    }
    const high = later(before, tip);
    if (!hasBit(merged.caught, p) && !isAncestor(known, p, high === tip ? before : tip, high))
      merged.caught = withBit(merged.caught, p);
    tips[p] = high;
  }
}

function mergeTops(top: Top[], other: readonly Top[]): void {
  for (let c = 0; c < top.length; c++) {
    const more = other[c]!;
    if (more !== top[c]) top[c] = raiseTop(raiseTop(top[c]!, more.first), more.second);
  }
}

/**
 * Joins what is remembered of the messages `parts`. Costs what acceptors and learners are times the parts, whatever the
 * length of their histories; only forks are walked along.
 */
export function mergeHistories(view: GraphView, known: Readonly<Known>, parts: readonly Part[]): Merged {
  const merged: Merged = {
    tips: view.acceptors.map(() => null),
    caught: parts.reduce((caught, { entry }) => union(caught, entry.caught), view.nobody),
    top: view.learners.map(() => ({ first: null, second: null })),
    forkOwn: emptyMap(),
  };
  for (const part of parts) {
    mergeTips(known, merged, part);
    mergeTops(merged.top, part.entry.top);
  }
  return merged;
}

/** The votes of every caught acceptor, on all of its branches. */
export function mergeForks(known: Readonly<Known>, merged: Merged, parts: readonly Part[]): void {
  for (const p of membersOf(merged.caught)) {
    const own = parts
      .map((part) => ownIn(known, part, p))
      .reduce((a, b) => (a === null ? b : b === null ? a : higherOwn(a, b)), null);
    if (own !== null) mapSet(merged.forkOwn, p, own);
  }
}

/** The highest of some ballots. */
export const highest = (ballots: readonly Ballot[]): Ballot =>
  ballots.reduce((a, b) => (compareBallots(b, a) > 0 ? b : a));
