import type { NodeId } from "../types.ts";

/** Frames towards peers: everything of one tick for one peer becomes one frame. */
export class Outbox {
  readonly #chunks = new Map<NodeId, { parts: Uint8Array[]; bytes: number }>();
  readonly #maxFrameBytes: number;
  readonly #emit: (to: NodeId, frame: Uint8Array) => void;

  constructor(maxFrameBytes: number, emit: (to: NodeId, frame: Uint8Array) => void) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#emit = emit;
  }

  add(to: NodeId, header: Uint8Array, body: Uint8Array): void {
    let queue = this.#chunks.get(to);
    if (queue === undefined) {
      queue = { parts: [], bytes: 0 };
      this.#chunks.set(to, queue);
    }
    const bytes = header.length + body.length;
    if (queue.bytes > 0 && queue.bytes + bytes > this.#maxFrameBytes) this.#flushOne(to, queue);
    queue.parts.push(header, body);
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
    const frame = new Uint8Array(queue.bytes);
    let offset = 0;
    for (const part of queue.parts) {
      frame.set(part, offset);
      offset += part.length;
    }
    queue.parts = [];
    queue.bytes = 0;
    this.#emit(to, frame);
  }
}
