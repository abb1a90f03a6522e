import type { PrincipalId } from "@eunomia/codec";
import type { Content, Id } from "../statement/types.ts";
import { individualOf, type Proof, type Says, sameGroup } from "./judgement.ts";

/** A proof of somebody saying something. */
export interface SaysProof extends Proof {
  readonly conclusion: Says;
}

const within = (inner: readonly string[] | null, outer: readonly string[] | null): boolean =>
  outer === null || inner?.every((one) => outer.includes(one)) === true;

/** Whether whatever follows from `b` follows from `a`. */
function covers(a: Says, b: Says): boolean {
  return (
    a.root === b.root &&
    a.hops <= b.hops &&
    within(b.types, a.types) &&
    (a.depth ?? Number.POSITIVE_INFINITY) >= (b.depth ?? Number.POSITIVE_INFINITY)
  );
}

const nobody: ReadonlyMap<PrincipalId, readonly SaysProof[]> = new Map();

/** Who is known to have said what, with the proofs that none of the others covers. */
export class Knowledge {
  readonly contents = new Map<Id, Content>();
  readonly #individuals = new Map<Id, Map<PrincipalId, SaysProof[]>>();
  readonly #groups = new Map<Id, SaysProof[]>();

  /** True if it is news. */
  add(content: Content, proof: SaysProof): boolean {
    const { cid, who } = proof.conclusion;
    this.contents.set(cid, content);
    const single = individualOf(who);
    const known = single === null ? this.#ofGroups(cid) : this.#of(cid, single);
    const same = (other: SaysProof): boolean => single !== null || sameGroup(other.conclusion.who, who);
    if (known.some((other) => same(other) && covers(other.conclusion, proof.conclusion))) return false;
    for (let i = known.length - 1; i >= 0; i--)
      if (same(known[i]!) && covers(proof.conclusion, known[i]!.conclusion)) known.splice(i, 1);
    known.push(proof);
    return true;
  }

  #ofGroups(cid: Id): SaysProof[] {
    let list = this.#groups.get(cid);
    if (list === undefined) {
      list = [];
      this.#groups.set(cid, list);
    }
    return list;
  }

  #of(cid: Id, who: PrincipalId): SaysProof[] {
    let byWho = this.#individuals.get(cid);
    if (byWho === undefined) {
      byWho = new Map();
      this.#individuals.set(cid, byWho);
    }
    let list = byWho.get(who);
    if (list === undefined) {
      list = [];
      byWho.set(who, list);
    }
    return list;
  }

  /** What individuals say of this content. */
  individuals(cid: Id): ReadonlyMap<PrincipalId, readonly SaysProof[]> {
    return this.#individuals.get(cid) ?? nobody;
  }

  /** What groups say of this content, without counting their members here. */
  groups(cid: Id): readonly SaysProof[] {
    return this.#groups.get(cid) ?? [];
  }
}
