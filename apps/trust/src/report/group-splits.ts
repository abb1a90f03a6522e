import { type Expr, type Limits, neverCovered, restrictByzantine, support } from "@eunomia/quorum-algebra";
import type { Sets } from "@eunomia/quorum-algebra/sets";

/**
 * The minimal sets of groups that split a system when all of their nodes lie, smallest first. The honest nodes of one group may
 * stand on different sides, so this is no question about a system in which a group is one node: every choice of groups is
 * tried, but for those that contain a smaller one. The deadline of `limits` is that of the whole listing.
 */
export function* groupSplits(quorums: Expr, groupOf: (id: string) => string, limits: Limits): Sets {
  const members = new Map<string, string[]>();
  for (const id of support(quorums)) members.set(groupOf(id), [...(members.get(groupOf(id)) ?? []), id]);
  const groups = [...members.keys()].sort();
  const { now, deadlineMs, signal } = limits;
  const until = now === undefined || deadlineMs === undefined ? Number.POSITIVE_INFINITY : now() + deadlineMs;
  const found: (readonly string[])[] = [];
  const ended = (complete: boolean) => ({ count: found.length, complete, method: "choices of groups" });
  for (let size = 0; size <= groups.length; size++) {
    let tried = 0;
    for (const choice of choices(groups, size)) {
      if (signal?.aborted === true || (now !== undefined && now() > until)) return ended(false);
      if (found.some((set) => set.every((group) => choice.includes(group)))) continue;
      tried++;
      const rest = restrictByzantine(
        quorums,
        choice.flatMap((group) => members.get(group)!),
      );
      const { holds } = neverCovered([rest, rest], [], limits);
      if (holds === null) return ended(false);
      if (holds) continue;
      found.push(choice);
      yield choice;
    }
    // Larger choices contain one of this size.
    if (tried === 0) break;
  }
  return ended(true);
}

/** Every choice of so many, in order. */
function* choices(from: readonly string[], count: number): Generator<readonly string[]> {
  if (count === 0) return yield [];
  for (let at = 0; at + count <= from.length; at++)
    for (const rest of choices(from.slice(at + 1), count - 1)) yield [from[at]!, ...rest];
}
