import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { checked, type Finding, fail, ok, warn } from "./finding.ts";

const mib = 2 ** 20;
/** Less than this, and the next snapshot may not fit. */
const scarceBytes = 1024 * mib;
const fullBytes = 64 * mib;
/** So many syncs are measured, of so many bytes each. */
const syncs = 32;
const blockBytes = 4096;
/** Every slot waits for a sync. */
const slowMs = 20;

/** How much room is left where a node keeps its data, and how long a sync takes there. */
export const diskFindings = (directory: string): Finding[] => [
  checked("disk room", () => {
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;
    const text = `${Math.floor(free / mib)} MiB free at ${directory}`;
    if (free < fullBytes) return fail("disk room", `${text}: a node stops when its disk is full`);
    return free < scarceBytes
      ? warn("disk room", `${text}: make room, or lower checkpointSlots`)
      : ok("disk room", text);
  }),
  checked("disk sync", () => {
    const times = syncTimes(directory);
    const [median, worst] = [times[syncs >> 1]!, times.at(-1)!];
    const text = `a sync of ${blockBytes} bytes takes ${median.toFixed(2)} ms, at worst ${worst.toFixed(2)} of ${syncs}`;
    return median > slowMs
      ? warn("disk sync", `${text}: every slot waits for one; use a faster disk`)
      : ok("disk sync", text);
  }),
];

/** Milliseconds, ascending. */
function syncTimes(directory: string): number[] {
  const file = join(directory, `doctor-${process.pid}.probe`);
  const handle = openSync(file, "wx", 0o600);
  try {
    const block = new Uint8Array(blockBytes);
    const times = Array.from({ length: syncs }, () => {
      writeSync(handle, block);
      const began = performance.now();
      fsyncSync(handle);
      return performance.now() - began;
    });
    return times.sort((a, b) => a - b);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}
