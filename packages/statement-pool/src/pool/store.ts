import { type PrincipalId, toHex } from "@eunomia/codec";
import type { Evidence, Finding } from "@eunomia/engine";
import type { Program } from "../program/program.ts";
import { referencesOf, slotOf } from "../program/slots.ts";
import { evidenceKey } from "../statement/evidence.ts";
import { groupId, type Hash } from "../statement/identity.ts";
import type { Content, Core, Id } from "../statement/types.ts";
import type { Arrival } from "./arrival.ts";
import { type Held, reaches } from "./held.ts";
import type { Judge } from "./judge.ts";
import { Shelf } from "./shelf.ts";
import { Subscriptions } from "./subscriptions.ts";
import type { PoolLimits, Status } from "./types.ts";

/**
 * Names the counter of an issuer's slots of a type in one context, for watermarks.
 *
 * @param issuer the principal, or the `groupId` of a group.
 */
export function watermarkKey({ type, ctx }: Content, issuer: Id): string {
  return `${type} ${ctx.epoch} ${toHex(ctx.instance)} ${issuer}`;
}

/** Whether two statements of one slot contradict each other. */
export function contradict(program: Program, a: Core, b: Core): boolean {
  const cstruct = program.types.get(a.content.type)?.cstruct;
  return !cstruct || cstruct.lub(a.content.body[0]!, b.content.body[0]!) === null;
}

/** The statements of a pool with all that is found by them; what may come in is decided elsewhere. */
export class Store {
  readonly shelf = new Shelf();
  readonly subscriptions: Subscriptions;
  /** Entries that refer to a statement that is not here, by its id. */
  readonly wanting = new Map<Id, Held[]>();
  /** Verified ones. */
  readonly perIssuer = new Map<Id, number>();
  /** Statements that convince nobody yet, by who brought them. */
  readonly owed = new Map<PrincipalId, number>();
  /** Entries whose slot goes through references that are not here. */
  readonly #slotless = new Set<Held>();
  readonly #program: Program;
  readonly #judge: Judge;
  readonly #limits: PoolLimits;
  readonly #hash: Hash;
  readonly #count: (name: string) => void;
  #seq = 0;

  constructor(program: Program, judge: Judge, limits: PoolLimits, hash: Hash, count: (name: string) => void) {
    this.#program = program;
    this.#judge = judge;
    this.#limits = limits;
    this.#hash = hash;
    this.#count = count;
    this.subscriptions = new Subscriptions(program);
  }

  readonly resolve = (id: Id): Core | undefined => this.shelf.byId.get(id)?.core;

