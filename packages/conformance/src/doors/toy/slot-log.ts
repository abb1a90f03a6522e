import type { SlotLog } from "@eunomia/engine";
import type { Twin } from "../../support/case.ts";
import type { SlotLogSubject, SlotLogWorld } from "../slot-log.ts";
import { type StorageFault, type Store, twins, world } from "./storage.ts";

function toySlotLog(store: Store): SlotLog {
  const { disk, fault } = store;
  const entries = (): Uint8Array[] => [...store.durable, ...store.pending];
  const lastOf = (): number => disk.base + entries().length;
  return {
    open: () => {
      const found = store.load();
      if (found === "unreadable") return { kind: "unreadable", file: "toy", offset: 0, reason: "damaged" };
      return found === "absent" ? { kind: "absent" } : { kind: "log", last: lastOf(), tornBytes: 0 };
    },
    append: (slot, bytes) => {
      if (fault !== "skips-slots" && slot !== lastOf() + 1) throw new Error(`slot ${slot}`);
      store.add(bytes);
    },
    sync: async () => {
      store.sync();
      return disk.base + store.durable.length;
    },
    read: (from, maxBytes) => {
      const out: { slot: number; bytes: Uint8Array }[] = [];
      let size = 0;
      if (from <= disk.base && fault !== "reads-before-first") return out;
      for (const [at, bytes] of entries().entries()) {
        const slot = disk.base + at + 1;
        if (slot < from) continue;
        if (size > maxBytes && fault !== "reads-all") break;
        out.push({ slot, bytes });
        size += bytes.length;
      }
      return out;
    },
    get first() {
      return disk.base + 1;
    },
    get last() {
      return lastOf();
    },
    truncate: (below) => {
      const wanted = below - 1 - disk.base + (fault === "truncates-more" ? 1 : 0);
      const count = Math.min(wanted, store.durable.length);
      if (count <= 0) return;
      disk.records?.splice(0, count);
      disk.base += count;
    },
    reset: (next) => {
      if (fault === "keeps-after-reset") return;
      disk.records = [];
      disk.base = next - 1;
      store.pending = [];
    },
    close: async () => store.close(),
  };
}

const slotLog = (fault?: StorageFault): SlotLogSubject => ({
  fresh: (): SlotLogWorld => world(fault, toySlotLog),
});

/** A slot log that passes. */
export const slotLogExample: SlotLogSubject = slotLog();

/** Each breaks one sentence of the door. */
export const slotLogTwins: readonly Twin<SlotLogSubject>[] = twins(slotLog, [
  "lies",
  "forgets-damage",
  "ignores-damage",
  "tries-again",
  "shared-use",
  "loses-order",
  "skips-slots",
  "reads-all",
  "reads-before-first",
  "truncates-more",
  "keeps-after-reset",
]);
