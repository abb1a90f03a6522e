import { writeSync } from "node:fs";
import { openFileJournal } from "../src/file.ts";

// Appends numbered records for ever and writes each number to standard output once it is durable.
const [directory, sync, from] = process.argv.slice(2);
const journal = openFileJournal({
  directory: directory!,
  tag: "child",
  segmentBytes: 64 * 1024,
  sync: sync as "auto" | "main" | "pool",
});
const found = journal.replay();
if (found.kind === "unreadable") throw new Error(`${found.file} at ${found.offset}: ${found.reason}`);
for (let next = Number(from); ; ) {
  for (let i = 0; i < 1 + (next % 5); i++, next++) {
    const record = Buffer.alloc(4 + (next % 900), next);
    record.writeUInt32BE(next);
    journal.append([record]);
  }
  await journal.sync();
  writeSync(1, `${next}\n`);
  if (next % 1000 < 3) journal.snapshot([Buffer.from([next >>> 24, next >>> 16, next >>> 8, next])]);
}
