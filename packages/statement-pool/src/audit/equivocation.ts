import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding } from "@eunomia/engine";
import { individualOf } from "../algebra/judgement.ts";
import { admitted, type Beliefs } from "../algebra/leaves.ts";
import type { Program } from "../program/program.ts";
import { slotOf } from "../program/slots.ts";
import { contentId, type Hash, statementId } from "../statement/identity.ts";
import type { Bundle, Core, Id } from "../statement/types.ts";

/** Two statements of one issuer that a correct one never makes both, with what convinces others of them. */
export interface EquivocationProof {
  readonly kind: "equivocation";
  readonly issuer: PrincipalId;
  readonly type: string;
  readonly slot: Id;
  readonly a: Bundle;
  readonly b: Bundle;
  /** Statements that the paths of the slot run through. */
  readonly context: readonly Bundle[];
}

/** What is wrong with an accusation; the numbers are those of the conditions in the definition, section A6. */
export type EquivocationFault =
  | "MALFORMED"
  /** (1) Another program or context than the other statement. */
  | "OTHER_CONTEXT"
  /** (2) */
  | "OTHER_TYPE"
  | "OTHER_ISSUER"
  /** (3) Evidence does not convince the observer that the issuer itself said it. */
  | "NOT_ATTRIBUTED"
  /** (4) A path runs through a statement that is not there. */
  | "UNRESOLVED"
  /** (5) */
  | "OTHER_SLOT"
  /** (6) One content twice, or values that have an upper bound. */
  | "NO_CONTRADICTION"
  /** (7) The program has no slot for this type. */
  | "NO_SLOT";

/** By what an accusation is judged. */
export interface EquivocationContext {
  readonly program: Program;
  readonly beliefs: Beliefs;
  /** What the observer's own schemes find. */
  readonly check: (core: Core, id: Id, evidence: Evidence) => Finding;
  readonly hash: Hash;
}

function isAttributed({ core, evidence }: Bundle, { beliefs, check, hash }: EquivocationContext): boolean {
  const { issuer } = core;
  if (typeof issuer !== "string") return false;
  const id = statementId(core, hash);
  const cid = contentId(core.content, hash);
  return evidence.some((one) => {
    const finding = check(core, id, one);
    if (!finding.ok) return false;
    return admitted(core.content, cid, issuer, finding, beliefs, hash).some(
      ({ judgement }) => judgement.cid === cid && individualOf(judgement.who) === issuer,
    );
  });
}

function faultOf(proof: EquivocationProof, context: EquivocationContext): EquivocationFault | null {
  const { program, hash } = context;
  const { a, b, issuer, slot } = proof;
  const [left, right] = [a.core.content, b.core.content];
  const ctx = left.ctx;
  if (ctx.manifest !== program.manifest || right.ctx.manifest !== program.manifest) return "OTHER_CONTEXT";
  if (left.type !== right.type || left.type !== proof.type) return "OTHER_TYPE";
  if (a.core.issuer !== issuer || b.core.issuer !== issuer) return "OTHER_ISSUER";
  const type = program.types.get(left.type);
  if (type === undefined || (type.unique === null && type.cstruct === null)) return "NO_SLOT";
  if (!type.fits(left) || !type.fits(right)) return "MALFORMED";
  if (!isAttributed(a, context) || !isAttributed(b, context)) return "NOT_ATTRIBUTED";
  const around = new Map(proof.context.map(({ core }) => [statementId(core, hash), core]));
  const slots = [a, b].map(({ core }) => slotOf(program, core, (id) => around.get(id), hash));
  if (slots.includes(null)) return "UNRESOLVED";
  // The context is part of the slot, so two contexts are two slots.
  if (slots[0] !== slots[1]) return contextsDiffer(a, b) ? "OTHER_CONTEXT" : "OTHER_SLOT";
  if (slots[0] !== slot) return "OTHER_SLOT";
  if (contentId(left, hash) === contentId(right, hash)) return "NO_CONTRADICTION";
  const bounded = type.cstruct !== null && type.cstruct.lub(left.body[0]!, right.body[0]!) !== null;
  return bounded ? "NO_CONTRADICTION" : null;
}

function contextsDiffer(a: Bundle, b: Bundle): boolean {
  const [x, y] = [a.core.content.ctx, b.core.content.ctx];
  return x.epoch !== y.epoch || String(x.instance) !== String(y.instance);
}

/**
 * What is wrong with an accusation, for this observer; null: the issuer equivocated. A MAC accuses nobody but before its own
 * receiver. Never throws, whatever the proof holds.
 *
 * @example
 * equivocationFault(proof, pool.proofContext()) // null: convicted
 */
export function equivocationFault(
  proof: EquivocationProof,
  context: EquivocationContext,
): EquivocationFault | null {
  try {
    return faultOf(proof, context);
  } catch {
    // An accusation is a peer's data: what has not even its shape accuses nobody.
    return "MALFORMED";
  }
}
