import { fromHex, type PrincipalId } from "@eunomia/codec";
import { type Evidence, type Finding, type Scheme, schemeRow } from "@eunomia/engine";
import { support } from "@eunomia/quorum-algebra";
import { knowledgeOf } from "../algebra/derive.ts";
import { groupSays } from "../algebra/groups.ts";
import type { Beliefs } from "../algebra/leaves.ts";
import { groupId, type Hash } from "../statement/identity.ts";
import type { Core, Id, Quorum } from "../statement/types.ts";
import type { PoolOptions, Status } from "./types.ts";

/** Evidence from cheap to dear: hashes, signatures, pairings. */
const price: ReadonlyMap<string, number> = new Map(
  [
    "LOCAL",
    "HMAC-SHA256",
    "HMAC-SHA1",
    "HMAC-GROUP",
    "MAC-MATRIX",
    "RSA-PSS",
    "Ed25519",
    "FROST-ED25519",
    "TTP",
    "BIP-340",
    "secp256k1",
    "BLS",
    "BLS-THRESHOLD",
    "BLS-AGG",
  ].map((name, i) => [name, i]),
);

/** Looks at evidence with the owner's schemes, and says what it is worth to whom. */
export class Judge {
  readonly #owner: PrincipalId;
  readonly #schemes: ReadonlyMap<string, Scheme>;
  readonly #principals: readonly PrincipalId[];
  readonly #trusts: ReadonlySet<PrincipalId>;
  readonly #issueWith: PoolOptions["issueWith"];
  readonly #hash: Hash;
  /** By name. Groups of joint statements come in as they are met. */
  readonly groups: Map<Id, Quorum>;

  constructor(options: PoolOptions, hash: Hash) {
    this.#owner = options.owner;
    this.#schemes = new Map(options.schemes.map((scheme) => [scheme.name, scheme]));
    this.#principals = [...new Set(options.principals)].sort();
    this.#trusts = new Set(options.trusts);
    this.#issueWith = options.issueWith;
    this.#hash = hash;
    this.groups = new Map((options.groups ?? []).map((group) => [groupId(group, hash), group]));
  }

  beliefs(observer: PrincipalId, epoch: number): Beliefs {
    return { observer, checker: this.#owner, epoch, trusts: this.#trusts, groups: this.groups };
  }

  issuerName(core: Core): Id {
    return typeof core.issuer === "string" ? core.issuer : groupId(core.issuer, this.#hash);
  }

  /** The owner, if it is the issuer or in the group; else the issuer, or nobody. */
  speakerOf({ issuer }: Core): PrincipalId | null {
    if (typeof issuer === "string") return issuer;
    return support(issuer).includes(this.#owner) ? this.#owner : null;
  }

  /** Whom evidence has to convince: those who are addressed, the issuer left out. */
  audience(core: Core): readonly PrincipalId[] {
    const { verifiers, auditors, issuer } = core;
    const everybody = verifiers === "ANYONE" || auditors === "ANYONE";
    const named = [verifiers, auditors].flatMap((one) => (one === "ANYONE" ? [] : one));
    if (named.length === 0) return everybody ? this.#principals.filter((one) => one !== issuer) : [];
    const all = new Set(everybody ? [...this.#principals, ...named] : named);
    return [...all].filter((one) => one !== issuer).sort();
  }

  /** What the owner finds; null: nothing here can look at it, or it is for others. */
  find(core: Core, id: Id, evidence: Evidence): Finding | null {
    const scheme = this.#schemes.get(evidence.scheme);
    if (scheme === undefined) return null;
    const spoken = { id: fromHex(id), issuer: this.issuerName(core), audience: this.audience(core) };
    const finding = scheme.check(spoken, evidence);
    return !finding.ok && finding.why === "not-addressed" ? null : finding;
  }

  sorted(evidence: readonly Evidence[]): readonly Evidence[] {
    if (evidence.length < 2) return evidence;
    return evidence.toSorted((a, b) => (price.get(a.scheme) ?? 99) - (price.get(b.scheme) ?? 99));
  }

  /** What the owner can say a statement with. */
  make(core: Core, id: Id): Evidence[] {
    const spoken = { id: fromHex(id), issuer: this.issuerName(core), audience: this.audience(core) };
    const names = this.#issueWith?.(core) ?? [...this.#schemes.keys()];
    return names.flatMap((name) => this.#schemes.get(schemeRow(name)?.name ?? name)?.make(spoken) ?? []);
  }

  #convincing(finding: Finding | null, issuer: PrincipalId, observer: PrincipalId): boolean {
    if (finding?.ok !== true) return false;
    if (finding.convinces !== "anyone" && !finding.convinces.includes(observer)) return false;
    const { says } = finding;
    if (says.by === "each") return says.principals.includes(issuer);
    if (says.by === "one-of")
      return observer === this.#owner && says.principals.length === 1 && says.principals[0] === issuer;
    if (says.by === "group") return false;
    return says.principal === issuer && (says.notary === observer || this.#trusts.has(says.notary));
  }

  /** Whether the findings convince the observer that the issuer, or the group, said it. */
  #convinces(core: Core, cid: Id, findings: readonly (Finding | null)[], observer: PrincipalId): boolean {
    const { issuer } = core;
    if (typeof issuer === "string")
      return findings.some((finding) => this.#convincing(finding, issuer, observer));
    const beliefs = this.beliefs(observer, core.content.ctx.epoch);
    const groups = new Map([...this.groups, [groupId(issuer, this.#hash), issuer]]);
    const testimony = { id: cid, cid, core, findings, own: false };
    return groupSays(knowledgeOf([testimony], { ...beliefs, groups }, this.#hash), issuer, cid) !== null;
  }

  status(core: Core, cid: Id, findings: readonly (Finding | null)[], own: boolean): Status {
    if (!own && !this.#convinces(core, cid, findings, this.#owner)) return "received";
    const { auditors, issuer } = core;
    const transferable = (): boolean => {
      const anyone = findings.filter((finding) => finding?.ok === true && finding.convinces === "anyone");
      return this.#convinces(core, cid, anyone, this.#owner);
    };
    const convinced =
      auditors === "ANYONE"
        ? transferable()
        : auditors.every(
            (one) => one === issuer || one === this.#owner || this.#convinces(core, cid, findings, one),
          );
    return convinced ? "auditable" : "verified";
  }
}
