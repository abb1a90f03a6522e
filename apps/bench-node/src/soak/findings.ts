import { descriptorsOf, type Life, memoryOf } from "./samples.ts";
import { grows, type Series, settled, type Trend, trendOf } from "./trend.ts";

/** What became of a quantity of the process that ran from the beginning to the end. */
export interface Finding {
  readonly quantity: "resident bytes" | "descriptors";
  readonly node: string;
  readonly unit: "bytes" | "1";
  /** Over the last two thirds of the run; null: not enough of it. */
  readonly trend: Trend | null;
  /** Growth that is let pass: 5 % of the mean. */
  readonly allowed: number;
  /** `short`: the run was too short to say. */
  readonly verdict: "flat" | "grows" | "short";
}

/** A process that has just started grows into its heap; less than this says nothing. */
export const judgedFromSeconds = 300;
const allowedShare = 0.05;

/** Judges the memory and the descriptors of the one node that ran all the time. */
export function trends(lives: readonly Life[], node: string, endSeconds: number): Finding[] {
  const life = lives.find((one) => one.node === node);
  const finding = (
    quantity: Finding["quantity"],
    unit: Finding["unit"],
    of: (life: Life) => Series,
  ): Finding => {
    const trend = life === undefined ? null : trendOf(settled(of(life), endSeconds));
    const allowed = (trend?.mean ?? 0) * allowedShare;
    const short = trend === null || endSeconds < judgedFromSeconds;
    const verdict = short ? "short" : grows(trend, allowed) ? "grows" : "flat";
    return { quantity, node, unit, trend, allowed, verdict };
  };
  return [finding("resident bytes", "bytes", memoryOf), finding("descriptors", "1", descriptorsOf)];
}

/**
 * What the files of a node may take up: the journal, which is rewritten when it has grown by 256 MiB, with the rewritten one beside
 * it and segments in reserve; two segments of the log (64 MiB each), of which a whole one is dropped when a snapshot has made it
 * needless; snapshots.
 */
export const diskLimitBytes = 512 << 20;

/** What the nodes had on their disks. */
export interface Stored {
  readonly most: { readonly node: string; readonly bytes: number };
  readonly limitBytes: number;
  /** What clients handed in, which every node writes down. */
  readonly handedInBytes: number;
  /** `short`: so little was written that the limit was never in sight. */
  readonly verdict: "bounded" | "exceeded" | "short";
}

/** Judges whether files are given up again. */
export function bounded(stored: ReadonlyMap<string, Series>, handedInBytes: number): Stored {
  let most = { node: "", bytes: 0 };
  for (const [node, { values }] of stored) {
    const bytes = Math.max(0, ...values);
    if (bytes > most.bytes) most = { node, bytes };
  }
  const verdict =
    most.bytes > diskLimitBytes ? "exceeded" : handedInBytes < diskLimitBytes ? "short" : "bounded";
  return { most, limitBytes: diskLimitBytes, handedInBytes, verdict };
}
