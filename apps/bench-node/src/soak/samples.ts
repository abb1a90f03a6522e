import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Series } from "./trend.ts";

/** What one process used, from its start to its end. */
export interface Life {
  readonly node: string;
  readonly pid: number;
  readonly at: number[];
  readonly residentBytes: number[];
  readonly descriptors: number[];
}

const pageBytes = 4096;

/** What the system says of a process; null: there is none, or the system says nothing of processes. */
function usageOf(pid: number): { readonly residentBytes: number; readonly descriptors: number } | null {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { residentBytes: pages * pageBytes, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null; // It ended meanwhile.
  }
}

/** What the files of a folder take up. One that goes away meanwhile takes up nothing. */
function bytesIn(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
      if (entry.isFile() && entry.name !== ballastName)
        bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return bytes;
}

/** The file that a full disk is full of; no data of a node. */
export const ballastName = "ballast";

/** Memory and descriptors of processes, and the bytes in the folders of nodes, once a moment. */
export class Samples {
  readonly lives: Life[] = [];
  /** Bytes of journal, log and snapshots of each node. */
  readonly stored = new Map<string, { readonly at: number[]; readonly values: number[] }>();

  take(at: number, node: string, pid: number): void {
    const usage = usageOf(pid);
    if (usage === null) return;
    let life = this.lives.find((one) => one.pid === pid && one.node === node);
    if (life === undefined) {
      life = { node, pid, at: [], residentBytes: [], descriptors: [] };
      this.lives.push(life);
    }
    life.at.push(at);
    life.residentBytes.push(usage.residentBytes);
    life.descriptors.push(usage.descriptors);
  }

  takeFolder(at: number, node: string, folder: string): void {
    const series = this.stored.get(node) ?? { at: [], values: [] };
    this.stored.set(node, series);
    series.at.push(at);
    series.values.push(bytesIn(folder));
  }
}

export const memoryOf = ({ at, residentBytes }: Life): Series => ({ at, values: residentBytes });
export const descriptorsOf = ({ at, descriptors }: Life): Series => ({ at, values: descriptors });