  slot(core: Core): Id | null {
    return slotOf(this.#program, core, this.resolve, this.#hash);
  }

  refs({ type, core }: Arrival): readonly Id[] {
    return referencesOf(type, core);
  }

  /** How deep references go from a statement with these. */
  depth(refs: readonly Id[]): number {
    return refs.reduce((deepest, id) => Math.max(deepest, (this.shelf.byId.get(id)?.depth ?? 0) + 1), 0);
  }

  /** What of new evidence is worth keeping, with what was found; the rest is counted by its fault. */
  look(core: Core, id: Id, evidence: readonly Evidence[], held: readonly Evidence[]) {
    const found: { readonly evidence: Evidence; readonly finding: Finding | null }[] = [];
    // Most statements come with one piece: then there is nothing to tell it from.
    const alone = held.length === 0 && evidence.length === 1;
    const known = new Set(held.map(evidenceKey));
    const perScheme = new Map<string, number>();
    for (const { scheme } of held) perScheme.set(scheme, (perScheme.get(scheme) ?? 0) + 1);
    for (const one of this.#judge.sorted(evidence)) {
      const key = alone ? "" : evidenceKey(one);
      if (known.has(key)) continue;
      const many = perScheme.get(one.scheme) ?? 0;
      if (many >= this.#limits.maxEvidencePerScheme) {
        this.#count("evidence too-many");
        continue;
      }
      const finding = this.#judge.find(core, id, one);
      if (finding?.ok === false) {
        this.#count(`evidence ${finding.why}`);
        continue;
      }
      known.add(key);
      perScheme.set(one.scheme, many + 1);
      found.push({ evidence: one, finding });
    }
    return found;
  }

  /** Takes a new statement in. */
  add(
    arrival: Arrival,
    found: ReturnType<Store["look"]>,
    about: {
      readonly own: boolean;
      readonly status: Status;
      readonly from: PrincipalId;
      readonly now: number;
    },
  ): Held {
    const { id, cid, core } = arrival;
    const issuer = this.#judge.issuerName(core);
    const owing = about.status === "received";
    const refs = this.refs(arrival);
    const entry: Held = {
      id,
      cid,
      core,
      issuer,
      evidence: found.map((one) => one.evidence),
      findings: found.map((one) => one.finding),
      own: about.own,
      status: "received",
      disputed: false,
      seq: this.#seq++,
      slot: this.slot(core),
      refs,
      depth: this.depth(refs),
      owedBy: owing ? about.from : null,
      arrivedAt: about.now,
    };
    if (owing) this.owed.set(about.from, (this.owed.get(about.from) ?? 0) + 1);
    this.shelf.add(entry);
    if (entry.slot === null && arrival.type.unique !== null && typeof core.issuer === "string")
      this.#slotless.add(entry);
    for (const ref of refs) if (!this.shelf.byId.has(ref)) this.#wants(ref, entry);
    this.#arrived(entry);
    if (about.status === "received") this.subscriptions.rose(entry);
    else this.raise(entry, about.status);
    return entry;
  }

  #wants(ref: Id, entry: Held): void {
    const others = this.wanting.get(ref);
    if (others === undefined) this.wanting.set(ref, [entry]);
    else others.push(entry);
  }

  /** Slots of those that waited for this statement can be known now, also through further references. */
  #arrived(entry: Held): void {
    const waiting = this.wanting.get(entry.id);
    if (waiting === undefined) return;
    this.wanting.delete(entry.id);
    // A path may lead through several references, so whoever lacks a slot is asked.
    for (const one of [...this.#slotless]) this.#settle(one);
  }

  #settle(entry: Held): void {
    entry.slot = this.slot(entry.core);
    if (entry.slot === null) return;
    this.#slotless.delete(entry);
    if (reaches(entry.status, "verified")) this.#inSlot(entry, entry.slot);
  }

  /** The status rises, never falls. */
  raise(entry: Held, status: Status): void {
    if (status === entry.status || reaches(entry.status, status)) return;
    const convinced = !reaches(entry.status, "verified");
    entry.status = status;
    if (entry.owedBy !== null) {
      this.owed.set(entry.owedBy, this.owed.get(entry.owedBy)! - 1);
      entry.owedBy = null;
    }
    const { issuer } = entry.core;
    if (typeof issuer !== "string") this.#judge.groups.set(groupId(issuer, this.#hash), issuer);
    if (convinced) this.perIssuer.set(entry.issuer, (this.perIssuer.get(entry.issuer) ?? 0) + 1);
    if (convinced && entry.slot !== null) this.#inSlot(entry, entry.slot);
    this.subscriptions.rose(entry);
  }

  #inSlot(entry: Held, slot: Id): void {
    for (const other of this.shelf.bySlot.get(slot)) {
      if (other.cid === entry.cid || !contradict(this.#program, entry.core, other.core)) continue;
      entry.disputed = true;
      other.disputed = true;
    }
    this.shelf.bySlot.add(slot, entry);
  }

  remove(entry: Held): void {
    this.shelf.delete(entry);
    this.subscriptions.forget(entry);
    this.#slotless.delete(entry);
    if (reaches(entry.status, "verified"))
      this.perIssuer.set(entry.issuer, this.perIssuer.get(entry.issuer)! - 1);
    if (entry.owedBy !== null) this.owed.set(entry.owedBy, this.owed.get(entry.owedBy)! - 1);
    for (const ref of entry.refs) {
      const others = this.wanting.get(ref)?.filter((one) => one !== entry);
      if (others === undefined) continue;
      if (others.length === 0) this.wanting.delete(ref);
      else this.wanting.set(ref, others);
    }
  }
}
