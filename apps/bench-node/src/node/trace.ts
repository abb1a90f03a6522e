import type { Delivery } from "@eunomia/aneris-switch";
import { readBatch } from "@eunomia/aneris-switch/messages";
import { deliverEvent, EngineRecorder } from "@eunomia/trace";
import { EngineTraceFile, nodeBodyDigest, nodeTextDigest, TraceWriter } from "@eunomia/trace/file";

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

  /** The node goes on behind this slot of a snapshot that it fetched. */
  installed(slot: number): void {
    this.#writer.write({ kind: "install", at: wallClock(), who: this.#node, slot });
  }

  close(): void {
    this.#writer.close();
  }
}

/** Writes every step of every engine of one node, for a replay of it. */
export class NodeEngineTrace {
  readonly #file: EngineTraceFile;
  readonly #recorder: EngineRecorder;

  constructor(file: string, node: string) {
    this.#file = new EngineTraceFile(file);
    this.#recorder = new EngineRecorder(node, {
      now: wallClock,
      write: (record) => this.#file.write(record),
      digest: nodeBodyDigest,
      textDigest: nodeTextDigest,
    });
  }

  /** For the driver of the node. */
  get step(): EngineRecorder["step"] {
    return this.#recorder.step;
  }

  close(): void {
    this.#recorder.end();
    this.#file.close();
  }
}
