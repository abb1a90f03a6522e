import { evidenceBytes, type Scheme, type SchemeName, type Spoken, schemeRow } from "@eunomia/engine";
import { PolicyError } from "../errors.ts";
import type { SchemeCost } from "./scheme-costs.ts";

/** One scheme at two principals: one makes evidence, the other checks it. */
export interface SchemePair {
  readonly maker: Scheme;
  readonly checker: Scheme;
}

/** How calibration goes about it. */
export interface CalibrationOptions {
  /** A batch is made longer until it takes this long: 5 ms by default. */
  readonly batchMs?: number;
  /** The median of so many batches counts: 7 by default. */
  readonly batches?: number;
}

const repeatsMax = 65_536;

/**
 * Measures what the schemes cost on this machine: the `costs` of a problem. Schemes and clock are the caller's, as keys and time are.
 *
 * @param now milliseconds with fractions, as `performance.now` gives.
 * @throws PolicyError `shape` for a pair that cannot convince: its figures would be those of failures.
 */
export function calibrate(
  pairs: readonly SchemePair[],
  now: () => number,
  { batchMs = 5, batches = 7 }: CalibrationOptions = {},
): Readonly<Partial<Record<SchemeName, SchemeCost>>> {
  return Object.fromEntries(
    pairs.map(({ maker, checker }) => {
      const statement: Spoken = {
        id: Uint8Array.from({ length: 32 }, (_, at) => at * 7),
        issuer: maker.self,
        audience: [checker.self],
      };
      const evidence = maker.make(statement);
      if (evidence === null || !checker.check(statement, evidence).ok)
        throw new PolicyError("shape", maker.name, "two ends of one scheme with keys of each other", {
          maker: maker.self,
          checker: checker.self,
        });
      const medianUs = (work: () => void): number => median(timed(work, now, batchMs, batches));
      const makeUs = medianUs(() => maker.make(statement));
      const checkUs = medianUs(() => checker.check(statement, evidence));
      return [maker.name, { makeUs, checkUs, bytes: evidenceBytes(schemeRow(maker.name)!) }];
    }),
  );
}

/** Microseconds of one call, once for each batch. The first batches only find out how many calls make one. */
function timed(work: () => void, now: () => number, batchMs: number, batches: number): readonly number[] {
  const batch = (repeats: number): number => {
    const begin = now();
    for (let call = 0; call < repeats; call++) work();
    return now() - begin;
  };
  let repeats = 1;
  while (repeats < repeatsMax && batch(repeats) < batchMs) repeats *= 2;
  return Array.from({ length: batches }, () => (batch(repeats) * 1000) / repeats);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
