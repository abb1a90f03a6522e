import { type Case, ConformanceError } from "@eunomia/conformance";
import type { Journal, Replay } from "@eunomia/engine";

/** One storage, on which a journal is opened, crashes, and is opened again. */
export interface JournalWorld {
  open(): Journal;
  /** The power goes: whatever was not synced is lost. The journal is not used afterwards. */
  crash(journal: Journal): void;
  /** The next sync fails at the disk. */
  failNextSync(): void;
  /** Changes one byte within the first durable record. No journal is open. */
  damage(): void;
  /** `crash-points`: the power goes before the n-th disk operation from now, n from 1. False: it was never reached. */
  crashBefore?(operation: number, work: () => void): boolean;
}

export interface JournalSubject {
  fresh(): JournalWorld;
}

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** Record number `i`: no two alike, sizes from 1 to about 700. */
export function recordOf(i: number): Uint8Array {
  const record = new Uint8Array(1 + ((i * 37) % 700)).fill(i + 1);
  record[0] = i;
  return record;
}

export function sameRecords(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((record, index) => Buffer.compare(record, b[index]!) === 0);
}

function expectRecords(clause: string, found: Replay, expected: readonly Uint8Array[]): void {
  if (found.kind !== "records") {
    const why = found.kind === "unreadable" ? ` (${found.file} at ${found.offset}: ${found.reason})` : "";
    throw new ConformanceError(clause, `"replay" expected records, got ${found.kind}${why}`);
  }
  if (!sameRecords(found.records, expected)) {
    const sizes = (records: readonly Uint8Array[]) =>
      records.map((record) => `${record[0]}:${record.length}`).join(" ");
    throw new ConformanceError(clause, `expected ${sizes(expected)}, got ${sizes(found.records)}`);
  }
}

function must(clause: string, holds: boolean, what: string): void {
  if (!holds) throw new ConformanceError(clause, what);
}

async function rejection(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error;
  }
}

/** A world with so many synced records. */
async function synced(
  subject: JournalSubject,
  count: number,
): Promise<[JournalWorld, Journal, Uint8Array[]]> {
  const world = subject.fresh();
  const journal = world.open();
  journal.replay();
  const records = Array.from({ length: count }, (_, i) => recordOf(i));
  for (const record of records) {
    journal.append([record]);
    await journal.sync();
  }
  return [world, journal, records];
}

const list: Case<JournalSubject>[] = [];
function define(
  name: string,
  clause: string,
  run: (subject: JournalSubject, clause: string) => Promise<void>,
  needs?: string,
) {
  list.push({
    name,
    clause,
    run: (subject) => run(subject, clause),
    ...(needs === undefined ? {} : { needs }),
  });
}

define(
  "a new storage is absent",
  "absent is not empty records and not unreadable",
  async (subject, clause) => {
    const journal = subject.fresh().open();
    const found = journal.replay();
    must(clause, found.kind === "absent", `"replay" expected absent, got ${found.kind}`);
    await journal.close();
  },
);

define("what was synced survives a crash", "what sync has answered is durable", async (subject, clause) => {
  const [world, journal, records] = await synced(subject, 9);
  world.crash(journal);
  const again = world.open();
  expectRecords(clause, again.replay(), records);
  await again.close();
});

define(
  "records come back in order after a close",
  "replay gives the records in the order of append",
  async (subject, clause) => {
    const [world, journal, records] = await synced(subject, 3);
    const more = [recordOf(3), bytes(), recordOf(4)];
    journal.append(more);
    await journal.close();
    const again = world.open();
    expectRecords(clause, again.replay(), [...records, ...more]);
    await again.close();
  },
);

define(
  "a crash leaves a prefix",
  "what is lost is the end, and never a synced record",
  async (subject, clause) => {
    const [world, journal, records] = await synced(subject, 4);
    const more = [recordOf(4), recordOf(5)];
    journal.append(more);
    world.crash(journal);
    const again = world.open();
    const found = again.replay();
    const count = found.kind === "records" ? found.records.length : -1;
    must(clause, count >= 4 && count <= 6, `expected 4 to 6 records, got ${count}`);
    expectRecords(clause, found, [...records, ...more].slice(0, count));
    await again.close();
  },
);

define(
  "positions count records",
  "append and sync answer the position after the last record",
  async (subject, clause) => {
    const journal = subject.fresh().open();
    journal.replay();
    must(clause, journal.append([bytes(1), bytes(2)]) === 2, "the first two records end at 2");
    must(clause, journal.append([]) === 2, "no records leave the position");
    must(clause, (await journal.sync()) === 2, "sync answers 2");
    must(clause, journal.append([bytes(3)]) === 3, "the third record ends at 3");
    must(clause, (await journal.sync()) === 3 && (await journal.sync()) === 3, "sync answers 3, twice");
    await journal.close();
  },
);

define(
  "syncs called together all cover their records",
  "a sync covers everything appended before it",
  async (subject, clause) => {
    const world = subject.fresh();
    const journal = world.open();
    journal.replay();
    const answers: (number | Promise<number>)[] = [];
    const records = Array.from({ length: 40 }, (_, i) => recordOf(i));
    for (const record of records) {
      journal.append([record]);
      answers.push(journal.sync());
    }
    for (const [index, answer] of answers.entries()) {
      must(clause, (await answer) >= index + 1, `sync ${index} answered less than ${index + 1}`);
    }
    world.crash(journal);
    const again = world.open();
    expectRecords(clause, again.replay(), records);
    await again.close();
  },
);

