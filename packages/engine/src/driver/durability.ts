import { joined } from "@eunomia/codec";
import type { Journal } from "../doors.ts";
import { ReleaseQueue } from "./release.ts";

/**
 * The way to the disk: records of a tick go to the journal together, one sync covers all that wait, and what follows a record
 * leaves once it is durable.
 */
export class Durability {
  readonly #journal: Journal;
  /** Called after everything that had waited for a sync has left. */
  readonly #onReleased: () => void;
  readonly #onFault: (error: unknown) => void;
  readonly #release = new ReleaseQueue();
  #records: (readonly Uint8Array[])[] = [];
  #syncing = false;
  #stopped = false;

  constructor(journal: Journal, onReleased: () => void, onFault: (error: unknown) => void) {
    this.#journal = journal;
    this.#onReleased = onReleased;
    this.#onFault = onFault;
  }

  /** One more record, behind all others. */
  record(pieces: readonly Uint8Array[]): void {
    this.#records.push(pieces);
    this.#release.appended();
  }

  /** Leaves once every record so far is durable; at once if all are and nothing waits in front. */
  after(leave: () => void): void {
    this.#release.add(leave);
  }

  /** Nothing waits and every record is durable: whatever comes next may leave at once. */
  get clear(): boolean {
    return this.#release.clear;
  }

  /** Hands over the records of this tick and asks for a sync, unless one is under way: its end asks again. */
  sync(): void {
    if (this.#records.length > 0) {
      const journal = this.#journal;
      if (journal.appendPieces) journal.appendPieces(this.#records);
      else journal.append(this.#records.map(joined));
      this.#records = [];
    }
    if (this.#syncing || this.#release.allDurable) return;
    const covers = this.#release.position;
    const answer = this.#journal.sync();
    if (typeof answer === "number") return this.#released(covers);
    this.#syncing = true;
    answer.then(
      () => {
        this.#syncing = false;
        if (this.#stopped) return;
        try {
          this.#released(covers);
          this.sync();
        } catch (error) {
          this.#onFault(error);
        }
      },
      (error: unknown) => this.#onFault(error),
    );
  }

  /**
   * Takes records in the place of all that were handed over so far, synced or not: with them everything is durable. Only between
   * ticks and while no sync is under way, as in `onReleased`.
   */
  replace(records: readonly Uint8Array[]): void {
    this.#journal.snapshot(records);
    this.#release.durable(this.#release.position);
  }

  stop(): void {
    this.#stopped = true;
    this.#release.drop();
  }

  #released(position: number): void {
    this.#release.durable(position);
    this.#onReleased();
  }
}
