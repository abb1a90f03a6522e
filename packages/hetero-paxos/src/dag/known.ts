import { doc, emptyMap, type Infer, list, nullable, record } from "@eunomia/codec";
import { Id } from "../ballot.ts";
import { Bits, hasBit, withBit } from "../bits.ts";
import type { GraphView } from "../graph-view.ts";
import { Entry, isSigned, type SignedEntry, type Tip } from "./entry.ts";
import { shelf, shelfGet, shelfSet } from "./shelf.ts";

/** What a node delivered of one instance. Whoever is in here has all of its history in here. */
export const Known = record({
  entries: shelf(Entry),
  successors: doc(shelf(Id), "By prev: the message that was delivered first with it."),
  roots: doc(list(nullable(Id)), "Per acceptor: its first delivered message without prev."),
  forked: doc(Bits, "Acceptors of which two messages with one prev were delivered here."),
});
export type Known = Infer<typeof Known>;

/** Nothing delivered yet. */
export const emptyKnown = (view: GraphView): Known => ({
  entries: emptyMap(),
  successors: emptyMap(),
  roots: view.acceptors.map(() => null),
  forked: view.nobody,
});

export const entryOf = (known: Readonly<Known>, id: string): Entry | undefined => shelfGet(known.entries, id);

/** What is remembered of a message of an acceptor; undefined: it was not delivered, or is a 1a. */
export function signedEntry(known: Readonly<Known>, id: string): SignedEntry | undefined {
  const entry = entryOf(known, id);
  return isSigned(entry) ? entry : undefined;
}

/** Another delivered message of the same signer with the same prev, if there is one: evidence of equivocation. */
export function rivalOf(
  known: Readonly<Known>,
  id: string,
  signer: number,
  prev: string | null,
): string | null {
  const first = prev === null ? known.roots[signer]! : (shelfGet(known.successors, prev) ?? null);
  return first === id ? null : first;
}

/** Files a delivered message. The caller has seen to it that it is new and that its refs are here. */
export function addEntry(known: Known, id: string, entry: Entry): void {
  shelfSet(known.entries, id, entry);
  if (!isSigned(entry)) return;
  const { signer, prev } = entry;
  if (rivalOf(known, id, signer, prev) !== null) known.forked = withBit(known.forked, signer);
  else if (prev === null) known.roots[signer] = id;
  else shelfSet(known.successors, prev, id);
}

/** Whether `low` is `high` or comes before it along prev. Both are delivered messages of acceptor `p`. */
export function isAncestor(known: Readonly<Known>, p: number, low: Tip, high: Tip): boolean {
  if (low.height > high.height) return false;
  // As long as no fork was delivered, the messages of an acceptor are one chain. Only forkers pay for a walk.
  if (!hasBit(known.forked, p)) return true;
  let at = high.id;
  for (let height = high.height; height > low.height; height--) at = signedEntry(known, at)!.prev!;
  return at === low.id;
}
