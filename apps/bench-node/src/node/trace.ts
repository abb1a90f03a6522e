import { closeSync, openSync, writeSync } from "node:fs";
import type { Delivery } from "@eunomia/aneris-switch";
export interface NodeTrace { delivered(delivery: Delivery): void; restored(slot: number): void; close(): void }
export function openNodeTrace(file: string, node: string): NodeTrace {
  const fd = openSync(file, "a");
  return { delivered: (d) => { writeSync(fd, JSON.stringify({ slot: d.slot, node }) + "\n"); }, restored: () => {}, close: () => closeSync(fd) };
}
