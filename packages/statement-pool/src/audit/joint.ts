import type { PrincipalId } from "@eunomia/codec";
import { type Expr, normalize, support } from "@eunomia/quorum-algebra";
import { slotOf } from "../program/slots.ts";
import { contentId, statementId } from "../statement/identity.ts";
import type { Bundle, Quorum } from "../statement/types.ts";
import type { EquivocationContext } from "./equivocation.ts";

/** Who has to answer for two joint statements that contradict each other. */
export interface Culprits {
  /** Members who signed both, sorted. Thresholds hide their signers: then nobody is named. */
  readonly named: readonly PrincipalId[];
  /** So many members signed both, named or not. */
  readonly atLeast: number;
}

/** Those whom evidence names, and the group that is known to have signed. Null: nothing convinces. */
interface Signers {
  readonly group: Quorum;
  readonly named: ReadonlySet<PrincipalId> | null;
}

function signersOf(
  { core, evidence }: Bundle,
  { check, beliefs, hash }: EquivocationContext,
): Signers | null {
  if (typeof core.issuer === "string") return null;
  const id = statementId(core, hash);
  for (const one of evidence) {
    const finding = check(core, id, one);
    if (!finding.ok) continue;
    const observed = finding.convinces === "anyone" || finding.convinces.includes(beliefs.observer);
    if (!observed) continue;
    if (finding.says.by === "each") return { group: core.issuer, named: new Set(finding.says.principals) };
    const group = finding.says.by === "group" ? beliefs.groups.get(finding.says.group) : undefined;
    if (group !== undefined) return { group, named: null };
  }
  return null;
}

/** k of the members, each counted once; null: another expression. */
function flat(group: Expr): { readonly k: number; readonly members: string } | null {
  const normal = normalize(group);
  if (normal.t !== "thr" || normal.of.some(({ t }) => t !== "node")) return null;
  return { k: normal.k, members: support(normal).join() };
}

/**
 * Who signed both of two joint statements with different contents in one slot; null: they do not contradict each other, or evidence
 * does not convince the observer. With bitmaps every member of both is named. Of thresholds over the same members at least
 * k1 + k2 - n signed both; of other groups nothing is known (0).
 */
export function culprits(a: Bundle, b: Bundle, context: EquivocationContext): Culprits | null {
  const { program, hash, beliefs } = context;
  const [left, right] = [a.core, b.core].map(({ content }) => contentId(content, hash));
  // A slot is one issuer's: with the observer in the place of both groups the slots are the same if type, context and paths are.
  const [one, other] = [a, b].map(({ core }) =>
    slotOf(program, { ...core, issuer: beliefs.observer }, () => undefined, hash),
  );
  if (left === right || one === null || one !== other) return null;
  const [x, y] = [signersOf(a, context), signersOf(b, context)];
  if (x === null || y === null) return null;
  if (x.named !== null && y.named !== null) {
    const named = [...x.named].filter((member) => y.named!.has(member)).sort();
    return { named, atLeast: named.length };
  }
  const [p, q] = [flat(x.group), flat(y.group)];
  const same = p !== null && q !== null && p.members === q.members;
  return { named: [], atLeast: same ? Math.max(0, p.k + q.k - support(x.group).length) : 0 };
}
