import { type PrincipalId, sha256 } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import type { Goal } from "../algebra/derive.ts";
import type { Proof } from "../algebra/judgement.ts";
import type { ProofContext } from "../algebra/recheck.ts";
import type { EquivocationProof } from "../audit/equivocation.ts";
import { PoolError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { Hash } from "../statement/identity.ts";
import type { Bundle, Core, Id, Quorum } from "../statement/types.ts";
import {
  type Arrival,
  type ArrivalRules,
  internTable,
  readArrival,
  takeArrival,
  takeEvidence,
} from "./arrival.ts";
import { collect } from "./collect.ts";
import { Gate } from "./gate.ts";
import type { Held } from "./held.ts";
import { Judge } from "./judge.ts";
import { merged } from "./merge.ts";
import { type Issued, OwnLog } from "./own-log.ts";
import { Reasoning } from "./reasoning.ts";
import { Store } from "./store.ts";
import type {
  Admission,
  Cut,
  Entry,
  Joint,
  Pattern,
  PoolLimits,
  PoolLog,
  PoolOptions,
  Refusal,
  Snapshot,
  Status,
} from "./types.ts";

const defaults: PoolLimits = {
  maxCoreBytes: 65_536,
  maxCert: 1024,
  maxReferenceDepth: 64,
  maxEvidencePerScheme: 16,
  maxReceivedPerPeer: 1024,
  maxPerIssuer: 100_000,
  maxEpochsAhead: 1,
};

/**
 * Statements of many, as one principal sees them. Everything is done at once and nothing waits; what peers send is taken or refused,
 * never thrown.
 *
 * @example
 * const pool = new StatementPool({ owner, program, schemes, log: journal, records });
 * pool.admitBytes(bytes, peer); // { ok: true, id, fresh: true, status: "verified" }
 */
export class StatementPool {
  readonly owner: PrincipalId;
  readonly program: Program;
  /** Milliseconds on the host's clock: set it before statements come in and before collecting. Only retention looks at it. */
  now = 0;
  readonly #rules: ArrivalRules;
  readonly #judge: Judge;
  readonly #store: Store;
  readonly #log: PoolLog | null;
  readonly #own: OwnLog;
  readonly #reasoning: Reasoning;
  readonly #gate: Gate;
  readonly #retentionMs: number;
  readonly #counts = new Map<string, number>();

  /** @throws PoolError `bad-option`, or `bad-log` for records that this package did not write. */
  constructor(options: PoolOptions) {
    const { owner, program, schemes, records = [] } = options;
    const foreign = schemes.find(({ self }) => self !== owner);
    if (foreign !== undefined)
      throw new PoolError("bad-option", "schemes", "schemes of the owner", foreign.name);
    if (!/^[0-9a-f]{64}$/.test(owner)) throw new PoolError("bad-option", "owner", "a principal id", owner);
    const hash: Hash = options.hash ?? sha256;
    const limits = { ...defaults, ...options.limits };
    this.owner = owner;
    this.program = program;
    this.#retentionMs = options.retentionMs ?? Number.POSITIVE_INFINITY;
    this.#judge = new Judge(options, hash);
    this.#store = new Store(program, this.#judge, limits, hash, (name) => this.#count(name));
    this.#rules = {
      program,
      limits,
      hash,
      intern: internTable(),
      count: (name) => this.#count(name),
    };
    this.#gate = new Gate(options, limits, this.#judge, this.#store);
    this.#reasoning = new Reasoning(this.#store, this.#judge, program, hash, this.#gate);
    this.#log = options.log ?? null;
    this.#own = new OwnLog(owner);
    for (const issued of this.#own.restore(records, (name) => program.types.get(name))) this.#settle(issued);
    this.#gate.floor = this.#own.floor;
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  #refuse(why: Refusal): Admission {
    this.#count(why);
    return { ok: false, why };
  }

  /** What was refused, repeated or dropped so far, by name: refusals, `duplicate`, `evidence` and its fault. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get epoch(): number {
    return this.#gate.epoch;
  }

  /** A later epoch begins. Delegations of the one before are over. */
  beginEpoch(epoch: number): void {
    this.#gate.epoch = Math.max(epoch, this.#gate.epoch);
  }

  /**
   * Takes the slot of a statement of the owner and writes that into the log. Evidence is made by `durable`, so none can leave before
   * the log has it; the answer says `received` until then. The same statement again changes nothing.
   *
   * @throws PoolError `bad-statement` if it is none of the owner's, does not fit its type, or there is no log.
   */
  publish(core: Core): Admission {
    if (this.#log === null)
      throw new PoolError("bad-statement", "log", "a write-ahead log to publish with", "none");
    const arrival = takeArrival(core, [], this.#rules);
    if (typeof arrival === "string")
      throw new PoolError("bad-statement", core.content.type, "a statement of this program", arrival);
    const { id, cid, type } = arrival;
    if (this.#judge.speakerOf(arrival.core) !== this.owner)
      throw new PoolError(
        "bad-statement",
        "issuer",
        "the owner, or a group with the owner in it",
        arrival.core.issuer,
      );
    if (this.#own.has(id)) {
      const status = this.#store.shelf.byId.get(id)?.status ?? "received";
      return { ok: true, id, fresh: false, status };
    }
    const late = this.#gate.stale(arrival);
    if (late !== null) return this.#refuse(late);
    const slot = this.#store.slot({ ...arrival.core, issuer: this.owner });
    if (slot === null && type.unique !== null) return this.#refuse("UNRESOLVED");
    const issued: Issued = { id, cid, slot, core: arrival.core };
    if (!this.#own.isFree(issued, type)) return this.#refuse("SLOT_TAKEN");
    const record = this.#own.reserve(issued, type);
    this.#own.wait(issued, this.#log.append([record]));
    return { ok: true, id, fresh: true, status: "received" };
  }

  /**
   * The log is durable up to this position: what `Journal.sync` answered. Makes the evidence of the statements before it and answers
   * them, to be sent.
   */
  durable(position: number): readonly Bundle[] {
    const bundles = this.#own.release(position).map((issued) => this.#settle(issued));
    this.#store.subscriptions.tell();
    return bundles;
  }

  /** A statement of the owner that is in the log for good: it gets its evidence, the same again in every life. */
  #settle({ id, cid, core }: Issued): Bundle {
    const evidence = this.#judge.make(core, id);
    const type = this.program.types.get(core.content.type);
    const held = this.#store.shelf.byId.get(id);
    if (held !== undefined) this.#addEvidence(held, evidence);
    else if (type !== undefined && core.content.ctx.manifest === this.program.manifest) {
      const found = this.#store.look(core, id, evidence, []);
      const own = typeof core.issuer === "string";
      const findings = found.map(({ finding }) => finding);
      const status = this.#judge.status(core, cid, findings, own);
      const about = { own, status, from: this.owner, now: this.now };
      this.#store.add({ id, cid, core, type, evidence }, found, about);
    }
    return { core, evidence };
  }

  /** Takes in what a peer sent: a bundle in its canonical bytes. Never throws. */
  admitBytes(bytes: Uint8Array, from: PrincipalId): Admission {
    return this.#admit(readArrival(bytes, this.#rules), from);
  }

  /** The same for values. Evidence of a local channel counts only if it is from whoever brings it. Never throws. */
  admit(core: Core, evidence: readonly Evidence[], from: PrincipalId): Admission {
    const local = (one: Evidence): boolean => one?.scheme !== "LOCAL" || one.from === from;
    const given = Array.isArray(evidence) ? (evidence as readonly Evidence[]).filter(local) : [];
    return this.#admit(takeArrival(core, given, this.#rules), from);
  }

  #admit(arrival: Arrival | Refusal, from: PrincipalId): Admission {
    if (typeof arrival === "string") return this.#refuse(arrival);
    const { id } = arrival;
    const held = this.#store.shelf.byId.get(id);
    if (held !== undefined) {
      this.#count("duplicate");
      this.#addEvidence(held, arrival.evidence);
      this.#store.subscriptions.tell();
      return { ok: true, id, fresh: false, status: held.status };
    }
    const why = this.#gate.stale(arrival) ?? this.#gate.unwanted(arrival, this.#store.refs(arrival));
    if (why !== null) return this.#refuse(why);
    const found = this.#store.look(arrival.core, id, arrival.evidence, []);
    const findings = found.map(({ finding }) => finding);
    const status = this.#judge.status(arrival.core, arrival.cid, findings, false);
    if (this.#gate.overQuota(arrival, status, from)) return this.#refuse("QUOTA");
    this.#store.add(arrival, found, { own: false, status, from, now: this.now });
    this.#store.subscriptions.tell();
    return { ok: true, id, fresh: true, status };
  }

  #addEvidence(held: Held, evidence: readonly Evidence[]): void {
    const found = this.#store.look(held.core, held.id, evidence, held.evidence);
    if (found.length === 0) return;
    for (const { evidence: one, finding } of found) {
      held.evidence.push(one);
      held.findings.push(finding);
    }
    this.#store.raise(held, this.#judge.status(held.core, held.cid, held.findings, held.own));
  }

  /** More evidence for a statement that is here. Bad evidence is counted, and lowers nothing. @throws PoolError `unknown` */
  addEvidence(id: Id, evidence: Evidence): Status {
    const held = this.#store.shelf.byId.get(id);
    if (held === undefined) throw new PoolError("unknown", "id", "a statement that is here", id);
    this.#addEvidence(held, takeEvidence([evidence], this.#rules));
    this.#store.subscriptions.tell();
    return held.status;
  }

  /** Undefined: never heard of. A statement that others refer to has no core while it is not here. */
  get(id: Id): Entry | undefined {
    const held = this.#store.shelf.byId.get(id);
    if (held !== undefined || !this.#store.wanting.has(id)) return held;
    return { id, evidence: [], status: "unresolved", disputed: false, seq: -1 };
  }

  /** The statement with its evidence, to be sent. Undefined: it is not here. */
  bundle(id: Id): Bundle | undefined {
    const held = this.#store.shelf.byId.get(id);
    return held && { core: held.core, evidence: [...held.evidence] };
  }

  /** Statements that the pattern means, in order of arrival. */
  query(pattern: Pattern): readonly Entry[] {
    return this.#reasoning.query(pattern);
  }

  /** Contents that the group says, counting only statements that the pattern means. */
  joint(pattern: Pattern, group: Quorum): readonly Joint[] {
    return this.#reasoning.joint(pattern, group);
  }

  /** Calls back once for each statement that the pattern means, in order of arrival; answers how to end that. */
  subscribe(pattern: Pattern, on: (entry: Entry) => void): () => void {
    return this.#store.subscriptions.subscribe(this.#store.shelf, pattern, on);
  }

  /** A proof that the observer (the owner, unless another is named) can conclude the goal; null: it does not follow from what is here. */
  derive(goal: Goal, observer: PrincipalId = this.owner): Proof | null {
    return this.#reasoning.derive(goal, observer);
  }

  /** Equivocations among statements that the pattern means, each pair once. */
  conflicts(pattern: Pattern): readonly EquivocationProof[] {
    return this.#reasoning.conflicts(pattern);
  }

  /** By what the owner checks proofs and judges accusations: `checkProof`, `equivocationFault`, `culprits`. */
  proofContext(): ProofContext {
    return this.#reasoning.proofContext();
  }

  /** What can be shown to an auditor: statements that name it, with the evidence that convinces it, and what they refer to. */
  exhibit(auditor: PrincipalId): readonly Bundle[] {
    return this.#reasoning.exhibit(auditor);
  }

  /** References that lead to nothing yet. */
  wanted(): Iterable<Id> {
    return this.#store.wanting.keys();
  }

  snapshot(): Snapshot {
    const entries = [...this.#store.shelf.byId.values()].map(({ id, core, evidence }) => ({
      id,
      core,
      evidence: [...evidence],
    }));
    return { entries, watermarks: new Map(this.#gate.watermarks) };
  }

  /**
   * Takes in what another pool holds, one by one as if the peer had sent it: what convinced the other need not convince the owner.
   * Watermarks of others do not count.
   */
  merge({ entries }: Snapshot, from: PrincipalId): { readonly fresh: number; readonly refused: number } {
    return merged(entries, (core, evidence) => this.admit(core, evidence, from));
  }

  /** Forgets what may be forgotten; answers how many statements. Evidence of equivocation is never among them. */
  collect(cut: Cut): number {
    return collect(cut, this.#store, this.#gate, this.#own, this.program, this.#retentionMs);
  }

  /** Records that stand for all of the log so far: for `Journal.snapshot`, after the epoch of `collect` moved. */
  compact(): readonly Uint8Array[] {
    return this.#own.compact();
  }
}
