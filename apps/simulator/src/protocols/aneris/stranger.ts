import type { GatewayLink } from "@eunomia/aneris-client";
import type { ReplicaState } from "@eunomia/aneris-switch";
import { encodeCommand, joinBatch } from "@eunomia/aneris-switch/messages";
import { mapGet, utf8Encode } from "@eunomia/codec";
import type { Draw } from "@eunomia/simulation";

/** The only static session of the cluster: nobody registers it. */
export const strangerSession = 1;
const most = 24;

/** Puts a value into a slot of a node's consensus, beside the node's replica. */
export interface Leftover {
  readonly kind: "leftover";
  readonly epoch: number;
  readonly slot: number;
  readonly value: Uint8Array;
}

/**
 * A client that keeps to nothing: sends a number once and never repeats it, sends numbers again, out of order, beyond the
 * window, and leaves proposals in the middle of the pipeline, as a replica does that crashes there.
 */
export class Stranger {
  readonly #link: GatewayLink;
  readonly #window: number;
  /** Told of every number before it is used for the first time. */
  readonly #submitted: (seq: number, body: Uint8Array) => void;
  #highest = 0;
  #sent = 0;

  constructor(link: GatewayLink, window: number, submitted: (seq: number, body: Uint8Array) => void) {
    this.#link = link;
    this.#window = window;
    this.#submitted = submitted;
    // Answers are of no interest.
    link.add({ receive: () => true, tick: () => {}, wakeAt: Number.POSITIVE_INFINITY });
  }

  /** One request; `state` is that of some replica. */
  request(state: ReplicaState | undefined, draw: Draw): string | null {
    if (this.#sent >= most) return null;
    const low = state === undefined ? 0 : (mapGet(state.sessions, strangerSession)?.low ?? 0);
    const seq = draw.pick([
      this.#highest + 1,
      this.#highest + 1 + draw.below(3),
      Math.max(1, this.#highest - draw.below(3)),
      low + this.#window + 1 + draw.below(2),
    ]);
    const gateway = draw.pick(this.#link.gateways);
    this.#link.send([gateway], { kind: "request", client: strangerSession, batch: this.#batch(seq) });
    return "strange requests";
  }

  /** A proposal behind the next slot of an idle replica; null: it may not propose there. */
  leftover(state: ReplicaState, alpha: number, draw: Draw): Leftover | null {
    const idle = state.inflight.keys.length === 0 && state.pending.length === 0;
    if (!idle || alpha < 2 || this.#sent >= most) return null;
    const slot = state.slotOut + 1 + draw.below(alpha - 1);
    const epoch = state.epochs.findLast(({ from }) => from <= slot)!.id;
    return { kind: "leftover", epoch, slot, value: this.#batch(this.#highest + 1) };
  }

  #batch(seq: number): Uint8Array {
    this.#sent += 1;
    this.#highest = Math.max(this.#highest, Math.min(seq, this.#highest + 3));
    const body = utf8Encode(`${strangerSession}:${seq}`);
    this.#submitted(seq, body);
    return joinBatch([encodeCommand(strangerSession, seq, 0, body)]);
  }
}
