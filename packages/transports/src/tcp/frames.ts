const headerBytes = 4;
/** Pieces of an unfinished frame that are shorter than this are copied together, so that no dribble costs an object per byte. */
const smallPieceBytes = 4096;
const tailBytes = 64 << 10;

/**
 * Cuts a stream of bytes into frames: a length of 4 bytes, most significant first, then the payload.
 *
 * A frame that lies within one chunk is a view into it (nothing is copied; the chunk must not be reused). A frame over several
 * chunks is put together once it is complete: memory grows with the bytes that arrived, never with the length that was announced.
 */
export class FrameParser {
  /** May change between frames. Longer frames stop the parser for good. */
  maxFrameBytes: number;
  #header = 0;
  #headerBytes = 0;
  /** Payload length of the frame under way; -1 while the header is incomplete. */
  #needBytes = -1;
  #haveBytes = 0;
  #pieces: Uint8Array[] = [];
  /** The last piece, if it is a copy with room left: the room begins at `#tailUsed`. */
  #tail: Uint8Array | undefined;
  #tailUsed = 0;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Calls back for every frame that the chunk completes. False: a longer frame was announced, and nothing after it was read. */
  push(chunk: Uint8Array, receive: (frame: Uint8Array) => void): boolean {
    const end = chunk.length;
    let at = 0;
    for (;;) {
      if (this.#needBytes < 0) {
        if (this.#headerBytes === 0 && end - at >= headerBytes) {
          // Multiplication keeps the length unsigned.
          this.#header =
            chunk[at]! * 0x1000000 + ((chunk[at + 1]! << 16) | (chunk[at + 2]! << 8) | chunk[at + 3]!);
          at += headerBytes;
        } else {
          while (at < end && this.#headerBytes < headerBytes) {
            this.#header = this.#header * 256 + chunk[at++]!;
            this.#headerBytes++;
          }
          if (this.#headerBytes < headerBytes) return true;
        }
        if (this.#header > this.maxFrameBytes) return false;
        this.#needBytes = this.#header;
        this.#header = 0;
        this.#headerBytes = 0;
      }
      const need = this.#needBytes;
      if (this.#haveBytes === 0 && end - at >= need) {
        this.#needBytes = -1;
        const frame = new Uint8Array(chunk.buffer, chunk.byteOffset + at, need);
        at += need;
        receive(frame);
        continue;
      }
      const take = Math.min(need - this.#haveBytes, end - at);
      if (take > 0) this.#keep(new Uint8Array(chunk.buffer, chunk.byteOffset + at, take));
      at += take;
      if (this.#haveBytes < need) return true;
      receive(this.#assemble());
    }
  }

  #keep(piece: Uint8Array): void {
    this.#haveBytes += piece.length;
    if (piece.length >= smallPieceBytes) {
      this.#sealTail();
      this.#pieces.push(piece);
      return;
    }
    if (this.#tail !== undefined && this.#tail.length - this.#tailUsed < piece.length) this.#sealTail();
    if (this.#tail === undefined) {
      const roomBytes = this.#needBytes - this.#haveBytes + piece.length;
      this.#tail = new Uint8Array(Math.min(roomBytes, tailBytes));
      this.#tailUsed = 0;
    }
    this.#tail.set(piece, this.#tailUsed);
    this.#tailUsed += piece.length;
  }

  #sealTail(): void {
    if (this.#tail !== undefined) this.#pieces.push(this.#tail.subarray(0, this.#tailUsed));
    this.#tail = undefined;
  }

  #assemble(): Uint8Array {
    this.#sealTail();
    const pieces = this.#pieces;
    let frame = pieces[0]!;
    if (pieces.length > 1) {
      frame = new Uint8Array(this.#needBytes);
      let at = 0;
      for (const piece of pieces) {
        frame.set(piece, at);
        at += piece.length;
      }
    }
    this.#pieces = [];
    this.#haveBytes = 0;
    this.#needBytes = -1;
    return frame;
  }
}

/** Lays frames out for writing: payloads up to `maxGatherBytes` are copied together, longer ones stay where they are. */
export function layOut(payloads: readonly Uint8Array[], maxGatherBytes: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  while (start < payloads.length) {
    // A run: frames to copy together, closed by the header of the first payload that is too long to copy.
    let runBytes = 0;
    let end = start;
    let long: Uint8Array | undefined;
    while (end < payloads.length && long === undefined) {
      const payload = payloads[end++]!;
      runBytes += headerBytes;
      if (payload.length > maxGatherBytes) long = payload;
      else runBytes += payload.length;
    }
    const run = Buffer.allocUnsafe(runBytes);
    let at = 0;
    for (let index = start; index < end; index++) {
      const payload = payloads[index]!;
      run.writeUInt32BE(payload.length, at);
      at += headerBytes;
      if (payload !== long) {
        run.set(payload, at);
        at += payload.length;
      }
    }
    chunks.push(run);
    if (long !== undefined) chunks.push(long);
    start = end;
  }
  return chunks;
}
