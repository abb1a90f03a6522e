import { mapSet } from "@eunomia/codec";
import { type Ballot, compareBallots, higher } from "../ballot.ts";
import { type Bits, bitsOf, hasBit, isEmpty, isSubset, sameBits, union, withBit } from "../bits.ts";
import { type Entry, isSigned, type Own, type SignedEntry } from "../dag/entry.ts";
import { entryOf, type Known } from "../dag/known.ts";
import type { GraphView } from "../graph-view.ts";
import { conflicts, freshFor } from "./bound.ts";
import { highest, type Merged, mergeForks, mergeHistories, raiseTop } from "./merge.ts";
import { votesMatter } from "./refute.ts";
import type { Malformed, Rules } from "./rules.ts";

/** What an acceptor says or would say; everything else follows from it. */
interface Draft {
  readonly signer: number;
  readonly prev: string | null;
  /** Ids, ascending. */
  readonly refs: readonly string[];
}

type Part = { readonly id: string; readonly entry: SignedEntry };
interface Refs {
  readonly signed: readonly Part[];
  readonly ballot: Ballot;
  readonly opens: boolean;
  readonly depth: number;
  readonly prev: SignedEntry | null;
}

/** What the refs are, or why they cannot be refs. */
function readRefs(rules: Rules, known: Readonly<Known>, { signer, prev, refs }: Draft): Refs | Malformed {
  if (refs.length === 0) return "no refs";
  if (refs.length > rules.refsMax) return "too many refs";
  if (refs.some((id, i) => i > 0 && refs[i - 1]! >= id)) return "refs not ascending";
  const entries: Entry[] = [];
  for (const id of refs) {
    const entry = entryOf(known, id);
    if (entry === undefined) return "ref not delivered";
    entries.push(entry);
  }
  const signed = refs.flatMap((id, i) => {
    const entry = entries[i]!;
    return isSigned(entry) ? [{ id, entry }] : [];
  });
  const before = prev === null ? null : (signed.find(({ id }) => id === prev)?.entry ?? null);
  if (prev !== null && before === null) return "prev not in refs";
  if (before !== null && before.signer !== signer) return "prev of another signer";
  const depth = 1 + signed.reduce((deepest, { entry }) => Math.max(deepest, entry.depth), 0);
  if (depth > rules.depthMax) return "history too deep";
  const ballot = highest(entries.map((entry) => entry.ballot));
  return { signed, ballot, opens: signed.length < refs.length, depth, prev: before };
}

/** `Caught` of the signer itself: whatever it said before must lie along prev. */
function catchSigner(merged: Merged, { signer, prev }: Draft): void {
  const tip = merged.tips[signer]!;
  if ((tip?.id ?? null) !== prev) merged.caught = withBit(merged.caught, signer);
}

/** Acceptors with a fresh 1b of the ballot, per learner: ballots never fall along refs, so the others have none. */
function freshOf(view: GraphView, parts: readonly Part[], ballot: Ballot): Bits[] {
  const fresh = view.learners.map(() => view.nobody);
  for (const { entry } of parts) {
    if (compareBallots(entry.ballot, ballot) !== 0) continue;
    for (let a = 0; a < fresh.length; a++) fresh[a] = union(fresh[a]!, entry.fresh[a]!);
  }
  return fresh;
}

/**
 * Judges a message of an acceptor by its history alone, and says what is to be remembered of it (sections 4 and 10).
 *
 * @returns the entry, or why the message is not well-formed
 */
export function derive(
  view: GraphView,
  rules: Rules,
  known: Readonly<Known>,
  draft: Draft,
): SignedEntry | Malformed {
  const refs = readRefs(rules, known, draft);
  if (typeof refs === "string") return refs;
  const { signed: parts, ballot, opens, depth, prev } = refs;
  if (opens && parts.some(({ entry }) => compareBallots(entry.ballot, ballot) === 0))
    return "ballot already in history";
  const merged = mergeHistories(view, known, parts);
  catchSigner(merged, draft);
  mergeForks(known, merged, parts);
  const { signer } = draft;
  const forks = merged.forkOwn.values[merged.forkOwn.keys.indexOf(signer)];
  const own: Own = forks ?? prev?.own ?? view.learners.map(() => null);
  const fresh = freshOf(view, parts, ballot);
  const common = {
    signer,
    prev: draft.prev,
    ballot,
    height: (prev?.height ?? 0) + 1,
    depth,
    caught: merged.caught,
    forkOwn: merged.forkOwn,
  };
  if (opens) {
    const conflicting = conflicts(merged.top, own, ballot.value);
    const matters = votesMatter(view, rules, known, { signer, prev: draft.prev, merged });
    const freshHere = freshFor(view.connected(merged.caught), conflicting, matters);
    for (let a = 0; a < fresh.length; a++) if (hasBit(freshHere, a)) fresh[a] = withBit(fresh[a]!, signer);
    merged.tips[signer] = null;
    return { kind: "1b", ...common, tips: merged.tips, top: merged.top, own, fresh, freshFor: freshHere };
  }
  const learners = bitsOf(
    view.learners.length,
    [...view.learners.keys()].filter((a) => view.isQuorum(a, fresh[a]!)),
  );
  if (isEmpty(learners)) return "no learner";
  if (prev?.kind === "2a" && compareBallots(prev.ballot, ballot) === 0 && !grows(prev.learners, learners))
    return "no learner more";
  const voted = own.map((vote, c) => (hasBit(learners, c) ? higher(vote, ballot) : vote));
  const top = merged.top.map((one, c) => (hasBit(learners, c) ? raiseTop(one, ballot) : one));
  if (hasBit(merged.caught, signer)) mapSet(merged.forkOwn, signer, voted);
  merged.tips[signer] = null;
  return { kind: "2a", ...common, tips: merged.tips, top, own: voted, fresh, learners };
}

const grows = (before: Bits, after: Bits): boolean => isSubset(before, after) && !sameBits(before, after);
