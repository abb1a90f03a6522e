import type { Journal, Replay } from "@eunomia/engine";
import { ConformanceError, must, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { recordOf, rejection } from "../support/outcome.ts";

/** One storage, on which a journal is opened, crashes, and is opened again. */
export interface JournalWorld {
  open(): Journal;
  /** The power goes: whatever was not synced is lost. The journal is not used afterwards. */
  crash(journal: Journal): void;
  /** The next sync fails at the disk. */
  failNextSync(): void;
  /** Changes one byte within the first durable record. No journal is open. */
  damage(): void;
  /** `crash-points`: the power goes before the n-th disk operation of the work, n from 1. False: it was never reached. */
  crashBefore?(operation: number, work: () => void): boolean;
}

export interface JournalSubject {
  fresh(): JournalWorld;
}

const sizes = (records: readonly Uint8Array[]): string =>
  records.map((record) => `${record[0]}:${record.length}`).join(" ");

function expectRecords(clause: string, found: Replay, expected: readonly Uint8Array[]): void {
  if (found.kind !== "records") {
    const why = found.kind === "unreadable" ? ` (${found.file} at ${found.offset}: ${found.reason})` : "";
    throw new ConformanceError(clause, `"replay" expected records, got ${found.kind}${why}`);
  }
  must(
    clause,
    same(found.records, expected),
    () => `expected ${sizes(expected)}, got ${sizes(found.records)}`,
  );
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

/** Opens again, expects exactly these records, closes. */
async function reopened(clause: string, world: JournalWorld, records: readonly Uint8Array[]): Promise<void> {
  const journal = world.open();
  expectRecords(clause, journal.replay(), records);
  await journal.close();
}

const list: Case<JournalSubject>[] = [];
function define(
  name: string,
  clause: string,
  run: (subject: JournalSubject, clause: string) => Promise<void>,
  needs?: string,
): void {
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
  await reopened(clause, world, records);
});

define(
  "records come back in order after a close",
  "replay gives the records in the order of append",
  async (subject, clause) => {
    const [world, journal, records] = await synced(subject, 3);
    const more = [recordOf(3), new Uint8Array(0), recordOf(4)];
    journal.append(more);
    await journal.close();
    await reopened(clause, world, [...records, ...more]);
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
    must(clause, journal.append([recordOf(1), recordOf(2)]) === 2, "the first two records end at 2");
    must(clause, journal.append([]) === 2, "no records leave the position");
    must(clause, (await journal.sync()) === 2, "sync answers 2");
    must(clause, journal.append([recordOf(3)]) === 3, "the third record ends at 3");
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
    for (const [index, answer] of answers.entries())
      must(clause, (await answer) >= index + 1, `sync ${index} answered less than ${index + 1}`);
    world.crash(journal);
    await reopened(clause, world, records);
  },
);

define("appended bytes are the journal's own", "append copies", async (subject, clause) => {
  const world = subject.fresh();
  const journal = world.open();
  journal.replay();
  const record = Uint8Array.of(1, 2, 3);
  journal.append([record]);
  record.fill(9);
  await journal.sync();
  world.crash(journal);
  await reopened(clause, world, [Uint8Array.of(1, 2, 3)]);
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
    await reopened(clause, world, []);
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
  await reopened(clause, world, [recordOf(31), recordOf(4)]);
});

define(
  "damage is unreadable",
  "unreadable is not absent, and never another record",
  async (subject, clause) => {
    const [world, journal] = await synced(subject, 6);
    await journal.close();
    world.damage();
    for (const time of ["first", "second"]) {
      const again = world.open();
      const found = again.replay();
      must(
        clause,
        found.kind === "unreadable",
        `the ${time} "replay" expected unreadable, got ${found.kind}`,
      );
      must(
        clause,
        (await rejection(() => again.append([recordOf(1)]))) !== null,
        "append to a damaged journal is refused",
      );
      await again.close();
    }
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
  const refused = await rejection(() => world.open());
  must(
    clause,
    refused?.code === "journal-in-use",
    `expected code journal-in-use, got ${String(refused?.code)}`,
  );
  await journal.close();
  await world.open().close();
});

define(
  "calls out of turn are refused",
  "replay once, before anything else; nothing after close",
  async (subject, clause) => {
    const journal = subject.fresh().open();
    must(
      clause,
      (await rejection(() => journal.append([recordOf(1)]))) !== null,
      "append before replay expected an error",
    );
    journal.replay();
    must(clause, (await rejection(() => journal.replay())) !== null, "a second replay expected an error");
    await journal.close();
    await journal.close();
    must(
      clause,
      (await rejection(() => journal.append([recordOf(1)]))) !== null,
      "append after close expected an error",
    );
  },
);

define(
  "a crash within a snapshot",
  "a crash leaves either what was before or the snapshot",
  async (subject, clause) => {
    for (let operation = 1, reached = true; reached; operation += 1) {
      const [world, journal, records] = await synced(subject, 4);
      reached = world.crashBefore!(operation, () => journal.snapshot([recordOf(40)]));
      world.crash(journal);
      const again = world.open();
      const found = again.replay();
      const old = found.kind === "records" && same(found.records, records);
      if (!old || !reached) expectRecords(clause, found, [recordOf(40)]);
      await again.close();
    }
  },
  "crash-points",
);

/** What every `Journal` must do. Features: `crash-points`. */
export const journalCases: readonly Case<JournalSubject>[] = list;
