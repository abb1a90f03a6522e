import type { SlotLog } from "@eunomia/engine";
import { checkedBytes, checkReset, diskFailure, JournalError } from "./errors.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import type { Unreadable } from "./files.ts";
import { maxRecordBytes } from "./frame.ts";
import { type LockOwner, lockDirectory, thisProcess } from "./lock.ts";
import { checkTag } from "./segment.ts";
import { readSegment, recoverSlots, type SlotEntry } from "./slot-segments.ts";
import { SlotTail } from "./slot-tail.ts";
import { SlotWriter } from "./slot-writer.ts";

export interface FileSlotLogOptions {
  /** Made if it does not exist. One slot log per directory, and no journal beside it. */
  readonly directory: string;
  /** Who the entries belong to; a directory of another tag is unreadable. At most 444 bytes. */
  readonly tag: string;
  /** A segment is followed by the next one when it has grown to this. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** So many waiting bytes are written without being asked. Default 1 MiB. */
  readonly writeBytes?: number;
  /** How much of the written tail stays in memory for readers. Default 8 MiB. */
  readonly cacheBytes?: number;
  /** Checks every byte when opening, not only the frame headers and the last segment. Default false; `read` always checks. */
  readonly verifyOnOpen?: boolean;
  readonly fileSystem?: FileSystem;
  readonly owner?: LockOwner;
}

/**
 * Opens a directory and locks it. Call `open` next.
 *
 * Errors: `JournalError` with code `bad-option`, `journal-in-use` or `disk-failed`.
 *
 * @example
 * const log = openFileSlotLog({ directory: "/var/lib/app/slots", tag: "cluster-7/node-2" });
 * log.open(); // { kind: "absent" }
 * log.append(1, Uint8Array.of(7));
 * await log.sync(); // 1
 */
export function openFileSlotLog(options: FileSlotLogOptions): SlotLog {
  return new FileSlotLog(options);
}

interface Waiter {
  slot: number;
  resolve(durable: number): void;
  reject(error: JournalError): void;
}

/** One write never takes more than this, so that readers and syncs are not held up by a long queue. */
const maxWriteBytes = 8 * 1024 * 1024;

class FileSlotLog implements SlotLog {
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #tag: string;
  readonly #writeBytes: number;
  readonly #verify: boolean;
  readonly #tail: SlotTail;
  readonly #writer: SlotWriter;
  readonly #unlock: () => void;
  #state: "new" | "open" | "unreadable" | "closed" = "new";
  #failure: JournalError | null = null;
  #waiters: Waiter[] = [];
  /** A reset that is not durable yet: the log is to go on behind this slot. */
  #restart: number | null = null;
  /** Counts resets: what a write began before one does not count after it. */
  #generation = 0;
  #below = 0;
  #running: Promise<void> | null = null;

  constructor(options: FileSlotLogOptions) {
    checkTag(options.tag);
    const segmentBytes = checkedBytes(
      "segmentBytes",
      options.segmentBytes ?? 64 * 1024 * 1024,
      4096,
      2 ** 30,
    );
    this.#writeBytes = checkedBytes("writeBytes", options.writeBytes ?? 1024 * 1024, 1, 2 ** 30);
    const cacheBytes = options.cacheBytes ?? 8 * 1024 * 1024;
    this.#tail = new SlotTail(checkedBytes("cacheBytes", cacheBytes, 0, Number.MAX_SAFE_INTEGER));
    this.#verify = options.verifyOnOpen ?? false;
    this.#files = options.fileSystem ?? nodeFileSystem;
    this.#directory = options.directory;
    this.#tag = options.tag;
    try {
      this.#files.createDirectory(this.#directory);
      this.#unlock = lockDirectory(this.#files, this.#directory, options.owner ?? thisProcess);
    } catch (error) {
      throw diskFailure(`opening ${this.#directory}`, error);
    }
    this.#writer = new SlotWriter(this.#files, this.#directory, this.#tag, segmentBytes);
  }

