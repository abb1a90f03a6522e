import { equalBytes } from "@eunomia/codec";
import type { NodeId, SlotLog, SnapshotIntake, SnapshotStore } from "@eunomia/engine";
import type { Application } from "./application.ts";
import { SwitchError } from "./config.ts";
import { openSnapshot, SnapshotDamage, snapshotContents, storedChunks } from "./snapshot-pieces.ts";
import type { Checkpoint } from "./state.ts";
import type { TransferCommand, TransferOutput } from "./transfer-types.ts";

/** What happens to the snapshots of a node, for its operator. */
export type SnapshotEvent =
  | { readonly kind: "written"; readonly slot: number; readonly sizeBytes: number }
  /** A snapshot was not made or not taken in. The node goes on; the next one is tried anew. */
  | { readonly kind: "failed"; readonly slot: number; readonly error: Error }
  /** Left as it is, and not used. */
  | { readonly kind: "unusable"; readonly file: string; readonly reason: string }
  | { readonly kind: "damaged"; readonly slot: number; readonly reason: string }
  /** This node is too far behind for any log, and fetches the state from its peers. */
  | { readonly kind: "fetching"; readonly slot: number; readonly sizeBytes: number }
  /** It goes on from there: slots up to this one are delivered nowhere on this node. */
  | { readonly kind: "installed"; readonly slot: number };

/** The first snapshot of a cluster that was restored from another one. */
export interface SnapshotOrigin {
  readonly slot: number;
  /** As in its manifest. */
  readonly root: Uint8Array;
}

export interface SnapshotKeeperOptions {
  readonly store: SnapshotStore;
  readonly application: Application | null;
  readonly log: SlotLog;
  /** So many slots stay in the log, beyond what snapshots need. */
  readonly keepSlots: number;
  onEvent(event: SnapshotEvent): void;
  toTransfer(command: TransferCommand): void;
  /** A snapshot of a peer is durable here. */
  install(checkpoint: Checkpoint): void;
}

