import type { SlotLog } from "@eunomia/engine";
import { must, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { recordOf, rejection } from "../support/outcome.ts";

/** One storage, on which a slot log is opened, crashes, and is opened again. */
export interface SlotLogWorld {
  open(): SlotLog;
  /** The power goes: whatever was not synced is lost. */
  crash(log: SlotLog): void;
  /** The next sync fails at the disk. */
  failNextSync(): void;
  /** Changes one byte within the first durable entry. No log is open. */
  damage(): void;
}

export interface SlotLogSubject {
  fresh(): SlotLogWorld;
}

const entryOf = (slot: number): Uint8Array => recordOf(slot % 256);

/** Reads from one slot on and checks what came: consecutive, right, complete, and no more than asked for. */
function expectEntries(clause: string, log: SlotLog, from: number, last: number, maxBytes: number): void {
  const read = log.read(from, maxBytes);
  must(
    clause,
    read.length > 0 === from <= last,
    `read(${from}) expected entries up to ${last}, got ${read.length}`,
  );
  let size = 0;
  for (const [index, { slot, bytes }] of read.entries()) {
    must(clause, slot === from + index, `expected slot ${from + index}, got ${slot}`);
    must(clause, same(bytes, entryOf(slot)), `slot ${slot} holds other bytes`);
    must(clause, size <= maxBytes, `slot ${slot} comes after ${maxBytes} bytes were passed`);
    size += bytes.length;
  }
  const complete = size > maxBytes || from > last || from + read.length === last + 1;
  must(
    clause,
    complete,
    `read(${from}, ${maxBytes}) stopped at ${from + read.length - 1} with ${size} bytes`,
  );
}

/** Holds exactly the slots that it says, those from `needed` on among them, and answers nothing for earlier ones. */
function expectFrom(clause: string, log: SlotLog, needed: number, last: number): void {
  must(
    clause,
    log.first <= needed && log.last === last,
    `expected slots ${needed} to ${last}, got ${log.first} to ${log.last}`,
  );
  for (const from of [log.first, needed, last])
    if (from >= log.first) expectEntries(clause, log, from, last, 1e9);
  must(
    clause,
    log.read(log.first - 1, 1e9).length === 0,
    `slot ${log.first - 1} is gone: expected no entries`,
  );
}

async function filled(subject: SlotLogSubject, count: number): Promise<[SlotLogWorld, SlotLog]> {
  const world = subject.fresh();
  const log = world.open();
  log.open();
  for (let slot = 1; slot <= count; slot += 1) {
    log.append(slot, entryOf(slot));
    if (slot % 7 === 0) await log.sync();
  }
  await log.sync();
  return [world, log];
}

/** What every `SlotLog` must do. */
export const slotLogCases: readonly Case<SlotLogSubject>[] = [
  {
    name: "a new storage is absent",
    clause: "absent is not an empty log",
    async run(subject) {
      const log = subject.fresh().open();
      must(this.clause, log.open().kind === "absent" && log.last === 0, "expected absent and last 0");
      must(this.clause, log.read(1, 100).length === 0, "expected nothing to read");
      must(this.clause, (await log.sync()) === 0, "sync of nothing answers 0");
      await log.close();
    },
  },
  {
    name: "every slot can be read from anywhere",
    clause: "read gives entries from a slot on until maxBytes is passed",
    async run(subject) {
      const [world, log] = await filled(subject, 120);
      for (let slot = 121; slot <= 130; slot += 1) log.append(slot, entryOf(slot));
      for (const maxBytes of [0, 1, 900, 5000, 1e9])
        for (let from = 1; from <= 131; from += 1) expectEntries(this.clause, log, from, 130, maxBytes);
      await log.close();
      const again = world.open();
      const found = again.open();
      must(
        this.clause,
        found.kind === "log" && found.last === 130,
        `expected a log up to 130, got ${found.kind}`,
      );
      for (let from = 1; from <= 131; from += 1) expectEntries(this.clause, again, from, 130, 3000);
      again.append(131, entryOf(131));
      expectEntries(this.clause, again, 125, 131, 1e9);
      await again.close();
    },
  },
  {
    name: "what was synced survives a crash",
    clause: "what sync has answered is durable",
    async run(subject) {
      const [world, log] = await filled(subject, 50);
      log.append(51, entryOf(51));
      world.crash(log);
      const again = world.open();
      again.open();
      must(this.clause, again.last === 50 || again.last === 51, `expected last 50 or 51, got ${again.last}`);
      expectEntries(this.clause, again, 1, again.last, 1e9);
      await again.close();
    },
  },
  {
    name: "slots are consecutive",
    clause: "the slot is the last one plus one",
    async run(subject) {
      const [, log] = await filled(subject, 3);
      for (const slot of [3, 5, 0, -1, 4.5, Number.NaN]) {
        const refused = await rejection(() => log.append(slot, entryOf(1)));
        must(this.clause, refused !== null, `slot ${slot} after 3 expected an error`);
      }
      must(this.clause, log.last === 3, `expected last 3, got ${log.last}`);
      await log.close();
    },
  },
  {
    name: "damage is refused",
    clause: "unreadable is not absent, and never another entry",
    async run(subject) {
      const [world, log] = await filled(subject, 60);
      await log.close();
      world.damage();
      const again = world.open();
      const found = again.open();
      // A log may look at old entries only when they are read.
      if (found.kind === "log") {
        const refused = await rejection(() => again.read(1, 10));
        must(
          this.clause,
          refused?.code === "unreadable",
          `read expected code unreadable, got ${String(refused?.code)}`,
        );
      } else must(this.clause, found.kind === "unreadable", `"open" expected unreadable, got ${found.kind}`);
      await again.close();
    },
  },
  {
    name: "a failed disk stays failed",
    clause: "after a failed sync nothing is durable any more",
    async run(subject) {
      const [world, log] = await filled(subject, 10);
      world.failNextSync();
      log.append(11, entryOf(11));
      must(
        this.clause,
        (await rejection(() => log.sync())) !== null,
        "the failing sync expected a rejection",
      );
      must(this.clause, (await rejection(() => log.sync())) !== null, "a sync after it expected a rejection");
      world.crash(log);
      const again = world.open();
      again.open();
      must(this.clause, again.last === 10 || again.last === 11, `expected last 10 or 11, got ${again.last}`);
      await again.close();
    },
  },
  {
    name: "two at once are refused",
    clause: "one slot log per storage",
    async run(subject) {
      const [world, log] = await filled(subject, 1);
      const refused = await rejection(() => world.open());
      must(
        this.clause,
        refused?.code === "journal-in-use",
        `expected code journal-in-use, got ${String(refused?.code)}`,
      );
      await log.close();
    },
  },
  {
    name: "what is not needed any more may go",
    clause: "slots from `first` to `last` can be read, and those that are needed are among them",
    async run(subject) {
      const [world, log] = await filled(subject, 120);
      log.truncate(60);
      await log.sync();
      expectFrom(this.clause, log, 60, 120);
      log.truncate(30);
      log.append(121, entryOf(121));
      await log.sync();
      expectFrom(this.clause, log, 60, 121);
      await log.close();
      const again = world.open();
      again.open();
      expectFrom(this.clause, again, 60, 121);
      again.append(122, entryOf(122));
      expectFrom(this.clause, again, 60, 122);
      await again.close();
    },
  },
  {
    name: "after a reset it goes on elsewhere",
    clause: "reset forgets all entries, durably with the next sync",
    async run(subject) {
      const [world, log] = await filled(subject, 30);
      log.append(31, entryOf(31));
      for (const next of [101, 5]) {
        log.reset(next);
        must(
          this.clause,
          log.first === next && log.last === next - 1,
          `expected nothing before slot ${next}`,
        );
        must(this.clause, log.read(1, 1e9).length === 0, "expected nothing to read from slot 1");
        must(
          this.clause,
          (await rejection(() => log.append(32, entryOf(32)))) !== null,
          "slot 32 expected an error",
        );
        must(this.clause, (await log.sync()) === next - 1, `sync expected ${next - 1}`);
        for (let slot = next; slot < next + 40; slot += 1) log.append(slot, entryOf(slot));
        must(this.clause, (await log.sync()) === next + 39, `sync expected ${next + 39}`);
        expectFrom(this.clause, log, next, next + 39);
      }
      world.crash(log);
      const again = world.open();
      again.open();
      must(this.clause, again.first === 5, `expected first 5, got ${again.first}`);
      expectFrom(this.clause, again, 5, 44);
      again.reset(9);
      await again.close();
      const empty = world.open();
      const found = empty.open();
      must(this.clause, found.kind === "log" && found.last === 8, `expected an empty log behind slot 8`);
      await empty.close();
    },
  },
  {
    name: "a reset that was not synced",
    clause: "until the next sync everything may be there",
    async run(subject) {
      const [world, log] = await filled(subject, 20);
      log.reset(50);
      log.append(50, entryOf(50));
      world.crash(log);
      const again = world.open();
      again.open();
      const { first, last } = again;
      const old = first === 1 && last === 20;
      must(this.clause, old || (first === 50 && last >= 49 && last <= 50), `got slots ${first} to ${last}`);
      expectFrom(this.clause, again, first, last);
      await again.close();
    },
  },
];
