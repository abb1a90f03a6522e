import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journal } from "@eunomia/engine";
import { type FileJournalOptions, openFileJournal } from "../src/file.ts";

// Appends and syncs per second with so many records waiting for each sync, beside one appendFileSync and fsyncSync per record.
// All ways alternate in one run; the figures are medians of the rounds. Directory: first argument, else the temporary one.

const root = fs.mkdtempSync(join(process.argv[2] ?? tmpdir(), "eunomia-bench-"));
const rounds = 7;
const roundMs = 400;

interface Way {
  readonly name: string;
  /** Makes so many records durable. */
  group(records: readonly Uint8Array[]): Promise<void>;
  end(): Promise<void>;
}

let serial = 0;
function journalWay(name: string, options: Partial<FileJournalOptions>): Way {
  const journal: Journal = openFileJournal({
    directory: join(root, String(++serial)),
    tag: "bench",
    ...options,
  });
  journal.replay();
  return {
    name,
    group: async (records) => {
      for (const record of records) journal.append([record]);
      const answer = journal.sync();
      if (typeof answer !== "number") await answer;
      // As a node does now and then, so that the directory stays small.
      if (journal.sizeBytes > 200_000_000) journal.snapshot([]);
    },
    end: () => journal.close(),
  };
}

function naiveWay(): Way {
  const path = join(root, "naive.log");
  const fd = fs.openSync(path, "a");
  return {
    name: "appendFileSync + fsyncSync",
    group: async (records) => {
      for (const record of records) {
        fs.appendFileSync(fd, record);
        fs.fsyncSync(fd);
      }
    },
    end: async () => fs.closeSync(fd),
  };
}

/** Groups per second in one round. */
async function measure(way: Way, records: readonly Uint8Array[]): Promise<number> {
  let groups = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < roundMs) {
    await way.group(records);
    groups++;
    elapsed = performance.now() - start;
  }
  return (groups / elapsed) * 1000;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

async function waiting(): Promise<void> {
  const ways: Way[] = [naiveWay()];
  for (const sync of ["main", "pool", "auto"] as const) {
    for (const flush of ["write-through", "fdatasync"] as const) {
      ways.push(journalWay(`${sync}, ${flush === "write-through" ? "O_DSYNC" : flush}`, { sync, flush }));
    }
  }
  for (const count of [1, 64, 256, 1024]) {
    const records = Array.from({ length: count }, (_, i) => new Uint8Array(256).fill(i + 1));
    const rates = new Map<Way, number[]>(ways.map((way) => [way, []]));
    for (const way of ways) await measure(way, records);
    for (let round = 0; round < rounds; round++) {
      for (const way of ways) rates.get(way)!.push(await measure(way, records));
    }
    const base = median(rates.get(ways[0]!)!) * count;
    console.log(`\n${count} waiting, 256 B each`);
    for (const way of ways) {
      const syncs = median(rates.get(way)!);
      const appends = Math.round(syncs * count);
      const perSecond = way === ways[0] ? "" : `${Math.round(syncs)} syncs/s`;
      console.log(
        way.name.padEnd(28),
        `${appends} appends/s`.padStart(18),
        perSecond.padStart(14),
        `  × ${(appends / base).toFixed(1)}`,
      );
    }
  }
  for (const way of ways) await way.end();
}

/** Where the pool begins to pay: groups of growing size with 100 µs of other work at hand, which a sync on the main thread puts off. */
async function threshold(): Promise<void> {
  const busy = () => {
    const until = performance.now() + 0.1;
    while (performance.now() < until);
  };
  console.log("\nbytes per group: groups/s with 100 µs of other work each, main / pool (O_DSYNC)");
  for (const bytes of [512, 4096, 16384, 65536, 131072, 262144, 1048576]) {
    const record = new Uint8Array(bytes).fill(7);
    const rates: [number[], number[]] = [[], []];
    const journals = (["main", "pool"] as const).map((sync) => {
      const journal = openFileJournal({ directory: join(root, String(++serial)), tag: "bench", sync });
      journal.replay();
      return journal;
    });
    for (let round = 0; round < rounds; round++) {
      for (const [index, journal] of journals.entries()) {
        const way: Way = {
          name: "",
          group: async () => {
            journal.append([record]);
            const answer = journal.sync();
            busy();
            if (typeof answer !== "number") await answer;
            if (journal.sizeBytes > 200_000_000) journal.snapshot([]);
          },
          end: () => journal.close(),
        };
        rates[index]!.push(await measure(way, []));
      }
    }
    for (const journal of journals) await journal.close();
    const [main, pool] = [median(rates[0]), median(rates[1])];
    console.log(
      String(bytes).padStart(8),
      Math.round(main),
      "/",
      Math.round(pool),
      ` pool × ${(pool / main).toFixed(2)}`,
    );
  }
}

try {
  await waiting();
  await threshold();
} finally {
  fs.rmSync(root, { recursive: true, force: true });
}
