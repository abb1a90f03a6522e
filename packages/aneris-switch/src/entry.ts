import { DecodeError, decode, encode, Reader, Writer } from "@eunomia/codec";
import { entriesPerSlotMax, Operation, ownerMax } from "./wire.ts";

/**
 * Entries lie in a batch as the client wrote them, each a CBOR array, and are never encoded twice:
 * command `[0, client, seq, ack, body]`, control `[1, n, notAfter, operation, [[principal, signature], …]]`, registration `[2, nonce]`,
 * `[3, nonce, owner]` for a session that only its owner may use.
 */
export type Entry =
  | {
      readonly kind: "command";
      readonly client: number;
      readonly seq: number;
      /** The highest seq whose reply the client has. */
      readonly ack: number;
      readonly bodyStart: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "control";
      readonly n: number;
      /** The last slot in which the command may take effect. */
      readonly notAfter: number;
      readonly operation: Uint8Array;
      readonly signatures: readonly { readonly principal: string; readonly signature: Uint8Array }[];
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "register";
      readonly nonce: Uint8Array;
      /** Empty: nobody in particular. */
      readonly owner: string;
      readonly start: number;
      readonly end: number;
    };

/** The empty batch: a slot in which nothing happens (NOOP). */
export const emptyBatch: Uint8Array = new Uint8Array([0x80]);

/** A command of a session. `body` is opaque. */
export function encodeCommand(client: number, seq: number, ack: number, body: Uint8Array): Uint8Array {
  const writer = new Writer(body.length + 32);
  writer.arrayHeader(5);
  writer.uint(0);
  writer.uint(client);
  writer.uint(seq);
  writer.uint(ack);
  writer.bytes(body);
  return writer.finish();
}

/** A signed control command. */
export function encodeControl(
  n: number,
  notAfter: number,
  operation: Operation,
  signatures: readonly { readonly principal: string; readonly signature: Uint8Array }[],
): Uint8Array {
  const writer = new Writer(256);
  writer.arrayHeader(5);
  writer.uint(1);
  writer.uint(n);
  writer.uint(notAfter);
  writer.bytes(encode(Operation, operation));
  writer.arrayHeader(signatures.length);
  for (const { principal, signature } of signatures) {
    writer.arrayHeader(2);
    writer.text(principal);
    writer.bytes(signature);
  }
  return writer.finish();
}

/** A request for a session. `owner`, at most `ownerMax` characters, is filled in by the gateway, which knows who asks. */
export function encodeRegistration(nonce: Uint8Array, owner = ""): Uint8Array {
  const writer = new Writer(48 + 3 * owner.length);
  writer.arrayHeader(owner === "" ? 2 : 3);
  writer.uint(owner === "" ? 2 : 3);
  writer.bytes(nonce);
  if (owner !== "") writer.text(owner);
  return writer.finish();
}

/** Puts entries, as they are, into one batch. A batch that a client sent and nobody took apart is handed on, not copied. */
export function joinBatch(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return emptyBatch;
  const header = new Writer(16);
  header.arrayHeader(entries.length);
  const head = header.finish();
  let size = head.length;
  for (const entry of entries) size += entry.length;
  const lying = lyingBatch(entries, head, size);
  if (lying !== null) return lying;
  const batch = new Uint8Array(size);
  batch.set(head, 0);
  let offset = head.length;
  for (const entry of entries) {
    batch.set(entry, offset);
    offset += entry.length;
  }
  return batch;
}

/**
 * The batch, if its entries lie end to end behind its header already. Only where it makes up most of the memory it lies in: a
 * view keeps all of that alive.
 */
function lyingBatch(entries: readonly Uint8Array[], head: Uint8Array, size: number): Uint8Array | null {
  const first = entries[0]!;
  const start = first.byteOffset - head.length;
  if (start < 0 || size * 2 < first.buffer.byteLength) return null;
  let at = first.byteOffset;
  for (const entry of entries) {
    if (entry.buffer !== first.buffer || entry.byteOffset !== at) return null;
    at += entry.length;
  }
  const lying = new Uint8Array(first.buffer, start, size);
  for (let i = 0; i < head.length; i += 1) if (lying[i] !== head[i]) return null;
  return lying;
}

/** The entries of a batch, with their places in it; null if the bytes are no canonical batch. Never throws. */
export function readBatch(batch: Uint8Array): readonly Entry[] | null {
  try {
    const reader = new Reader(batch);
    const count = reader.arrayHeader();
    if (count > entriesPerSlotMax) return null;
    const entries: Entry[] = [];
    for (let i = 0; i < count; i += 1) {
      const entry = readEntry(reader);
      if (entry === null) return null;
      entries.push(entry);
    }
    return reader.offset === batch.length ? entries : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function readEntry(reader: Reader): Entry | null {
  const start = reader.offset;
  const fields = reader.arrayHeader();
  const tag = reader.uint();
  if (tag === 0 && fields === 5) {
    const client = reader.uint();
    const seq = reader.uint();
    const ack = reader.uint();
    const body = reader.bytes();
    const end = reader.offset;
    return { kind: "command", client, seq, ack, bodyStart: end - body.length, start, end };
  }
  if (tag === 1 && fields === 5) {
    const n = reader.uint();
    const notAfter = reader.uint();
    const operation = reader.bytes();
    const count = reader.arrayHeader();
    if (count > 1024) return null;
    const signatures: { principal: string; signature: Uint8Array }[] = [];
    for (let i = 0; i < count; i += 1) {
      if (reader.arrayHeader() !== 2) return null;
      signatures.push({ principal: reader.text(), signature: reader.bytes() });
    }
    return { kind: "control", n, notAfter, operation, signatures, start, end: reader.offset };
  }
  if ((tag === 2 && fields === 2) || (tag === 3 && fields === 3)) {
    const nonce = reader.bytes();
    const owner = tag === 3 ? reader.text() : "";
    // There is one way to write each: nobody as the owner is not written down.
    if (nonce.length > 32 || owner.length > ownerMax || (tag === 3 && owner === "")) return null;
    return { kind: "register", nonce, owner, start, end: reader.offset };
  }
  return null;
}

/** The operation of a control entry; null if it is none that this version knows. */
export function readOperation(bytes: Uint8Array): Operation | null {
  try {
    return decode(Operation, bytes);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** The domain in which the principals of a control command sign (aneris 5.5). */
export const controlDomain = "aneris/ctl/1";
/** What they sign: cluster, number of the command, last slot in which it may take effect, and operation (aneris 5.5). */
export function controlSigningBytes(
  cluster: string,
  n: number,
  notAfter: number,
  operation: Uint8Array,
): Uint8Array {
  const writer = new Writer(128 + operation.length);
  writer.arrayHeader(4);
  writer.text(cluster);
  writer.uint(n);
  writer.uint(notAfter);
  writer.bytes(operation);
  return writer.finish();
}
