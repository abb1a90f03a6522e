import type { PoolLimits } from "./types.ts";

/** What holds where a pool is not told otherwise. */
export const defaultLimits: PoolLimits = {
  maxCoreBytes: 65_536,
  maxCert: 1024,
  maxReferenceDepth: 64,
  maxEvidencePerScheme: 16,
  maxReceivedPerPeer: 1024,
  maxPerIssuer: 100_000,
  maxEpochsAhead: 1,
};
