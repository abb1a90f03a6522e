import { Writer } from "@eunomia/codec";

/** A command entry is at most this much longer than its body: array, tag, three numbers, length. */
export const entryOverheadBytes = 2 + 3 * 9 + 5;
/** A request is at most this much longer than its entries: packet header with two process ids of 128 bytes, message, batch. */
export const requestOverheadBytes = 512;

/** Writes command entries (`encodeCommand` of `@eunomia/aneris-switch/messages`) straight into one batch, body by body. */
export class BatchWriter {
  readonly #writer = new Writer(4096);
  #length = 0;

  /** Begins a batch of `count` entries. */
  begin(count: number): void {
    this.#writer.arrayHeader(count);
    this.#length = headBytes(count);
  }

  /** Appends an entry; answers where it ends in the batch. It starts where the one before ended. */
  command(client: number, seq: number, ack: number, body: Uint8Array): number {
    const writer = this.#writer;
    writer.arrayHeader(5);
    writer.uint(0);
    writer.uint(client);
    writer.uint(seq);
    writer.uint(ack);
    writer.bytes(body);
    this.#length +=
      2 + headBytes(client) + headBytes(seq) + headBytes(ack) + headBytes(body.length) + body.length;
    return this.#length;
  }

  /** Where the next entry starts. */
  get length(): number {
    return this.#length;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}

/** Bytes of a CBOR head with this argument (RFC 8949, section 3). */
function headBytes(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}
