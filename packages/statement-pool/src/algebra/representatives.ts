import type { PrincipalId } from "@eunomia/codec";
import { type QuorumSystem, quorumSystem } from "@eunomia/quorum-algebra";
import type { Quorum } from "../statement/types.ts";

/** Derived from the expression alone, so equal at every time: a cache, not state. */
const systems = new WeakMap<Quorum, QuorumSystem>();

/** The compiled form of a group; asked for again, it is there already. */
export function systemOf(group: Quorum): QuorumSystem {
  let system = systems.get(group);
  if (system === undefined) {
    system = quorumSystem(group);
    systems.set(group, system);
  }
  return system;
}

/** Sets looked at before giving up; then nothing is derived, which is always safe. */
const maxSteps = 20_000;

/** Who is counted, each with a root of its own. */
export type Representatives = ReadonlyMap<PrincipalId, PrincipalId>;

/** Gives `member` a root that nobody else has, moving others to other roots of theirs where that helps (Kuhn's augmenting path). */
function augment(
  member: PrincipalId,
  roots: ReadonlyMap<PrincipalId, ReadonlySet<PrincipalId>>,
  taken: Map<PrincipalId, PrincipalId>,
  tried: Set<PrincipalId>,
): boolean {
  for (const root of roots.get(member)!) {
    if (tried.has(root)) continue;
    tried.add(root);
    const holder = taken.get(root);
    if (holder === undefined || augment(holder, roots, taken, tried)) {
      taken.set(root, member);
      return true;
    }
  }
  return false;
}

/**
 * Members that satisfy the group, each resting on a root of its own; null: there are none, or the search was too long. `roots`: on
 * whose evidence each member's saying may rest. One root counted twice would make one fault two.
 */
export function representatives(
  group: Quorum,
  roots: ReadonlyMap<PrincipalId, ReadonlySet<PrincipalId>>,
): Representatives | null {
  const system = systemOf(group);
  const speakers = system.members.filter((member) => roots.has(member));
  if (!system.has(speakers)) return null;
  const direct = speakers.filter((member) => roots.get(member)!.has(member));
  if (system.has(direct)) return new Map(direct.map((member) => [member, member]));
  let steps = 0;
  // Members that speak for themselves first: they are in nobody's way as long as nobody borrows their evidence.
  const order = [...direct, ...speakers.filter((member) => !direct.includes(member))];
  const search = (at: number, taken: ReadonlyMap<PrincipalId, PrincipalId>): Representatives | null => {
    const members = [...taken.values()];
    if (system.has(members)) return new Map([...taken].map(([root, member]) => [member, root]));
    if (++steps > maxSteps || at === order.length || !system.has([...members, ...order.slice(at)]))
      return null;
    const extended = new Map(taken);
    const fitsIn = augment(order[at]!, roots, extended, new Set());
    return (fitsIn ? search(at + 1, extended) : null) ?? search(at + 1, taken);
  };
  return search(0, new Map());
}
