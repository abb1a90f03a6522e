import { DecodeError, EncodeError, Writer } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import type { Program, StatementType } from "../program/program.ts";
import { writeCore } from "../statement/encoding.ts";
import { ownEvidence, type ReadBundle, readBundle } from "../statement/evidence.ts";
import { contentIdOf, type Hash, statementIdOf } from "../statement/identity.ts";
import type { Core, Id } from "../statement/types.ts";
import { tooDeep } from "../statement/value.ts";
import type { PoolLimits, Refusal } from "./types.ts";

/** A statement that is well-formed, of a known type and of this program; what depends on the state of the pool comes later. */
export interface Arrival {
  readonly id: Id;
  readonly cid: Id;
  readonly core: Core;
  readonly type: StatementType;
  readonly evidence: readonly Evidence[];
}

/** What reads statements of one program. */
export interface ArrivalRules {
  readonly program: Program;
  readonly limits: PoolLimits;
  readonly hash: Hash;
  readonly intern: (text: string) => string;
  readonly count: (name: string) => void;
}

/** Strings that come up in many statements are kept once; the table is bounded, since peers fill it. */
export function internTable(most = 10_000): (text: string) => string {
  const table = new Map<string, string>();
  return (text) => {
    const known = table.get(text);
    if (known !== undefined) return known;
    if (table.size < most) table.set(text, text);
    return text;
  };
}

/** Schemes that one statement can have evidence of. */
const maxSchemes = 16;
/** A bundle may be so many times as long as its statement. */
const evidenceFactor = 16;

function refusalOf({ code, detail }: DecodeError): Refusal {
  switch (code) {
    case "truncated":
      return "TRUNCATED";
    case "non-shortest":
    case "indefinite":
    case "reserved":
    case "order":
    case "trailing":
      return "NOT_CANONICAL";
    case "limit":
      return detail === tooDeep ? "TOO_DEEP" : "TOO_LARGE";
    default:
      return "MALFORMED";
  }
}

/** Reads a bundle that came as bytes. Only the canonical encoding is read, so that nothing has to be encoded again. */
export function readArrival(bytes: Uint8Array, rules: ArrivalRules): Arrival | Refusal {
  const { limits } = rules;
  if (!(bytes instanceof Uint8Array)) return "MALFORMED";
  if (bytes.length > limits.maxCoreBytes * evidenceFactor) return "TOO_LARGE";
  let read: ReadBundle;
  try {
    read = readBundle(bytes, limits.maxCert, limits.maxEvidencePerScheme * maxSchemes, rules.intern);
  } catch (error) {
    if (error instanceof DecodeError) return refusalOf(error);
    throw error;
  }
  return judged(bytes, read, rules);
}

/**
 * The same for a statement that came as a value, such as one that another decoder made: it becomes what its canonical encoding says,
 * and shares nothing with what was given.
 */
export function takeArrival(
  core: Core,
  evidence: readonly Evidence[],
  rules: ArrivalRules,
): Arrival | Refusal {
  const writer = new Writer();
  try {
    writer.arrayHeader(2);
    writeCore(writer, core);
    writer.arrayHeader(0);
  } catch (error) {
    // Values of peers may be anything: whatever cannot be laid is no statement.
    return error instanceof EncodeError && error.expected.includes("nested") ? "TOO_DEEP" : "MALFORMED";
  }
  const arrival = readArrival(writer.finish(), rules);
  if (typeof arrival === "string" || !Array.isArray(evidence)) return arrival;
  return { ...arrival, evidence: takeEvidence(evidence, rules) };
}

/** Evidence that came as values; what is none is counted. */
export function takeEvidence(evidence: readonly Evidence[], { count }: ArrivalRules): readonly Evidence[] {
  const own = evidence.map(ownEvidence);
  for (const one of own) if (one === null) count("evidence malformed");
  return own.filter((one) => one !== null);
}

function judged(
  bytes: Uint8Array,
  read: ReadBundle,
  { program, limits, hash }: ArrivalRules,
): Arrival | Refusal {
  const { core, evidence, coreStart, coreEnd, contentStart, contentEnd } = read;
  if (coreEnd - coreStart > limits.maxCoreBytes) return "TOO_LARGE";
  const type = program.types.get(core.content.type);
  if (type === undefined) return "UNKNOWN_TYPE";
  if (core.content.ctx.manifest !== program.manifest) return "WRONG_MANIFEST";
  if (!type.fits(core.content) || (type.cert.length === 0 && core.cert.length > 0)) return "MALFORMED";
  return {
    id: statementIdOf(bytes.subarray(coreStart, coreEnd), hash),
    cid: contentIdOf(bytes.subarray(contentStart, contentEnd), hash),
    core,
    type,
    evidence,
  };
}
