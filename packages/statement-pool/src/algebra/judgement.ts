import type { PrincipalId } from "@eunomia/codec";
import { type Expr, normalize, print, sameExpr } from "@eunomia/quorum-algebra";
import type { Content, Id, Quorum } from "../statement/types.ts";

/**
 * "Who says what", as it was concluded. An individual's saying rests on the evidence of one individual, its root, with so many
 * delegations between; what was gathered on the way restricts delegations that are said so.
 */
export interface Says {
  readonly kind: "says";
  readonly who: Quorum;
  readonly cid: Id;
  /** Null: it rests on several, or on a group. */
  readonly root: PrincipalId | null;
  readonly hops: number;
  /** Types that every delegation on the way allows, sorted; null without any. */
  readonly types: readonly string[] | null;
  /** Least depth that the delegations on the way leave; null without any. */
  readonly depth: number | null;
}

/** "The delegate speaks for the group", as it was concluded: about these types, for contents of this epoch. */
export interface SpeaksFor {
  readonly kind: "speaks";
  readonly delegate: PrincipalId;
  readonly for: Quorum;
  readonly types: readonly string[];
  readonly depth: number;
  readonly manifest: Id;
  readonly epoch: number;
}

/** What a proof can conclude. */
export type Judgement = Says | SpeaksFor;

/** Rules by the names that the definition gives them, and `OWN`: one's own statement, in the write-ahead log. */
export type Rule =
  | "ADMIT"
  | "OWN"
  | "ATTEST"
  | "SPEAKS"
  | "HANDOFF"
  | "REDELEG"
  | "PREFIX"
  | "LUB"
  | "THRESH"
  /** THRESH for a group that counts authorities and not roots. */
  | "AUTHORITY"
  | "ENTAIL";

/** A piece of evidence that was looked at: of this statement, at this place of its bundle. */
export interface Leaf {
  readonly evidence: Id;
  readonly index: number;
}

/** How a judgement follows. Whoever has the bundles can check it again, step by step: `checkProof`. */
export interface Proof {
  readonly rule: Rule;
  readonly premises: readonly (Proof | Leaf)[];
  readonly conclusion: Judgement;
  /** The content that PREFIX and LUB conclude, where no bundle holds it. */
  readonly content?: Content;
}

/** An individual as an expression. */
export const individual = (id: PrincipalId): Quorum => ({ t: "node", id });

/** The one individual that an expression stands for; null: a group. */
export function individualOf(group: Quorum): PrincipalId | null {
  if (group.t === "node") return group.id;
  const normal = normalize(group);
  return normal.t === "node" ? normal.id : null;
}

/** Whether two groups are the same by their normal forms. */
export const sameGroup = (a: Expr, b: Expr): boolean => a === b || sameExpr(normalize(a), normalize(b));

const sameTypes = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === null || b === null ? a === b : a.length === b.length && a.every((one, i) => one === b[i]);

export function sameJudgement(a: Judgement, b: Judgement): boolean {
  if (a.kind === "says")
    return (
      b.kind === "says" &&
      a.cid === b.cid &&
      a.root === b.root &&
      a.hops === b.hops &&
      a.depth === b.depth &&
      sameTypes(a.types, b.types) &&
      sameGroup(a.who, b.who)
    );
  return (
    b.kind === "speaks" &&
    a.delegate === b.delegate &&
    a.depth === b.depth &&
    a.manifest === b.manifest &&
    a.epoch === b.epoch &&
    sameTypes(a.types, b.types) &&
    sameGroup(a.for, b.for)
  );
}

/**
 * A judgement in one line, for people.
 *
 * @example
 * showJudgement(proof.conclusion, (id) => names.get(id) ?? id.slice(0, 8)) // "{a, b, c} >= 2 says 1601a0ba"
 */
export function showJudgement(
  judgement: Judgement,
  name: (id: Id) => string = (id) => id.slice(0, 8),
): string {
  const group = (expr: Quorum): string =>
    print(expr).replace(/"?([0-9a-f]{64})"?/g, (_, id: string) => name(id));
  if (judgement.kind === "says") return `${group(judgement.who)} says ${name(judgement.cid)}`;
  const { delegate, types, depth, epoch } = judgement;
  return `${name(delegate)} speaks for ${group(judgement.for)} on ${types.join(", ")}, depth ${depth}, epoch ${epoch}`;
}
