import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding } from "@eunomia/engine";
import { and, entails, quorumSystem } from "@eunomia/quorum-algebra";
import { readDelegation } from "../program/forms.ts";
import type { Program } from "../program/program.ts";
import { contentId, type Hash, statementId } from "../statement/identity.ts";
import type { Bundle, Content, Core, Id } from "../statement/types.ts";
import { sameCtx } from "./derive.ts";
import { together } from "./groups.ts";
import {
  individual,
  individualOf,
  type Judgement,
  type Leaf,
  type Proof,
  type Says,
  type SpeaksFor,
  sameGroup,
  sameJudgement,
} from "./judgement.ts";
import type { SaysProof } from "./knowledge.ts";
import { admitted, type Beliefs } from "./leaves.ts";
import { attested, type Edge, handedOff, spokenFor } from "./saturate.ts";

/** What whoever checks a proof goes by: nothing that the prover said but the bundles, which speak for themselves. */
export interface ProofContext {
  readonly program: Program;
  readonly beliefs: Beliefs;
  /** The bundles that the leaves name; undefined: not at hand. */
  readonly bundle: (id: Id) => Bundle | undefined;
  /** What the observer's own schemes find. */
  readonly check: (core: Core, id: Id, evidence: Evidence) => Finding;
  /** Whether the statement is the observer's own, in its own log. */
  readonly isOwn: (id: Id) => boolean;
  readonly hash: Hash;
}

/** A judgement that was checked, and the content that it speaks of. */
interface Checked {
  readonly judgement: Judgement;
  readonly content: Content;
}

const isLeaf = (premise: Proof | Leaf): premise is Leaf => "evidence" in premise;
/** Proofs are as deep as delegations are chained, and a little more. */
const maxDepth = 256;

/** Two premises of one judgement are one. */
function distinct(premises: readonly Says[]): boolean {
  const whom = premises.map(({ who }) => individualOf(who));
  return !whom.includes(null) && new Set(whom).size === whom.length;
}

class Checker {
  readonly #context: ProofContext;
  constructor(context: ProofContext) {
    this.#context = context;
  }

  /** What the proof shows; null: some step is wrong. */
  proof(proof: Proof, depth = 0): Checked | null {
    if (depth > maxDepth) return null;
    const { rule, premises, conclusion } = proof;
    if (rule === "ADMIT" || rule === "OWN") return this.#leaf(proof);
    const inner = premises.map((premise) => (isLeaf(premise) ? null : this.proof(premise, depth + 1)));
    if (inner.includes(null) || inner.length === 0) return null;
    const found = this.#step(proof, inner as readonly Checked[]);
    return found !== null && sameJudgement(found.judgement, conclusion) ? found : null;
  }

