import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding } from "@eunomia/engine";
import { deriveSays, type Goal, knowledgeOf, type Testimony } from "../algebra/derive.ts";
import { groupSays } from "../algebra/groups.ts";
import { individualOf, type Leaf, type Proof } from "../algebra/judgement.ts";
import { admitted } from "../algebra/leaves.ts";
import type { ProofContext } from "../algebra/recheck.ts";
import type { EquivocationProof } from "../audit/equivocation.ts";
import { delegationType, readQuotation, saysType } from "../program/forms.ts";
import type { Program } from "../program/program.ts";
import { contentId, type Hash } from "../statement/identity.ts";
import type { Bundle, Content, Core, Id, Quorum } from "../statement/types.ts";
import type { Gate } from "./gate.ts";
import { type Held, reaches } from "./held.ts";
import type { Judge } from "./judge.ts";
import { candidates, matches } from "./matching.ts";
import { contradict, type Store } from "./store.ts";
import type { Joint, Pattern } from "./types.ts";

/** Statements that a proof rests on. */
function leavesOf(proof: Proof): Id[] {
  return proof.premises.flatMap((premise: Proof | Leaf) =>
    "evidence" in premise ? [premise.evidence] : leavesOf(premise),
  );
}

/** What follows from the statements of a pool. Reads them and changes nothing. */
export class Reasoning {
  readonly #store: Store;
  readonly #judge: Judge;
  readonly #program: Program;
  readonly #hash: Hash;
  readonly #gate: Gate;

  constructor(store: Store, judge: Judge, program: Program, hash: Hash, gate: Gate) {
    this.#store = store;
    this.#judge = judge;
    this.#program = program;
    this.#hash = hash;
    this.#gate = gate;
  }

