import type { Replay, SnapshotManifest } from "@eunomia/engine";
import type { Stream } from "../choice/stream.ts";
import type { DiskProfile } from "../profile.ts";

/** A write or a sync failed: what the disk answers, not a mistake of anybody. */
export class DiskError extends Error {
  readonly code: "EIO" | "ENOSPC";
  constructor(code: "EIO" | "ENOSPC", what: string) {
    super(`${what} failed: ${code}`);
    this.name = "DiskError";
    this.code = code;
  }
}

/** What happened to a disk in a crash. */
export interface CrashReport {
  /** Records that had been written and not synced, and are gone. */
  readonly lost: number;
  readonly torn: boolean;
  readonly damaged: boolean;
  readonly absent: boolean;
  readonly rolledBack: boolean;
}

/** What of a crash the budget lets happen. */
export interface CrashLimits {
  readonly damage: boolean;
  readonly amnesia: boolean;
}

/** The disk of one node: outlives its crashes. Holds the records of a journal and the entries of a log of slots. */
export class Disk {
  readonly #profile: DiskProfile;
  readonly #stream: Stream;
  /** Durable records, oldest first; null: never written to. */
  records: Uint8Array[] | null = null;
  /** Written and not synced. */
  written: Uint8Array[] = [];
  /** How many of the durable records came with the last snapshot: together or not at all. */
  snapshot = 0;
  tornBytes = 0;
  damaged = false;
  /** Durable entries of the log of slots, and the ones that are not synced yet. */
  entries: Uint8Array[] | null = null;
  writtenEntries: Uint8Array[] = [];
  /** The slot before the first durable entry; and before the first written one, where a reset is not synced yet. */
  entriesBase = 0;
  resetTo: number | null = null;
  /** Durable snapshots by slot, and the one that is being taken in. */
  readonly snapshots = new Map<
    number,
    { readonly manifest: SnapshotManifest; readonly chunks: readonly Uint8Array[] }
  >();
  intake: { readonly manifest: SnapshotManifest; readonly chunks: Map<number, Uint8Array> } | null = null;
  /** The next write or sync fails, and with it what was not synced. */
  failsNext = false;
  /** It has failed, in this life. */
  failed = false;
  /** Virtual microseconds until which it is full, or slow. */
  fullUntil = 0;
  slowUntil = 0;

  constructor(profile: DiskProfile, stream: Stream) {
    this.#profile = profile;
    this.#stream = stream;
  }

  replay(): Replay {
    if (this.damaged)
      return {
        kind: "unreadable",
        file: "journal",
        offset: this.records?.length ?? 0,
        reason: "wrong checksum",
      };
    if (this.records === null) return { kind: "absent" };
    return { kind: "records", records: [...this.records], tornBytes: this.tornBytes };
  }

  /**
   * The life that uses the disk meets its failure, and from then on nothing is durable any more: what was written and not
   * synced is gone.
   *
   * @throws DiskError if it has failed.
   */
  failIfDue(): void {
    if (this.failsNext) {
      this.failsNext = false;
      this.failed = true;
    }
    if (!this.failed) return;
    this.written = [];
    this.writtenEntries = [];
    this.resetTo = null;
    throw new DiskError("EIO", "a sync");
  }

  /** Everything written becomes durable. */
  sync(count: number): void {
    this.records ??= [];
    if (count === this.written.length) {
      for (const record of this.written) this.records.push(record);
      this.written = [];
    } else this.records.push(...this.written.splice(0, count));
  }

  replace(records: readonly Uint8Array[]): void {
    this.records = [...records];
    this.snapshot = records.length;
    this.written = [];
  }

  syncEntries(count: number): void {
    if (this.resetTo !== null) {
      this.entries = [];
      this.entriesBase = this.resetTo;
      this.resetTo = null;
    }
    this.entries ??= [];
    this.entries.push(...this.writtenEntries.splice(0, count));
  }

  /** The process dies. A fixed number of choices, so that fewer faults do not shift later ones. */
  crash(limits: CrashLimits): CrashReport {
    this.failed = false;
    const { torn, damaged, absent, rolledBack } = this.#profile;
    const cut = this.#stream.hit(torn);
    const damage = this.#stream.hit(damaged);
    const gone = this.#stream.hit(absent);
    const back = this.#stream.hit(rolledBack);
    const kept = cut === 0 ? 0 : cut % (this.written.length + 1);
    const lost = this.written.length - kept;
    this.tornBytes = cut !== 0 && lost > 0 ? 1 + (cut % 97) : 0;
    if (kept > 0) this.sync(kept);
    this.written = [];
    if (cut !== 0) this.syncEntries(cut % (this.writtenEntries.length + 1));
    this.writtenEntries = [];
    this.resetTo = null;
    // Chunks were written and not synced: a disk may have kept them.
    if (cut === 0) this.intake = null;
    const report = {
      lost,
      torn: this.tornBytes > 0,
      damaged: damage !== 0 && limits.damage && this.records !== null,
      absent: gone !== 0 && limits.amnesia && this.records !== null,
      rolledBack: false,
    };
    if (report.damaged) this.damaged = true;
    if (report.absent) {
      this.records = null;
      this.entries = null;
      this.entriesBase = 0;
      this.snapshots.clear();
      this.intake = null;
      this.snapshot = 0;
    } else if (back !== 0 && limits.amnesia && this.records !== null) {
      const left = this.snapshot + (back % (this.records.length - this.snapshot + 1));
      report.rolledBack = left < this.records.length;
      this.records.length = left;
    }
    return report;
  }
}
