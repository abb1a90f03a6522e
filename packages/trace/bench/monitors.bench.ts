import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BroadcastEvent,
  broadcastMonitors,
  readTrace,
  TraceWriter,
  vectorDigest,
  verdicts,
} from "../src/index.ts";

// Three replicas deliver the same slots of 1000 commands; the monitors against a Set of ids per replica, which is what one
// would write first.
const slots = 300;
const perSlot = 1000;
const digest = vectorDigest(new Uint8Array(8 * perSlot).fill(0xab));
const events: BroadcastEvent[] = [];
for (let slot = 1; slot <= slots; slot += 1) {
  const seq = (slot - 1) * perSlot + 1;
  events.push({ at: slot, k: "broadcast", who: "c1", seq, bodies: "ab".repeat(8 * perSlot) });
  for (const who of ["r0", "r1", "r2"])
    events.push({
      at: slot,
      k: "deliver",
      who,
      slot,
      epoch: 0,
      proto: "paxos",
      vec: { runs: ["c1", seq, perSlot], digest },
    });
}
events.push({ at: slots, k: "quiesced" });

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const path = join(folder, "t.jsonl");
let from = performance.now();
const writer = new TraceWriter(path);
for (const event of events) writer.write(event);
writer.close();
const writeMs = performance.now() - from;

from = performance.now();
const monitors = broadcastMonitors();
let lines = 0;
for await (const event of readTrace(path)) {
  lines += 1;
  for (const monitor of monitors) monitor.feed(event);
}
const said = verdicts(monitors, true);
const monitorMs = performance.now() - from;
if (said.some(({ kind }) => kind !== "ok")) throw new Error(JSON.stringify(said));

from = performance.now();
const sets = new Map<string, Set<string>>();
const sent = new Set<string>();
for await (const event of readTrace(path)) {
  if (event.k === "broadcast") for (let k = 0; k < perSlot; k += 1) sent.add(`${event.who}:${event.seq + k}`);
  if (event.k !== "deliver") continue;
  const seen = sets.get(event.who) ?? new Set<string>();
  sets.set(event.who, seen);
  for (let k = 0; k < perSlot; k += 1) {
    const id = `${event.vec.runs[0]}:${Number(event.vec.runs[1]) + k}`;
    if (seen.has(id) || !sent.has(id)) throw new Error(id);
    seen.add(id);
  }
}
const setsMs = performance.now() - from;

const entries = 3 * slots * perSlot;
console.log(
  `${lines} lines, ${(statSync(path).size / lines).toFixed(0)} bytes each, written in ${writeMs.toFixed(0)} ms`,
);
console.log(`all monitors: ${(entries / monitorMs / 1000).toFixed(2)} million delivered entries per second`);
console.log(
  `sets of ids (P1 and P2 only): ${(entries / setsMs / 1000).toFixed(2)} million per second; ratio ${(setsMs / monitorMs).toFixed(2)}`,
);
rmSync(folder, { recursive: true });
