import { schemeRow } from "@eunomia/engine";

/** What evidence of a scheme takes: to make one piece, to check one, and on the wire. */
export interface SchemeCost {
  /** Microseconds of processor time. */
  readonly makeUs: number;
  readonly checkUs: number;
  /** Of a MAC vector: for each receiver. */
  readonly bytes: number;
}

/** Bytes around a body on the wire. */
export const headerBytes = 96;
/** Microseconds to forward one message. */
export const forwardUs = 5;
/** Microseconds to add one signature to an aggregate. */
export const aggregateUs = 120;
/** Bytes that say whose signature comes next in a list. */
export const indexBytes = 2;

const cost = (makeUs: number, checkUs: number, scheme: string): SchemeCost => {
  const { constant, linear } = schemeRow(scheme)!.bytes;
  return { makeUs, checkUs, bytes: constant + linear };
};

/**
 * Costs for a first answer, rounded from one machine (2-core AMD EPYC, Node 20.20, OpenSSL 3.0, statements of 256 bytes): orders of
 * magnitude. `calibrate` measures those of another one.
 */
export const defaultCosts: Readonly<Record<string, SchemeCost>> = {
  "HMAC-SHA256": cost(3, 3, "HMAC-SHA256"),
  Ed25519: cost(35, 95, "Ed25519"),
  secp256k1: cost(340, 330, "secp256k1"),
  "RSA-PSS": cost(1_800, 50, "RSA-PSS"),
  BLS: cost(9_000, 30_000, "BLS"),
  "BLS-THRESHOLD": cost(9_000, 30_000, "BLS-THRESHOLD"),
};