define("appended bytes are the journal's own", "append copies", async (subject, clause) => {
  const world = subject.fresh();
  const journal = world.open();
  journal.replay();
  const record = bytes(1, 2, 3);
  journal.append([record]);
  record.fill(9);
  await journal.sync();
  world.crash(journal);
  const again = world.open();
  expectRecords(clause, again.replay(), [bytes(1, 2, 3)]);
  await again.close();
});

define(
  "a snapshot replaces what was before",
  "snapshot is durable when it returns",
  async (subject, clause) => {
    const [world, journal] = await synced(subject, 5);
    const before = journal.sizeBytes;
    journal.append([recordOf(5)]);
    journal.snapshot([recordOf(20), recordOf(21)]);
    must(
      clause,
      journal.sizeBytes < before,
      `"sizeBytes" expected less than ${before}, got ${journal.sizeBytes}`,
    );
    journal.append([recordOf(6)]);
    await journal.sync();
    world.crash(journal);
    const again = world.open();
    expectRecords(clause, again.replay(), [recordOf(20), recordOf(21), recordOf(6)]);
    again.snapshot([]);
    world.crash(again);
    const third = world.open();
    expectRecords(clause, third.replay(), []);
    await third.close();
  },
);

define("a snapshot during a sync", "both the sync and the snapshot hold", async (subject, clause) => {
  const [world, journal] = await synced(subject, 2);
  journal.append([recordOf(2)]);
  const first = journal.sync();
  journal.append([recordOf(3)]);
  const second = journal.sync();
  journal.snapshot([recordOf(30)]);
  journal.snapshot([recordOf(31)]);
  const end = journal.append([recordOf(4)]);
  const third = journal.sync();
  must(
    clause,
    (await first) >= 3 && (await second) >= 4 && (await third) === end,
    "syncs answer their positions",
  );
  world.crash(journal);
  const again = world.open();
  expectRecords(clause, again.replay(), [recordOf(31), recordOf(4)]);
  await again.close();
});

define(
  "damage is unreadable",
  "unreadable is not absent, and never another record",
  async (subject, clause) => {
    const [world, journal] = await synced(subject, 6);
    await journal.close();
    world.damage();
    const again = world.open();
    const found = again.replay();
    must(clause, found.kind === "unreadable", `"replay" expected unreadable, got ${found.kind}`);
    must(
      clause,
      (await rejection(() => again.append([bytes(1)]))) !== null,
      "append to a damaged journal is refused",
    );
    await again.close();
    const third = world.open();
    must(clause, third.replay().kind === "unreadable", "still unreadable after a refused opening");
    await third.close();
  },
);

define(
  "a failed disk stays failed",
  "after a failed sync nothing is durable any more",
  async (subject, clause) => {
    const [world, journal, records] = await synced(subject, 3);
    world.failNextSync();
    journal.append([recordOf(3)]);
    must(clause, (await rejection(() => journal.sync())) !== null, "the failing sync expected a rejection");
    journal.append([recordOf(4)]);
    must(
      clause,
      (await rejection(() => journal.sync())) !== null,
      "a sync after a failure expected a rejection",
    );
    must(
      clause,
      (await rejection(() => journal.snapshot([]))) !== null,
      "a snapshot after a failure expected an error",
    );
    world.crash(journal);
    const again = world.open();
    const found = again.replay();
    const count = found.kind === "records" ? found.records.length : -1;
    must(clause, count === 3 || count === 4, `expected 3 or 4 records, got ${count} (${found.kind})`);
    expectRecords(clause, found, [...records, recordOf(3)].slice(0, count));
    await again.close();
  },
);

define("two at once are refused", "one journal per storage", async (subject, clause) => {
  const world = subject.fresh();
  const journal = world.open();
  const refused = (await rejection(() => world.open())) as { code?: string } | null;
  must(clause, refused?.code === "journal-in-use", `expected code journal-in-use, got ${refused?.code}`);
  await journal.close();
  await world.open().close();
});

define(
  "calls out of turn are refused",
  "replay once, before anything else; nothing after close",
  async (subject, clause) => {
    const journal = subject.fresh().open();
    must(clause, (await rejection(() => journal.append([bytes(1)]))) !== null, "append before replay");
    journal.replay();
    must(clause, (await rejection(() => journal.replay())) !== null, "replay twice");
    await journal.close();
    await journal.close();
    must(clause, (await rejection(() => journal.append([bytes(1)]))) !== null, "append after close");
  },
);

define(
  "a crash within a snapshot",
  "a crash leaves either what was before or the snapshot",
  async (subject, clause) => {
    for (let operation = 1; ; operation++) {
      const [world, journal, records] = await synced(subject, 4);
      const reached = world.crashBefore!(operation, () => journal.snapshot([recordOf(40)]));
      world.crash(journal);
      const again = world.open();
      const found = again.replay();
      const old = found.kind === "records" && sameRecords(found.records, records);
      if (!old || !reached) expectRecords(clause, found, [recordOf(40)]);
      await again.close();
      if (!reached) return;
    }
  },
  "crash-points",
);

/** What every `Journal` must do. */
export const journalCases: readonly Case<JournalSubject>[] = list;
