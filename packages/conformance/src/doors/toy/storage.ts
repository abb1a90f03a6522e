import type { Journal, Replay } from "@eunomia/engine";
import { same } from "../../support/assert.ts";
import type { Twin } from "../../support/case.ts";
import type { JournalSubject, JournalWorld } from "../journal.ts";

export type StorageFault =
  | "lies"
  | "forgets-damage"
  | "ignores-damage"
  | "tries-again"
  | "shares-bytes"
  | "shared-use"
  | "loses-order"
  | "wrong-position"
  | "skips-slots"
  | "reads-all"
  | "snapshot-in-two"
  | "reads-before-first"
  | "truncates-more"
  | "keeps-after-reset";

/** A disk of records with their copies: a record that differs from its copy was damaged. */
interface Disk {
  records: { readonly bytes: Uint8Array; readonly copy: Uint8Array }[] | null;
  /** How many records were let go of in front, where they are counted. */
  base: number;
  inUse: boolean;
  failing: boolean;
  /** Disk operations until the power goes; null: it stays. */
  operations: number | null;
}

class PowerCut extends Error {}

const newDisk = (): Disk => ({ records: null, base: 0, inUse: false, failing: false, operations: null });

/** One record for each append or slot, written at once at `sync`: what the toys stand on. */
export class Store {
  readonly disk: Disk;
  readonly fault: StorageFault | undefined;
  pending: Uint8Array[] = [];
  failed = false;
  state: "new" | "open" | "unreadable" | "closed" = "new";

  constructor(disk: Disk, fault: StorageFault | undefined) {
    if (disk.inUse && fault !== "shared-use")
      throw Object.assign(new Error("in use"), { code: "journal-in-use" });
    disk.inUse = true;
    this.disk = disk;
    this.fault = fault;
  }

  get durable(): Uint8Array[] {
    return (this.disk.records ?? []).map(({ bytes }) => bytes.slice());
  }

  load(): "absent" | "unreadable" | "records" {
    if (this.state !== "new") throw new Error("opened twice");
    const { records } = this.disk;
    const damaged =
      records?.some(({ bytes, copy }) => !same(bytes, copy)) === true && this.fault !== "ignores-damage";
    if (damaged && this.fault === "forgets-damage") this.disk.records = null;
    this.state = damaged && this.fault !== "forgets-damage" ? "unreadable" : "open";
    if (this.state === "unreadable") return "unreadable";
    return this.disk.records === null ? "absent" : "records";
  }

  add(bytes: Uint8Array): void {
    if (this.state !== "open") throw new Error(`append when ${this.state}`);
    this.pending.push(this.fault === "shares-bytes" ? bytes : bytes.slice());
  }

  sync(): void {
    if (this.failed) throw new Error("failed");
    if (this.disk.failing) {
      this.disk.failing = false;
      this.failed = this.fault !== "tries-again";
      throw new Error("disk");
    }
    if (this.fault === "lies" || this.pending.length === 0) return;
    const written = this.fault === "loses-order" ? [...this.pending].reverse() : this.pending;
    this.disk.records = [
      ...(this.disk.records ?? []),
      ...written.map((bytes) => ({ bytes, copy: bytes.slice() })),
    ];
    this.pending = [];
  }

  replace(records: readonly Uint8Array[]): void {
    if (this.failed || this.state !== "open") throw new Error("failed");
    const next = records.map((bytes) => ({ bytes: bytes.slice(), copy: bytes.slice() }));
    this.operation();
    if (this.fault === "snapshot-in-two") {
      this.disk.records = [];
      this.operation();
    }
    this.disk.records = next;
    this.pending = [];
  }

  operation(): void {
    if (this.disk.operations === null) return;
    this.disk.operations -= 1;
    if (this.disk.operations === 0) throw new PowerCut();
  }

  close(): void {
    if (this.state === "open" && !this.failed) {
      const lies = this.fault === "lies";
      if (!lies) this.sync();
    }
    this.state = "closed";
    this.disk.inUse = false;
  }
}

function toyJournal(store: Store): Journal {
  let dropped = 0;
  const position = (): number =>
    dropped + store.durable.length + store.pending.length + (store.fault === "wrong-position" ? 1 : 0);
  return {
    replay: (): Replay => {
      const found = store.load();
      if (found === "unreadable") return { kind: "unreadable", file: "toy", offset: 0, reason: "damaged" };
      return found === "absent"
        ? { kind: "absent" }
        : { kind: "records", records: store.durable, tornBytes: 0 };
    },
    append: (records) => {
      if (store.state !== "open") throw new Error(`append when ${store.state}`);
      for (const record of records) store.add(record);
      return position();
    },
    sync: () => {
      store.sync();
      return position();
    },
    snapshot: (records) => {
      const before = position();
      store.replace(records);
      dropped = before;
    },
    get sizeBytes() {
      return dropped > 0 ? 0 : store.durable.reduce((sum, { length }) => sum + length, 0);
    },
    close: async () => store.close(),
  };
}

export function world<Door>(fault: StorageFault | undefined, make: (store: Store) => Door) {
  const disk = newDisk();
  return {
    open: (): Door => make(new Store(disk, fault)),
    crash: (): void => {
      disk.inUse = false;
      disk.operations = null;
    },
    failNextSync: (): void => {
      disk.failing = true;
    },
    damage: (): void => {
      const first = disk.records?.[0]?.bytes;
      if (first !== undefined) first[0] = first[0]! ^ 1;
    },
    crashBefore: (operation: number, work: () => void): boolean => {
      disk.operations = operation;
      try {
        work();
        return false;
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        return true;
      }
    },
  };
}

const journal = (fault?: StorageFault): JournalSubject => ({
  fresh: (): JournalWorld => world(fault, toyJournal),
});

/** A journal that passes. Features: `crash-points`. */
export const journalExample: JournalSubject = journal();

const words: Readonly<Record<StorageFault, string>> = {
  lies: "sync answers without writing",
  "forgets-damage": "unreadable is taken for absent",
  "ignores-damage": "damaged bytes are given out as they are",
  "tries-again": "a failed sync is tried again as if that could help",
  "shares-bytes": "the caller's bytes are kept, not copied",
  "shared-use": "two may use one storage at once",
  "loses-order": "records of one sync come back in another order",
  "wrong-position": "positions are off by one",
  "skips-slots": "any slot may follow any other",
  "reads-all": "read pays no heed to maxBytes",
  "reads-before-first": "asked for a slot that was let go of, it answers with later ones",
  "truncates-more": "one slot more goes than was allowed to go",
  "keeps-after-reset": "a reset forgets nothing on the disk",
  "snapshot-in-two": "a snapshot removes the old before it writes the new",
};
export const twins = <Subject>(
  make: (fault: StorageFault) => Subject,
  faults: readonly StorageFault[],
): readonly Twin<Subject>[] => faults.map((name) => ({ name, fault: words[name], subject: make(name) }));

/** Each breaks one sentence of the door. */
export const journalTwins: readonly Twin<JournalSubject>[] = twins(journal, [
  "lies",
  "forgets-damage",
  "ignores-damage",
  "tries-again",
  "shares-bytes",
  "shared-use",
  "loses-order",
  "wrong-position",
  "snapshot-in-two",
]);
