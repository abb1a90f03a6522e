import type { Delivery } from "@eunomia/aneris-switch";
import { type Entry, readBatch } from "@eunomia/aneris-switch/messages";
import { toHex } from "@eunomia/codec";
import { native } from "@eunomia/crypto-auth/native";
import { type BroadcastEvent, controlClient, type DeliveredVector, TraceWriter } from "@eunomia/trace";

/** Lines are handed to the operating system this often: a killed node loses no more than that. */
const flushMs = 20;

/** What a trace keeps of a body: the same 8 bytes as `bodyDigest`, by native code. */
export const bodyDigest = (body: Uint8Array): string => toHex(native.sha256(body).subarray(0, 8));

/** Milliseconds since 1970, with fractions; one clock for all processes of a machine. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/** A vector as monitors read it. Registrations are no messages of the properties and are left out. */
export function tracedVector(entries: readonly Entry[], vector: Uint8Array): DeliveredVector {
  const runs: (string | number)[] = [];
  const bodies: string[] = [];
  let client = -1;
  let next = -1;
  for (const entry of entries) {
    if (entry.kind === "command") {
      if (entry.client === client && entry.seq === next) (runs[runs.length - 1] as number) += 1;
      else runs.push(String(entry.client), entry.seq, 1);
      client = entry.client;
      next = entry.seq + 1;
      bodies.push(bodyDigest(vector.subarray(entry.bodyStart, entry.end)));
    } else if (entry.kind === "control") {
      runs.push(controlClient(entry.signatures[0]?.principal ?? ""), entry.n, 1);
      client = -1;
      bodies.push(bodyDigest(entry.operation));
    }
  }
  return { runs, bodies: bodies.join("") };
}

/** Writes broadcast events of one process to a file. */
export class ProcessTrace {
  readonly #who: string;
  readonly #writer: TraceWriter;
  readonly #timer: NodeJS.Timeout;

  constructor(file: string, who: string) {
    this.#who = who;
    this.#writer = new TraceWriter(file);
    this.#timer = setInterval(() => this.#writer.flush(), flushMs);
    this.#timer.unref();
  }

  write(event: BroadcastEvent): void {
    this.#writer.write(event);
  }

  delivered(delivery: Pick<Delivery, "slot" | "epoch" | "protocol" | "vector">): void {
    const { slot, epoch, protocol: proto, vector } = delivery;
    const vec = tracedVector(readBatch(vector) ?? [], vector);
    this.#writer.write({ at: wallClock(), k: "deliver", who: this.#who, slot, epoch, proto, vec });
  }

  /** The process goes on behind this slot. */
  recovered(slot: number): void {
    if (slot > 0) this.#writer.write({ at: wallClock(), k: "recover", who: this.#who, slot });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#writer.close();
  }
}
