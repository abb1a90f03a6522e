import type { Space, StepLabel, Successor, Vector } from "@eunomia/checker";
import { inline, treeOf } from "../explorer/story/tree.ts";
import type { Turn } from "../explorer/story/types.ts";

/** Four hex digits (FNV-1a, folded) of what a step is: other engines may order their successors otherwise. */
export function markOf({ kind, process, what, event, fired }: StepLabel): string {
  const text = inline(treeOf({ kind, process, what, event, fired }));
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return ((hash ^ (hash >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}

/** The successor that a turn means: the one at its place, or any with its mark; null: there is none. */
export function choiceOf(successors: readonly Successor[], { choice, mark }: Turn): number | null {
  const there = successors[choice];
  if (there !== undefined && markOf(there.label) === mark) return choice;
  const found = successors.findIndex(({ label }) => markOf(label) === mark);
  return found < 0 ? null : found;
}

/** Does a violation stand at the end of a way? What counterexamples of a search have. */
const violates =
  (space: Space) =>
  (vectors: readonly Vector[]): boolean =>
    space.violation(vectors.at(-1)!) !== null;

/**
 * The turns of a way whose labels are known, as a counterexample has them. Steps that look alike may lead to different states:
 * of all such ways the first that `fits` is taken, else any.
 *
 * @param fits sees the states of a way, the initial one first
 * @returns null if the model has no such way
 */
export function turnsOf(
  space: Space,
  labels: readonly StepLabel[],
  fits: (vectors: readonly Vector[]) => boolean = violates(space),
): readonly Turn[] | null {
  let ways: { readonly vectors: readonly Vector[]; readonly turns: readonly Turn[] }[] = [
    { vectors: [space.initial], turns: [] },
  ];
  for (const wanted of labels) {
    const mark = markOf(wanted);
    const next = new Map<string, (typeof ways)[number]>();
    for (const { vectors, turns } of ways)
      for (const [choice, { label, vector }] of space.successors(vectors.at(-1)!).entries()) {
        const key = vector.join();
        if (markOf(label) === mark && !next.has(key))
          next.set(key, { vectors: [...vectors, vector], turns: [...turns, { choice, mark }] });
      }
    ways = [...next.values()];
  }
  return (ways.find(({ vectors }) => fits(vectors)) ?? ways[0])?.turns ?? null;
}

/** Where a path ends. */
export interface PathEnd {
  /** Null: no invariant is violated there. */
  readonly violation: { readonly property: string; readonly detail: string } | null;
  /** The first turn (from 1) that the model does not know; null: the whole path was taken. */
  readonly mismatch: number | null;
}

/**
 * Takes a path as far as the model knows it.
 *
 * @example
 * followPath(openSpace(model), [{ choice: 3, mark: "9f2c" }]).violation; // null: nothing wrong at its end
 */
export function followPath(space: Space, turns: readonly Turn[]): PathEnd {
  let vector = space.initial;
  for (const [at, turn] of turns.entries()) {
    const successors = space.successors(vector);
    const choice = choiceOf(successors, turn);
    if (choice === null) return { violation: space.violation(vector), mismatch: at + 1 };
    vector = successors[choice]!.vector;
  }
  return { violation: space.violation(vector), mismatch: null };
}
