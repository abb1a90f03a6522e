import type { RunResult } from "../types.ts";

/** What makes a run hard to read. */
export interface RunSize {
  readonly steps: number;
  readonly faults: number;
  readonly requests: number;
}

const faults =
  /^(crashes|stops by|restarts|disk|partitions|clogs|pauses|clock|packets (lost|dup|rep|dam)|byzantine)/;

/** The sizes of a run. */
export function sizeOf({ steps, counts, requests }: RunResult): RunSize {
  return {
    steps,
    faults: Object.entries(counts).reduce((sum, [name, count]) => (faults.test(name) ? sum + count : sum), 0),
    requests: Object.values(requests).reduce((sum, { made }) => sum + made, 0),
  };
}

/** One number of the three. */
export const weight = (size: RunSize): number => size.steps + size.faults + size.requests;