/**
 * Keeps the snapshots of a node: makes them, lets go of what they stand for, serves them, takes others in, and begins a life with
 * the newest one that is whole (aneris 5.9).
 */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions;
  readonly #damaged = new Set<number>();
  #intake: SnapshotIntake | null = null;
  #writing = false;
  #pinned: number | null = null;
  #delivered = 0;
  #stopped = false;

  constructor(options: SnapshotKeeperOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Restores the application from the newest snapshot that is whole and that the log continues; null without one.
   * @throws SwitchError `snapshots` when the log begins behind every snapshot that can be used.
   */
  open(): Checkpoint | null {
    const { store, log, onEvent } = this.#options;
    for (const { file, reason } of store.open().unusable) onEvent({ kind: "unusable", file, reason });
    for (const slot of [...store.slots].reverse()) {
      const checkpoint = this.#restore(slot);
      if (checkpoint === null) continue;
      if (log.last < slot) log.reset(slot + 1);
      this.#mustContinue(slot);
      this.#delivered = slot;
      return checkpoint;
    }
    this.#mustContinue(0);
    return null;
  }

  /**
   * What this cluster was restored from is here, or was once.
   * @throws SwitchError `snapshots` when it is another one, or missing where nothing else is.
   */
  mustDescend({ slot, root }: SnapshotOrigin, isFirst: boolean): void {
    const { store, log } = this.#options;
    const manifest = store.manifest(slot);
    const expected = `the snapshot of slot ${slot} that the cluster was restored to: make it here as at the other first members`;
    if (manifest !== null && !equalBytes(manifest.root, root))
      throw new SwitchError("snapshots", expected, "another one of that slot");
    if (isFirst && store.slots.length === 0 && log.last < slot)
      throw new SwitchError("snapshots", expected, "nothing");
  }

  /** The application has got to this slot. */
  delivered(slot: number): void {
    this.#delivered = slot;
    const overtaken = this.#intake?.manifest;
    if (overtaken === undefined || overtaken.slot > slot) return;
    this.#intake = null;
    this.#options.toTransfer({ kind: "ended", slot: overtaken.slot, root: overtaken.root });
  }

  /** A checkpoint is due, and the application has applied just the slots before it. */
  checkpoint(checkpoint: Checkpoint): void {
    // A disk that is slower than checkpoints come gets fewer of them.
    if (this.#writing) return;
    this.#writing = true;
    const { store, application, log, onEvent } = this.#options;
    const slot = checkpoint.slotOut - 1;
    const pieces = application?.snapshot() ?? [];
    const contents = snapshotContents(checkpoint, application?.frozenSnapshots ? pieces : [...pieces]);
    // The log first: behind an older snapshot it must reach as far as this one, should this one be damaged later.
    log
      .sync()
      .then(() => store.write(slot, contents))
      .then(
        ({ sizeBytes }) => {
          this.#writing = false;
          if (this.#stopped) return;
          this.#damaged.delete(slot);
          onEvent({ kind: "written", slot, sizeBytes });
          this.#release();
        },
        (error: Error) => {
          this.#writing = false;
          if (!this.#stopped) onEvent({ kind: "failed", slot, error });
        },
      );
  }

  /** A peer has asked for slots that are in the log no more: it hears of the newest snapshot. */
  offer(to: NodeId): void {
    const { store, toTransfer } = this.#options;
    const slot = store.slots.findLast((candidate) => !this.#damaged.has(candidate));
    if (slot !== undefined) toTransfer({ kind: "offer", to, slot, root: store.manifest(slot)!.root });
  }

  /** What the transfer wants of the store. */
  transfer(output: TransferOutput): void {
    switch (output.kind) {
      case "look":
        if (this.#has(output)) this.#options.toTransfer({ ...output, kind: "offer" });
        return;
      case "describe":
      case "load":
        return this.#serve(output);
      case "begin":
        return this.#begin(output.manifest);
      case "put":
        return this.#put(output);
      case "finish":
        return this.#finish(output);
      case "pinned":
        this.#pinned = output.slot;
        return this.#release();
    }
  }

  /**
   * The replica has gone on from this snapshot: log and application follow.
   * @throws SnapshotDamage when it is damaged by now: the node cannot go on.
   */
  installed(slot: number): void {
    const { store, application, log, onEvent } = this.#options;
    log.reset(slot + 1);
    application?.restore(openSnapshot(storedChunks(store, slot)).application);
    this.#delivered = slot;
    onEvent({ kind: "installed", slot });
  }

  #restore(slot: number): Checkpoint | null {
    const { store, application, onEvent } = this.#options;
    try {
      const { checkpoint, application: pieces } = openSnapshot(storedChunks(store, slot));
      if (application !== null) application.restore(pieces);
      // Every chunk is looked at, whether somebody needs it or not: a life does not begin on a snapshot that is damaged.
      else for (const _ of pieces);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof SnapshotDamage)) throw error;
      this.#damaged.add(slot);
      onEvent({ kind: "damaged", slot, reason: error.message });
      return null;
    }
  }

  #mustContinue(slot: number): void {
    const { first } = this.#options.log;
    if (first <= slot + 1) return;
    throw new SwitchError(
      "snapshots",
      `a whole snapshot of slot ${first - 1} or later, since the log begins there: restore one from a copy, or replace this node by one under another identity`,
      slot === 0 ? "none" : `one of slot ${slot}`,
    );
  }

  #has({ slot, root }: { readonly slot: number; readonly root: Uint8Array }): boolean {
    const manifest = this.#options.store.manifest(slot);
    return manifest !== null && !this.#damaged.has(slot) && equalBytes(manifest.root, root);
  }

  #serve(output: Extract<TransferOutput, { kind: "describe" | "load" }>): void {
    const { store, toTransfer, onEvent } = this.#options;
    const { to, slot, root } = output;
    if (!this.#has(output)) return toTransfer({ kind: "gone", to, slot, root });
    if (output.kind === "describe")
      return toTransfer({ kind: "described", to, manifest: store.manifest(slot)! });
    const { index } = output;
    const chunk = store.chunk(slot, index);
    if (chunk.ok) return toTransfer({ kind: "loaded", to, slot, root, index, bytes: chunk.bytes });
    this.#damaged.add(slot);
    onEvent({ kind: "damaged", slot, reason: chunk.reason });
    toTransfer({ kind: "gone", to, slot, root });
  }

  #begin(manifest: SnapshotIntake["manifest"]): void {
    const { store, toTransfer, onEvent } = this.#options;
    const { slot, root, sizeBytes } = manifest;
    if (slot <= this.#delivered) return toTransfer({ kind: "ended", slot, root });
    if (this.#has(manifest)) return this.#install(manifest);
    store.begin(manifest).then(
      (intake) => {
        if (this.#stopped) return;
        this.#intake = intake;
        onEvent({ kind: "fetching", slot, sizeBytes });
        toTransfer({ kind: "begun", slot, root, missing: [...intake.missing()] });
      },
      (error: Error) => this.#failed(manifest, error),
    );
  }

  #put({ slot, root, index, bytes, from }: Extract<TransferOutput, { kind: "put" }>): void {
    const intake = this.#intakeOf({ slot, root });
    if (intake === null) return;
    try {
      if (!intake.put(index, bytes)) this.#options.toTransfer({ kind: "damaged", slot, root, index, from });
    } catch (error) {
      this.#failed({ slot, root }, error as Error);
    }
  }

  #finish(named: { readonly slot: number; readonly root: Uint8Array }): void {
    const { toTransfer } = this.#options;
    const { slot, root } = named;
    const intake = this.#intakeOf(named);
    if (intake === null) return toTransfer({ kind: "ended", slot, root });
    const missing = [...intake.missing()];
    if (missing.length > 0) return toTransfer({ kind: "begun", slot, root, missing });
    intake.finish().then(
      () => {
        if (this.#stopped) return;
        this.#install(named);
      },
      (error: Error) => this.#failed(named, error),
    );
  }

  #install({ slot, root }: { readonly slot: number; readonly root: Uint8Array }): void {
    const { store, toTransfer, install } = this.#options;
    this.#intake = null;
    try {
      install(openSnapshot(storedChunks(store, slot)).checkpoint);
      toTransfer({ kind: "ended", slot, root });
    } catch (error) {
      this.#damaged.add(slot);
      this.#failed({ slot, root }, error as Error);
    }
  }

  #failed({ slot, root }: { readonly slot: number; readonly root: Uint8Array }, error: Error): void {
    if (this.#stopped) return;
    this.#intake = null;
    this.#options.onEvent({ kind: "failed", slot, error });
    this.#options.toTransfer({ kind: "ended", slot, root });
  }

  #intakeOf({ slot, root }: { readonly slot: number; readonly root: Uint8Array }): SnapshotIntake | null {
    const manifest = this.#intake?.manifest;
    return manifest?.slot === slot && equalBytes(manifest.root, root) ? this.#intake : null;
  }

  /** Two snapshots stay, and the log behind the older one; more, as long as a peer fetches an older one. */
  #release(): void {
    try {
      this.#letGo();
    } catch (error) {
      // What could not be removed stays, and is tried again with the next snapshot.
      const failed = { kind: "failed", slot: this.#delivered, error: error as Error } as const;
      if (!this.#stopped) this.#options.onEvent(failed);
    }
  }

  #letGo(): void {
    const { store, log, keepSlots } = this.#options;
    const whole = store.slots.filter((slot) => !this.#damaged.has(slot));
    const previous = whole.at(-2);
    if (previous === undefined) return;
    const limit = Math.min(previous, this.#pinned ?? previous);
    store.drop(limit);
    log.truncate(Math.min(limit, log.last - keepSlots) + 1);
  }
}
