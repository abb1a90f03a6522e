import type { Delivery } from "@eunomia/aneris-switch";
import { readBatch } from "@eunomia/aneris-switch/messages";
import { deliverEvent } from "@eunomia/trace";
import { nodeBodyDigest, TraceWriter } from "@eunomia/trace/file";

/** Milliseconds since 1970, with fractions: one clock for all processes of a machine. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/** Writes the broadcast events of one node. */
export class NodeTrace {
  readonly #node: string;
  readonly #writer: TraceWriter;

  constructor(file: string, node: string) {
    this.#node = node;
    this.#writer = new TraceWriter(file);
  }

  delivered(delivery: Delivery): void {
    const entries = readBatch(delivery.vector) ?? [];
    this.#writer.write(deliverEvent(wallClock(), this.#node, delivery, entries, nodeBodyDigest));
  }

  /** The node goes on behind this slot of its log. */
  recovered(slot: number): void {
    this.#writer.write({ kind: "recover", at: wallClock(), who: this.#node, slot });
  }

  close(): void {
    this.#writer.close();
  }
}
