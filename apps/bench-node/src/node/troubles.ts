import type { Clock, Transport } from "@eunomia/engine";
import { systemClock } from "@eunomia/host";
import type { FileSystem, OpenFile } from "@eunomia/journal/file";
import { nodeFileSystem } from "@eunomia/journal/file";

/** What of its surroundings a node has trouble with just now. What is not named is as it should be. */
export interface TroubleOrder {
  /** Whatever would make a file longer, or write one, fails with ENOSPC. */
  readonly diskFull?: boolean;
  /** Every sync takes so much longer; the ones that the node waits for stop it as long. */
  readonly diskDelayMs?: number;
  /** The clock has jumped ahead by so much in all. It never goes back, as the door says: a smaller number changes nothing. */
  readonly clockAheadMs?: number;
  /** What is sent to these nodes is lost. Connections stay. */
  readonly muteTo?: readonly string[];
  /** Whatever is sent leaves so much later. */
  readonly networkDelayMs?: number;
}

/**
 * Doors to a disk, a clock and a network that work as they should until they are told otherwise. For tests of endurance where
 * the machine does not allow the real thing, or where the real thing would strike the whole machine: its clock, its disk.
 */
export class Troubles {
  #order: TroubleOrder = {};
  #aheadMs = 0;

  /** From now on these, and no others. */
  set(order: TroubleOrder): void {
    this.#order = order;
    this.#aheadMs = Math.max(this.#aheadMs, order.clockAheadMs ?? 0);
  }

  readonly clock: Clock = {
    now: () => systemClock.now() + this.#aheadMs,
    after: (delayMs, callback, name) => systemClock.after(delayMs, callback, name),
  };

  readonly fileSystem: FileSystem = {
    ...nodeFileSystem,
    open: (path, mode) => {
      if (mode === "create") this.#room();
      return this.#file(nodeFileSystem.open(path, mode), mode === "write-through");
    },
    syncDirectory: (path) => {
      this.#stall();
      nodeFileSystem.syncDirectory(path);
    },
    syncDirectoryLater: (path, done) => this.#late(() => nodeFileSystem.syncDirectoryLater(path, done)),
  };

  /** The same transport, over a network that has these troubles. */
  transport(inner: Transport): Transport {
    return {
      self: inner.self,
      send: (to, bytes) => {
        const { muteTo, networkDelayMs = 0 } = this.#order;
        if (muteTo?.includes(to)) return true; // Lost on the way, which no sender notices.
        if (networkDelayMs === 0) return inner.send(to, bytes);
        setTimeout(() => inner.send(to, bytes), networkDelayMs);
        return true;
      },
      flush: () => inner.flush?.(),
      listen: (receive) => inner.listen(receive),
      close: () => inner.close(),
    };
  }

  #file(inner: OpenFile, through: boolean): OpenFile {
    return {
      sizeBytes: () => inner.sizeBytes(),
      read: (target, offset) => inner.read(target, offset),
      write: (bytes, offset) => {
        this.#room();
        if (through) this.#stall();
        inner.write(bytes, offset);
      },
      sync: () => {
        this.#stall();
        inner.sync();
      },
      writeLater: (bytes, offset, done) => {
        const full = this.#problem();
        if (full !== null) setImmediate(done, full);
        else if (through) this.#late(() => inner.writeLater(bytes, offset, done));
        else inner.writeLater(bytes, offset, done);
      },
      syncLater: (done) => this.#late(() => inner.syncLater(done)),
      truncate: (sizeBytes) => {
        if (sizeBytes > inner.sizeBytes()) this.#room();
        inner.truncate(sizeBytes);
      },
      close: () => inner.close(),
    };
  }

  #problem(): Error | null {
    return this.#order.diskFull
      ? Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" })
      : null;
  }

  /** @throws as a full disk */
  #room(): void {
    const problem = this.#problem();
    if (problem !== null) throw problem;
  }

  #stall(): void {
    const { diskDelayMs = 0 } = this.#order;
    if (diskDelayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, diskDelayMs);
  }

  #late(work: () => void): void {
    const { diskDelayMs = 0 } = this.#order;
    if (diskDelayMs === 0) work();
    else setTimeout(work, diskDelayMs);
  }
}