  query(pattern: Pattern): readonly Held[] {
    const found = [...candidates(this.#program, this.#store.shelf, pattern)].filter((entry) =>
      matches(this.#program, pattern, entry),
    );
    return found.sort((a, b) => a.seq - b.seq);
  }

  /** Delegations of the current epoch, and quotations: what can make somebody else's word count. */
  #bridges(): Held[] {
    const { shelf } = this.#store;
    const delegations = [...shelf.ofType(delegationType)].filter(
      ({ core }) => core.content.ctx.epoch === this.#gate.epoch,
    );
    return [...delegations, ...shelf.ofType(saysType)].filter(({ status }) => status !== "received");
  }

  /** Statements that may say it: for a quotation also those of what is quoted, which a notary's evidence may back. */
  #ofContent(content: Content): readonly Held[] {
    const monotone = this.#program.types.get(content.type)?.cstruct;
    const { shelf } = this.#store;
    if (monotone) return [...shelf.ofType(content.type)];
    const quoted = readQuotation(content);
    const behind = quoted === null ? [] : this.#ofContent(quoted.content);
    return [...shelf.byCid.get(contentId(content, this.#hash)), ...behind];
  }

  #knowledge(entries: Iterable<Held>, observer: PrincipalId) {
    const testimonies = new Set<Testimony>([...entries, ...this.#bridges()]);
    const mine = observer === this.#gate.owner;
    const seen = mine ? testimonies : [...testimonies].map((one) => ({ ...one, own: false }));
    return knowledgeOf(seen, this.#judge.beliefs(observer, this.#gate.epoch), this.#hash);
  }

  derive(goal: Goal, observer: PrincipalId): Proof | null {
    const knowledge = this.#knowledge(this.#ofContent(goal.content), observer);
    return deriveSays(knowledge, this.#program, goal, this.#hash);
  }

  joint(pattern: Pattern, group: Quorum): readonly Joint[] {
    const byCid = new Map<Id, Held[]>();
    for (const entry of this.query(pattern)) {
      const same = byCid.get(entry.cid);
      if (same === undefined) byCid.set(entry.cid, [entry]);
      else same.push(entry);
    }
    const found: Joint[] = [];
    for (const [cid, entries] of byCid) {
      const proof = groupSays(this.#knowledge(entries, this.#gate.owner), group, cid);
      if (proof === null) continue;
      const premises = proof.premises.flatMap((premise) => ("rule" in premise ? [premise] : []));
      const issuers = premises.flatMap(({ conclusion }) =>
        conclusion.kind === "says" ? (individualOf(conclusion.who) ?? []) : [],
      );
      const own = individualOf(group);
      const said = proof.rule === "THRESH" ? issuers : own === null ? [] : [own];
      found.push({ cid, issuers: [...new Set(said)].sort(), ids: [...new Set(leavesOf(proof))].sort() });
    }
    return found;
  }

  conflicts(pattern: Pattern): readonly EquivocationProof[] {
    const found: EquivocationProof[] = [];
    for (const entry of this.query(pattern)) {
      if (!entry.disputed || entry.slot === null) continue;
      for (const other of this.#store.shelf.bySlot.get(entry.slot)) {
        const rival = other.seq > entry.seq && other.cid !== entry.cid;
        if (rival && contradict(this.#program, entry.core, other.core))
          found.push(this.#accuse(entry, other));
      }
    }
    return found;
  }

  #accuse(a: Held, b: Held): EquivocationProof {
    const { core, issuer } = a;
    const unique = this.#program.types.get(core.content.type)?.unique ?? [];
    const paths = unique.some((path) => path.length > 1);
    return {
      kind: "equivocation",
      issuer,
      type: core.content.type,
      slot: a.slot!,
      a: shown(a),
      b: shown(b),
      context: paths ? this.#behind([a, b]).map(shown) : [],
    };
  }

  /** What these refer to, directly and further on, as far as it is here. */
  #behind(entries: readonly Held[]): Held[] {
    const found = new Set<Held>();
    const queue = [...entries];
    for (const { refs } of queue)
      for (const id of refs) {
        const entry = this.#store.shelf.byId.get(id);
        if (entry === undefined || found.has(entry)) continue;
        found.add(entry);
        queue.push(entry);
      }
    return [...found];
  }

  exhibit(auditor: PrincipalId): readonly Bundle[] {
    const named: Held[] = [];
    for (const entry of this.#store.shelf.byId.values()) {
      const { auditors } = entry.core;
      const concerned = auditors === "ANYONE" || auditors.includes(auditor);
      if (concerned && reaches(entry.status, "verified") && this.#convincing(entry, auditor).length > 0)
        named.push(entry);
    }
    const context = this.#behind(named).filter((entry) => !named.includes(entry));
    return [...named, ...context].map((entry) => ({
      core: entry.core,
      evidence: this.#convincing(entry, auditor),
    }));
  }

  #convincing({ core, cid, evidence, findings }: Held, observer: PrincipalId): Evidence[] {
    const issuer = typeof core.issuer === "string" ? core.issuer : null;
    const beliefs = this.#judge.beliefs(observer, this.#gate.epoch);
    return evidence.filter((_, i) => {
      const finding = findings[i];
      if (finding?.ok !== true) return false;
      return admitted(core.content, cid, issuer, finding, beliefs, this.#hash).length > 0;
    });
  }

  proofContext(): ProofContext {
    const { shelf } = this.#store;
    const unseen: Finding = { ok: false, why: "not-addressed" };
    return {
      program: this.#program,
      beliefs: this.#judge.beliefs(this.#gate.owner, this.#gate.epoch),
      bundle: (id) => shelf.byId.get(id),
      check: (core: Core, id: Id, evidence: Evidence) => this.#judge.find(core, id, evidence) ?? unseen,
      isOwn: (id) => shelf.byId.get(id)?.own === true,
      hash: this.#hash,
    };
  }
}

/** A statement with the evidence that was found good. */
const shown = ({ core, evidence, findings }: Held): Bundle => ({
  core,
  evidence: evidence.filter((_, i) => findings[i]?.ok === true),
});
