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
];
