import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeBodyDigest, readTrace, TraceWriter } from "../src/file.ts";
import { bodyDigests, deliverEvent, formatJudgement, judge, type TraceEvent } from "../src/index.ts";

// A client sends `commands` bodies of 100 bytes in turn for 16 sessions; six processes (four nodes, two subscribers) deliver
// them in slots of `perSlot`. The judge against sets of id strings that check P1 and P2 alone, which is what one would write first.
const commands = Number(process.argv[2] ?? 200_000);
const perSlot = Number(process.argv[3] ?? 200);
const sessions = 16;
const processes = ["n1", "n2", "n3", "n4", "s1", "s2"];
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const cpuMs = (): number => (({ user, system }) => (user + system) / 1000)(process.cpuUsage());

const vector = new Uint8Array(100 * perSlot);
const view = new DataView(vector.buffer);
const bodies = Array.from({ length: perSlot }, (_, index) => vector.subarray(100 * index, 100 * index + 100));
const files = [join(folder, "client"), ...processes.map((who) => join(folder, who))];
const writers = files.map((file) => new TraceWriter(file));
let writeMs = 0;
let slot = 0;
for (let done = 0; done < commands; done += perSlot) {
  slot += 1;
  for (let index = 0; index < perSlot; index += 1) view.setUint32(100 * index, done + index);
  // Runs of at most 8: what a batch looks like when several sessions send at once.
  const entries = bodies.map((_, index) => {
    const number = done + index;
    const client = Math.floor(number / 8) % sessions;
    const seq = Math.floor(number / (8 * sessions)) * 8 + (number % 8) + 1;
    return { kind: "command" as const, client, seq, bodyStart: 100 * index, end: 100 * index + 100 };
  });
  for (let index = 0; index < perSlot; index += 8) {
    const { client, seq } = entries[index]!;
    const digests = bodyDigests(bodies.slice(index, index + 8), nodeBodyDigest);
    writers[0]!.write({ kind: "broadcast", at: slot, who: "client", client, seq, digests });
  }
  for (const [index, who] of processes.entries()) {
    const from = cpuMs();
    const event = deliverEvent(
      slot,
      who,
      { slot, epoch: 0, protocol: "paxos", vector },
      entries,
      nodeBodyDigest,
    );
    writers[index + 1]!.write(event);
    writeMs += cpuMs() - from;
  }
}
writers[0]!.write({ kind: "quiesced", at: slot });
for (const writer of writers) writer.close();
const delivered = slot * perSlot * processes.length;
const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
console.log(
  `written: ${((1e6 * writeMs) / delivered).toFixed(0)} ns and ${(bytes / delivered).toFixed(1)} bytes per delivered command`,
);
let from = cpuMs();
for (let round = 0; round < 100; round += 1) for (const body of bodies) nodeBodyDigest(body);
console.log(`of which digest: ${((1e6 * (cpuMs() - from)) / (100 * perSlot)).toFixed(0)} ns`);

from = cpuMs();
const judgement = await judge(files.map((file) => readTrace(file)));
const judgeMs = cpuMs() - from;
console.log(formatJudgement(judgement));
if (!judgement.ok) throw new Error("a good run was refused");
console.log(
  `judged in ${(judgeMs / 1000).toFixed(1)} s of CPU, resident at most ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
);

if (process.argv[4] !== "alone") {
  from = cpuMs();
  const ids = (client: number, seq: number, digests: string, at: number) =>
    `${client}:${seq}:${digests.slice(at, at + 16)}`;
  const sent = new Set<string>();
  for await (const event of readTrace(files[0]!) as AsyncIterable<TraceEvent>)
    if (event.kind === "broadcast")
      for (let k = 0; 16 * k < event.digests.length; k += 1)
        sent.add(ids(event.client, event.seq + k, event.digests, 16 * k));
  for (const file of files.slice(1)) {
    const seen = new Set<string>();
    for await (const event of readTrace(file)) {
      if (event.kind !== "deliver") continue;
      let index = 0;
      for (let at = 0; at < event.runs.length; at += 3)
        for (let k = 0; k < event.runs[at + 2]!; k += 1, index += 16) {
          const id = ids(event.runs[at]!, event.runs[at + 1]! + k, event.digests, index);
          if (!sent.has(id) || seen.has(id)) throw new Error(id);
          seen.add(id);
        }
    }
  }
  const setsMs = cpuMs() - from;
  console.log(
    `sets of id strings, P1 and P2 only: ${(setsMs / judgeMs).toFixed(2)} times the CPU of the judge`,
  );
}
rmSync(folder, { recursive: true });
