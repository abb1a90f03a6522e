import type { Journal } from "@eunomia/engine";

/** The same journal, and somebody who hears how long each of its syncs took, in milliseconds. */
export function timedJournal(journal: Journal, onSync: (tookMs: number) => void): Journal {
  return {
    replay: () => journal.replay(),
    append: (records) => journal.append(records),
    ...(journal.appendPieces && { appendPieces: (records) => journal.appendPieces!(records) }),
    sync() {
      const began = performance.now();
      const done = journal.sync();
      if (typeof done === "number") {
        onSync(performance.now() - began);
        return done;
      }
      return done.then((position) => {
        onSync(performance.now() - began);
        return position;
      });
    },
    snapshot: (records) => journal.snapshot(records),
    get sizeBytes() {
      return journal.sizeBytes;
    },
    close: () => journal.close(),
  };
}