  open(): ReturnType<SlotLog["open"]> {
    if (this.#state !== "new") {
      throw new JournalError(
        "out-of-turn",
        `"open" expected to be called once, got a call when ${this.#state}`,
      );
    }
    this.#state = "unreadable";
    try {
      const found = recoverSlots(this.#files, this.#directory, this.#tag, this.#verify);
      if (found.kind === "unreadable") return found;
      this.#writer.takeOver(found);
      this.#tail.reset(found.last);
      this.#state = "open";
      if (found.segments.length === 0) return { kind: "absent" };
      return { kind: "log", last: found.last, tornBytes: found.tornBytes };
    } catch (error) {
      throw this.#fail("reading the slot log", error);
    }
  }

  get first(): number {
    return (this.#restart ?? this.#writer.segments[0]?.header.first ?? 0) + 1;
  }

  get last(): number {
    return this.#tail.last;
  }

  /** Keeps `bytes` by reference: they must not change afterwards. */
  append(slot: number, bytes: Uint8Array): void {
    this.#check();
    if (slot !== this.last + 1 || bytes.length > maxRecordBytes) {
      const expected = `expected slot ${this.last + 1} and at most ${maxRecordBytes} bytes`;
      throw new JournalError("bad-record", `"entry" ${expected}, got slot ${slot}, ${bytes.length} bytes`, {
        slot,
      });
    }
    this.#tail.append(bytes);
    if (this.#tail.pendingBytes >= this.#writeBytes) this.#run();
  }

  sync(): Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#check();
    const slot = this.last;
    if (this.#restart === null && slot <= this.#writer.durable) return Promise.resolve(this.#writer.durable);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ slot, resolve, reject });
      this.#run();
    });
  }

  read(from: number, maxBytes: number): readonly SlotEntry[] {
    this.#check();
    const found: SlotEntry[] = [];
    let size = 0;
    let slot = from;
    if (from < this.first) return found;
    while (slot <= this.#tail.base && size <= maxBytes) {
      const segment = this.#writer.segments.findLast((candidate) => candidate.header.first < slot)!;
      const entries = this.#fromDisk(() => readSegment(this.#files, segment, slot, maxBytes - size));
      if (entries.length === 0)
        throw new JournalError("unreadable", `"slot ${slot}" expected on the disk, got nothing`);
      for (const entry of entries) {
        // What is in memory too is taken from there below.
        if (entry.slot > this.#tail.base) break;
        found.push(entry);
        size += entry.bytes.length;
        slot = entry.slot + 1;
      }
    }
    for (; slot <= this.last && (size <= maxBytes || found.length === 0); slot++) {
      const bytes = this.#tail.at(slot);
      found.push({ slot, bytes });
      size += bytes.length;
    }
    return found;
  }

  /** Segments of which nothing is needed any more go, whole ones only; never the last one. */
  truncate(below: number): void {
    this.#check();
    this.#below = Math.max(this.#below, below);
    this.#run();
  }

  reset(next: number): void {
    this.#check();
    checkReset(next);
    const base = next - 1;
    this.#restart = base;
    this.#generation++;
    this.#tail.reset(base);
    this.#below = 0;
    for (const waiter of this.#waiters) waiter.slot = base;
    this.#run();
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const readable = this.#state === "open";
    try {
      if (readable) await this.sync();
    } catch {
      // Whoever waits for a sync was told. Closing goes on: it gives the directory back.
    }
    await this.#running;
    this.#state = "closed";
    try {
      this.#writer.close(readable && !this.#failure ? this.last : null);
      this.#unlock();
    } catch (error) {
      throw this.#fail("closing", error);
    }
    // Nobody asked for a sync of these entries, so nobody else would tell.
    if (this.#failure && (this.#restart !== null || this.#writer.durable < this.last)) throw this.#failure;
  }

  #fromDisk(work: () => SlotEntry[] | Unreadable): SlotEntry[] {
    let found: SlotEntry[] | Unreadable;
    try {
      found = work();
    } catch (error) {
      throw diskFailure("reading an entry", error);
    }
    if (Array.isArray(found)) return found;
    const { file, offset, reason } = found;
    throw new JournalError(
      "unreadable",
      `"${file}" expected intact entries, got damage at ${offset}: ${reason}`,
      {
        file,
        offset,
        reason,
      },
    );
  }

  #run(): void {
    if (this.#running || this.#failure) return;
    this.#running = this.#work()
      .catch((error: unknown) => {
        this.#fail("writing entries", error);
      })
      .then(() => {
        this.#running = null;
        // Work that came between the last look and now.
        if (this.#waiters.length > 0 || this.#tail.pendingBytes >= this.#writeBytes || this.#restart !== null)
          this.#run();
      });
  }

  /** A sync that waits comes before further writes: a stream of appends must not put it off. */
  async #work(): Promise<void> {
    for (;;) {
      const next = this.#waiters[0];
      if (this.#restart !== null) {
        await this.#begin(this.#restart);
      } else if (next && next.slot <= this.#tail.written) {
        const generation = this.#generation;
        const { written } = this.#tail;
        await this.#writer.sync(written);
        if (generation === this.#generation) this.#resolve();
      } else if (next || this.#tail.pendingBytes >= this.#writeBytes) {
        await this.#writeSome();
      } else {
        const count = this.#writer.droppable(this.#below);
        if (count === 0) return;
        await this.#writer.drop(count);
      }
    }
  }

  async #begin(base: number): Promise<void> {
    const generation = this.#generation;
    await this.#writer.restart(base);
    if (generation !== this.#generation) return;
    this.#restart = null;
    this.#resolve();
  }

  /** Tells whoever waits for no more than what is durable. */
  #resolve(): void {
    const { durable } = this.#writer;
    while (this.#waiters[0] && this.#waiters[0].slot <= durable) this.#waiters.shift()!.resolve(durable);
  }

  async #writeSome(): Promise<void> {
    const generation = this.#generation;
    const entries = this.#tail.waiting(maxWriteBytes);
    await this.#writer.write(this.#tail.written + 1, entries);
    if (generation === this.#generation) this.#tail.wrote(entries);
  }

  #fail(doing: string, cause: unknown): JournalError {
    this.#failure ??= diskFailure(doing, cause);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure);
    return this.#failure;
  }

  #check(): void {
    if (this.#state === "open") return;
    const expected = {
      closed: `"slot log" expected to be open, got closed`,
      unreadable: `"slot log" expected readable entries, got damage: restore the directory first`,
      new: `"slot log" expected open() first, got another call`,
    }[this.#state];
    throw new JournalError(this.#state === "new" ? "out-of-turn" : this.#state, expected);
  }
}
