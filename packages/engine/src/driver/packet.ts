import { DecodeError, Reader, type Schema, Writer } from "@eunomia/codec";
import type { AnyEngine, EngineTypes, NodeId } from "../types.ts";

/** Where an engine lives: a process of a protocol, in one instance (an epoch) of it. */
export interface Address {
  readonly process: NodeId;
  readonly instance: string;
}

/** One message on its way between two processes; `body` is the canonical encoding of the message. */
export interface Packet {
  readonly to: NodeId;
  readonly from: NodeId;
  readonly instance: string;
  readonly body: Uint8Array;
}

/** One message on its way between two processes, as a value of the message schema of `engine`, which sent it. */
export interface Parcel {
  readonly to: NodeId;
  readonly from: NodeId;
  readonly instance: string;
  readonly engine: AnyEngine;
  readonly message: EngineTypes["Message"];
}

/** Whatever is laid is copied out at once, so one buffer serves all: a cache, not state. Long byte strings never enter it. */
const writer = new Writer(1024);

/** The part of a packet before its body: a CBOR array of receiver, sender, instance and the length of the body. */
export function packetHeader(to: NodeId, from: NodeId, instance: string, bodyBytes: number): Uint8Array {
  writer.reset();
  writer.arrayHeader(4);
  writer.text(to);
  writer.text(from);
  writer.text(instance);
  writer.uint(bodyBytes);
  return writer.finish();
}

/** The packets of a frame, which lie end to end; null if the bytes are no frame. Bodies are views into `frame`. */
export function readFrame(frame: Uint8Array): readonly Packet[] | null {
  const packets: Packet[] = [];
  try {
    for (let rest = frame; rest.length > 0; ) {
      const reader = new Reader(rest);
      if (reader.arrayHeader() !== 4) return null;
      const to = reader.text();
      const from = reader.text();
      const instance = reader.text();
      const bodyBytes = reader.uint();
      const end = reader.offset + bodyBytes;
      if (end > rest.length) return null;
      packets.push({ to, from, instance, body: rest.subarray(reader.offset, end) });
      rest = rest.subarray(end);
    }
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
  return packets;
}

/** What the journal keeps of one durable record: a CBOR array of process, instance and the record itself; in pieces. */
export function writeJournalRecord<T>(
  process: NodeId,
  instance: string,
  schema: Schema<T>,
  record: T,
): Uint8Array[] {
  // A record that does not fit its schema may have left its beginning here.
  writer.reset();
  writer.arrayHeader(3);
  writer.text(process);
  writer.text(instance);
  schema.write(record, writer);
  return writer.finishPieces();
}

/**
 * Takes a journal record apart; `record` is the canonical encoding that the engine's schema reads.
 * @throws DecodeError when the bytes are not a journal record: the journal was written by something else.
 */
export function readJournalRecord(bytes: Uint8Array): {
  process: NodeId;
  instance: string;
  record: Uint8Array;
} {
  const reader = new Reader(bytes);
  if (reader.arrayHeader() !== 3)
    throw new DecodeError("length", 0, "expected a journal record of three items");
  return { process: reader.text(), instance: reader.text(), record: bytes.subarray(reader.offset) };
}
