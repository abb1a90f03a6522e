import type { NodeId } from "../types.ts";
import type { Wire } from "./options.ts";
import type { Parcel } from "./packet.ts";

/** Frames towards peers: everything of one tick for one peer becomes one frame. */
export class Outbox {
  readonly #chunks = new Map<NodeId, { parts: Uint8Array[]; bytes: number }>();
  readonly #maxFrameBytes: number;
  readonly #emit: (to: NodeId, frame: readonly Uint8Array[]) => void;

  constructor(maxFrameBytes: number, emit: (to: NodeId, frame: readonly Uint8Array[]) => void) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#emit = emit;
  }

  /** A packet: its header and the pieces of its body, which must not change until the flush. */
  add(to: NodeId, header: Uint8Array, body: readonly Uint8Array[]): void {
    let queue = this.#chunks.get(to);
    if (queue === undefined) {
      queue = { parts: [], bytes: 0 };
      this.#chunks.set(to, queue);
    }
    let bytes = header.length;
    for (const piece of body) bytes += piece.length;
    if (queue.bytes > 0 && queue.bytes + bytes > this.#maxFrameBytes) this.#flushOne(to, queue);
    queue.parts.push(header, ...body);
    queue.bytes += bytes;
  }

  flush(): void {
    for (const [to, queue] of this.#chunks) if (queue.bytes > 0) this.#flushOne(to, queue);
  }

  /** Peers come and go (clients): what is empty is forgotten. */
  sweep(): void {
    for (const [to, queue] of this.#chunks) if (queue.bytes === 0) this.#chunks.delete(to);
  }

  #flushOne(to: NodeId, queue: { parts: Uint8Array[]; bytes: number }): void {
    const frame = queue.parts;
    queue.parts = [];
    queue.bytes = 0;
    this.#emit(to, frame);
  }
}

/** The same for values: what one tick has gathered goes over the wire at its end. */
export class WireBox {
  readonly #wire: Wire;
  readonly #onDropped: () => void;
  #waiting: { readonly node: NodeId; readonly parcel: Parcel }[] = [];

  constructor(wire: Wire, onDropped: () => void) {
    this.#wire = wire;
    this.#onDropped = onDropped;
  }

  add(node: NodeId, parcel: Parcel): void {
    this.#waiting.push({ node, parcel });
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { node, parcel } of waiting) if (!this.#wire.send(node, parcel)) this.#onDropped();
  }
}