  #leaf({ rule, premises, conclusion }: Proof): Checked | null {
    const { bundle, isOwn, check, beliefs, hash } = this.#context;
    const [leaf] = premises;
    if (leaf === undefined || !isLeaf(leaf) || premises.length !== 1 || conclusion.kind !== "says")
      return null;
    const found = bundle(leaf.evidence);
    if (found === undefined || statementId(found.core, hash) !== leaf.evidence) return null;
    const { core } = found;
    const issuer = typeof core.issuer === "string" ? core.issuer : null;
    const cid = contentId(core.content, hash);
    if (rule === "OWN") {
      if (!isOwn(leaf.evidence) || issuer !== beliefs.observer) return null;
      const judgement: Says = { ...together(individual(issuer), cid, []), root: issuer };
      return sameJudgement(judgement, conclusion) ? { judgement, content: core.content } : null;
    }
    const evidence = found.evidence[leaf.index];
    const finding = evidence === undefined ? null : check(core, leaf.evidence, evidence);
    if (finding?.ok !== true) return null;
    return (
      admitted(core.content, cid, issuer, finding, beliefs, hash).find(({ judgement }) =>
        sameJudgement(judgement, conclusion),
      ) ?? null
    );
  }

  #step(proof: Proof, inner: readonly Checked[]): Checked | null {
    const { beliefs, hash } = this.#context;
    const { rule, conclusion } = proof;
    const [first, second] = inner as readonly [Checked, ...Checked[]];
    const { content } = first;
    const said = { ...proof, conclusion: first.judgement } as SaysProof;
    if (first.judgement.kind !== "says") return null;
    switch (rule) {
      case "SPEAKS": {
        if (second?.judgement.kind !== "speaks") return null;
        const edge = { ...proof, conclusion: second.judgement } as Edge;
        if (individualOf(first.judgement.who) !== edge.conclusion.delegate) return null;
        const next = spokenFor(content, said, edge);
        return next && { judgement: next.conclusion, content };
      }
      case "HANDOFF":
      case "REDELEG": {
        const made = content.ctx.epoch === beliefs.epoch ? readDelegation(content) : null;
        if (made === null || !sameGroup(first.judgement.who, made.for)) return null;
        const edge = handedOff(content, made, said);
        return edge?.rule === rule ? { judgement: edge.conclusion as SpeaksFor, content } : null;
      }
      case "ATTEST": {
        const found = attested(content, said, beliefs, hash);
        return found && { judgement: found.proof.conclusion, content: found.content };
      }
      default:
        return conclusion.kind === "says" ? this.#values(proof, conclusion, inner) : null;
    }
  }

  /** PREFIX, LUB and the rules for groups. */
  #values({ rule, content }: Proof, { who, cid }: Says, inner: readonly Checked[]): Checked | null {
    const premises = inner.map(({ judgement }) => judgement as Says);
    const judgement = {
      ...together(
        who,
        cid,
        premises.map((conclusion) => ({ conclusion })),
      ),
      root: null,
    };
    if (rule === "PREFIX" || rule === "LUB") {
      if (content === undefined || contentId(content, this.#context.hash) !== cid) return null;
      const { root } = premises[0]!;
      const fine =
        premises.every((one) => one.root === root && sameGroup(one.who, who)) &&
        this.#grows(rule, content, inner);
      return fine ? { judgement: { ...judgement, root }, content } : null;
    }
    if (premises.some((one) => one.kind !== "says" || one.cid !== cid)) return null;
    const fine =
      rule === "ENTAIL"
        ? premises.every(({ hops }) => hops === 0) &&
          entails(and(...premises.map((one) => one.who)), who).holds === true
        : this.#counted(rule, who, premises);
    return fine ? { judgement, content: inner[0]!.content } : null;
  }

  #counted(rule: Proof["rule"], who: Says["who"], premises: readonly Says[]): boolean {
    if ((rule !== "THRESH" && rule !== "AUTHORITY") || !distinct(premises)) return false;
    const roots = premises.map(({ root }) => root);
    const independent = !roots.includes(null) && new Set(roots).size === roots.length;
    const members = premises.map((one) => individualOf(one.who) as PrincipalId);
    return (rule === "AUTHORITY" || independent) && quorumSystem(who).has(members);
  }

  #grows(rule: "PREFIX" | "LUB", content: Content, inner: readonly Checked[]): boolean {
    const type = this.#context.program.types.get(content.type);
    const cstruct = type?.cstruct;
    if (cstruct === null || cstruct === undefined || !type!.fits(content)) return false;
    const contents = inner.map((one) => one.content);
    if (contents.some((one) => one.type !== content.type || !sameCtx(one.ctx, content.ctx))) return false;
    const [value, ...bodies] = [content, ...contents].map(({ body }) => body[0]!) as [never, never, never];
    if (rule === "PREFIX") return inner.length === 1 && cstruct.leq(value, bodies[0]);
    const lub = inner.length === 2 ? cstruct.lub(bodies[0], bodies[1]!) : null;
    return lub !== null && cstruct.leq(value, lub) && cstruct.leq(lub, value);
  }
}

/**
 * Goes through a proof step by step, with one's own eyes: hashes, evidence and rules. True only if every step holds and the
 * conclusion is what it says. Never throws, whatever the proof is.
 *
 * @example
 * checkProof(proof, pool.proofContext()) // true
 */
export function checkProof(proof: Proof, context: ProofContext): boolean {
  try {
    return new Checker(context).proof(proof) !== null;
  } catch {
    // A proof is a peer's data: what has not even its shape proves nothing.
    return false;
  }
}
