import type { PrincipalId } from "@eunomia/codec";
import type { Core, Id } from "../statement/types.ts";
import type { Arrival } from "./arrival.ts";
import type { Judge } from "./judge.ts";
import { type Store, watermarkKey } from "./store.ts";
import type { PoolLimits, PoolOptions, Refusal, Status } from "./types.ts";

/** What may come in, as far as that depends on what is here and on what time it is. */
export class Gate {
  readonly owner: PrincipalId;
  readonly watermarks = new Map<string, bigint>();
  epoch: number;
  /** Epochs below are over for good. */
  floor = 0;
  readonly #limits: PoolLimits;
  readonly #judge: Judge;
  readonly #store: Store;
  readonly #relays: (core: Core) => boolean;

  constructor({ owner, epoch = 0, relays }: PoolOptions, limits: PoolLimits, judge: Judge, store: Store) {
    this.owner = owner;
    this.epoch = epoch;
    this.#limits = limits;
    this.#judge = judge;
    this.#store = store;
    this.#relays = relays ?? (() => false);
  }

  /** Its time is over, or has not come. */
  stale({ core, type }: Arrival): Refusal | null {
    const { epoch } = core.content.ctx;
    if (epoch < this.floor) return "OLD_EPOCH";
    if (epoch > this.epoch + this.#limits.maxEpochsAhead) return "FUTURE_EPOCH";
    const mark =
      type.counter === null
        ? undefined
        : this.watermarks.get(watermarkKey(core.content, this.#judge.issuerName(core)));
    const below = mark !== undefined && BigInt(core.content.body[type.counter!] as number | bigint) < mark;
    return below ? "BELOW_WATERMARK" : null;
  }

  /** Nobody here has to do with it, or it stands on too much. */
  unwanted({ core, id }: Arrival, refs: readonly Id[]): Refusal | null {
    if (this.#store.depth(refs) > this.#limits.maxReferenceDepth) return "TOO_DEEP";
    const named = [core.verifiers, core.auditors].some((one) => one === "ANYONE" || one.includes(this.owner));
    const concerns = named || this.#judge.speakerOf(core) === this.owner || this.#store.wanting.has(id);
    return concerns || this.#relays(core) ? null : "NOT_ADDRESSED";
  }

  overQuota({ core }: Arrival, status: Status, from: PrincipalId): boolean {
    const { maxReceivedPerPeer, maxPerIssuer } = this.#limits;
    // Forgeries in somebody's name must not use up what that one may say: only what convinces counts for the issuer.
    if (status === "received") return (this.#store.owed.get(from) ?? 0) >= maxReceivedPerPeer;
    return (this.#store.perIssuer.get(this.#judge.issuerName(core)) ?? 0) >= maxPerIssuer;
  }
}
