import { joined } from "@eunomia/codec";
import type { Journal, Replay } from "@eunomia/engine";
import { type Disk, DiskError } from "./disk.ts";
import { answerLater, type DiskHost } from "./host.ts";

/** The journal of a node on its simulated disk, for one life of it. */
export class SimulatedJournal implements Journal {
  readonly #disk: Disk;
  readonly #host: DiskHost;
  #position = 0;
  #sizeBytes = 0;

  constructor(disk: Disk, host: DiskHost) {
    this.#disk = disk;
    this.#host = host;
    this.#position = disk.records?.length ?? 0;
  }

  replay(): Replay {
    return this.#disk.replay();
  }

  append(records: readonly Uint8Array[]): number {
    return this.#append(records.map((record) => record.slice()));
  }

  appendPieces(records: readonly (readonly Uint8Array[])[]): number {
    return this.#append(records.map(joined));
  }

  sync(): number | Promise<number> {
    if (!this.#host.call()) return answerLater<number>(() => undefined);
    this.#host.failing();
    const position = this.#position;
    const count = this.#disk.written.length;
    const delayUs = this.#host.syncDelayUs();
    if (delayUs === 0) {
      this.#disk.sync(count);
      return position;
    }
    return answerLater<number>((answer, refuse) =>
      this.#host.later(delayUs, () => {
        try {
          this.#host.failing();
        } catch (error) {
          return refuse(error);
        }
        this.#disk.sync(count);
        answer(position);
      }),
    );
  }

  snapshot(records: readonly Uint8Array[]): void {
    if (!this.#host.call()) return;
    this.#host.failing();
    this.#disk.replace(records.map((record) => record.slice()));
    this.#sizeBytes = 0;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async close(): Promise<void> {
    if (this.#host.call()) this.#disk.sync(this.#disk.written.length);
  }

  #append(records: readonly Uint8Array[]): number {
    if (!this.#host.call()) return this.#position;
    if (this.#host.full()) {
      this.#disk.failed = true;
      throw new DiskError("ENOSPC", "a write of the journal");
    }
    for (const record of records) {
      this.#disk.written.push(record);
      this.#sizeBytes += record.length;
    }
    this.#position += records.length;
    return this.#position;
  }
}
