import type { Socket } from "node:net";
import { layOut } from "./frames.ts";
import type { Turn } from "./turn.ts";

const headerBytes = 4;
/** Bytes handed to the kernel in one write: enough to make the call cheap, little enough to see a slow peer progress. */
const maxBatchBytes = 256 << 10;
/**
 * Payloads up to this length are copied together. Measured for 300 B only, where that beats a buffer of its own per payload
 * (`bench/tcp.bench.ts`); the place of the border is an estimate.
 */
const maxGatherBytes = 8 << 10;

/**
 * The frames that wait for one connection. All frames of one turn of the event loop leave in one write; while a write is under
 * way, further frames gather for the next.
 */
export class Outbox {
  /** Counts finished writes: standing still while `writing` means that the peer takes nothing. */
  progress = 0;
  readonly #ownMaxFrameBytes: number;
  readonly #maxQueueBytes: number;
  /** Ours, and after its hello the peer's too. */
  #maxFrameBytes: number;
  readonly #turn: Turn;
  #frames: Uint8Array[] = [];
  #waitingBytes = 0;
  #writingBytes = 0;
  #socket: Socket | undefined;
  #scheduled = false;
  readonly #done = (error?: Error | null): void => {
    // A write that failed belongs to a socket that is gone; so does one that ends after `clear` or `end`.
    if (error || this.#socket === undefined) return;
    this.#writingBytes = 0;
    this.progress++;
    this.write();
  };

  constructor(maxFrameBytes: number, maxQueueBytes: number, turn: Turn) {
    this.#turn = turn;
    this.#ownMaxFrameBytes = maxFrameBytes;
    this.#maxFrameBytes = maxFrameBytes;
    this.#maxQueueBytes = maxQueueBytes;
  }

  get queueBytes(): number {
    return this.#waitingBytes + this.#writingBytes;
  }

  get writing(): boolean {
    return this.#writingBytes > 0;
  }

  /** False: too long, or no room. The bytes belong to the outbox until they are written: nobody may change them. */
  push(payload: Uint8Array): boolean {
    const bytes = headerBytes + payload.length;
    if (payload.length > this.#maxFrameBytes) return false;
    if (this.#waitingBytes + this.#writingBytes + bytes > this.#maxQueueBytes) return false;
    this.#frames.push(payload);
    this.#waitingBytes += bytes;
    this.#schedule();
    return true;
  }

  /** From now on frames leave on this socket. Answers how many waiting frames were too long for the peer. */
  attach(socket: Socket, maxFrameBytes: number): number {
    this.#socket = socket;
    this.#maxFrameBytes = Math.min(this.#ownMaxFrameBytes, maxFrameBytes);
    const before = this.#frames.length;
    this.#frames = this.#frames.filter((payload) => payload.length <= this.#maxFrameBytes);
    this.#waitingBytes = this.#frames.reduce((sum, payload) => sum + headerBytes + payload.length, 0);
    this.#schedule();
    return before - this.#frames.length;
  }

  /** Writes all that waits, and then the end of the stream. */
  end(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    for (const chunk of layOut(this.#frames, maxGatherBytes)) socket.write(chunk);
    this.clear();
    socket.end();
  }

  /** Forgets all that waits and the socket; answers how many frames that were. */
  clear(): number {
    const dropped = this.#frames.length;
    this.#frames = [];
    this.#waitingBytes = 0;
    this.#writingBytes = 0;
    this.#socket = undefined;
    this.#maxFrameBytes = this.#ownMaxFrameBytes;
    return dropped;
  }

  #schedule(): void {
    if (this.#scheduled || this.#socket === undefined || this.#writingBytes > 0 || this.#frames.length === 0)
      return;
    this.#scheduled = true;
    this.#turn.add(this);
  }

  /** Writes what has gathered, unless a write is under way: its end does. */
  write(): void {
    this.#scheduled = false;
    const socket = this.#socket;
    if (socket === undefined || this.#writingBytes > 0 || this.#frames.length === 0) return;
    const batch = this.#takeBatch();
    const chunks = layOut(batch, maxGatherBytes);
    const last = chunks.pop()!;
    if (chunks.length === 0) {
      socket.write(last, this.#done);
      return;
    }
    socket.cork();
    for (const chunk of chunks) socket.write(chunk);
    socket.write(last, this.#done);
    socket.uncork();
  }

  #takeBatch(): Uint8Array[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#frames.length && (count === 0 || bytes < maxBatchBytes))
      bytes += headerBytes + this.#frames[count++]!.length;
    const batch = count === this.#frames.length ? this.#frames : this.#frames.slice(0, count);
    this.#frames = count === this.#frames.length ? [] : this.#frames.slice(count);
    this.#waitingBytes -= bytes;
    this.#writingBytes = bytes;
    return batch;
  }
}
