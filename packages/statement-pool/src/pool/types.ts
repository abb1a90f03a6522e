import type { Addressees, PrincipalId } from "@eunomia/codec";
import type { Evidence, Scheme, SchemeName } from "@eunomia/engine";
import type { Program } from "../program/program.ts";
import type { Hash } from "../statement/identity.ts";
import type { Bundle, Core, Id, Quorum } from "../statement/types.ts";
import type { Value } from "../statement/value.ts";

/**
 * What the owner of the pool knows of a statement. Only ever rising: known by reference, bytes that fit, evidence that convinces the
 * owner, evidence that convinces every declared auditor.
 */
export type Status = "unresolved" | "received" | "verified" | "auditable";

/** A statement in the pool. */
export interface Entry {
  readonly id: Id;
  /** Absent while unresolved, as `core`. */
  readonly cid?: Id;
  readonly core?: Core;
  readonly evidence: readonly Evidence[];
  readonly status: Status;
  /** Part of a known equivocation. It was said nevertheless. */
  readonly disputed: boolean;
  /** Order of arrival here. */
  readonly seq: number;
}

/** Why a statement is not let in. Each is counted. */
export type Refusal =
  /** The bytes end too early. */
  | "TRUNCATED"
  /** Another spelling of what has only one. */
  | "NOT_CANONICAL"
  /** No statement, or its body does not fit its type. */
  | "MALFORMED"
  | "TOO_LARGE"
  /** Nested, or referring, too deeply. */
  | "TOO_DEEP"
  | "UNKNOWN_TYPE"
  | "WRONG_MANIFEST"
  | "OLD_EPOCH"
  /** Of an epoch that has not begun. */
  | "FUTURE_EPOCH"
  /** Collected, or older than what was: it can never have an effect again. */
  | "BELOW_WATERMARK"
  | "NOT_ADDRESSED"
  /** The owner has said something else in this slot. */
  | "SLOT_TAKEN"
  /** A slot of the owner's statement goes through references that are not here. */
  | "UNRESOLVED"
  /** Too much that convinces nobody came from this peer, or too much from one issuer. */
  | "QUOTA";

/** What became of a statement. `fresh`: it was not here before. */
export type Admission =
  | { readonly ok: true; readonly id: Id; readonly fresh: boolean; readonly status: Status }
  | { readonly ok: false; readonly why: Refusal };

/** Which statements are meant. */
export interface Pattern {
  readonly type: string;
  readonly issuer?: PrincipalId | { readonly in: readonly PrincipalId[] };
  /** Must be among the declared verifiers. */
  readonly verifier?: PrincipalId;
  /** Must be among the declared auditors, and the statement auditable. */
  readonly auditors?: Addressees;
  readonly atLeast: Status;
  readonly where?: readonly {
    readonly field: string;
    readonly op: "==" | "<" | ">=";
    readonly value: Value;
  }[];
}

/** One content that enough members of a group said. */
export interface Joint {
  readonly cid: Id;
  /** Sorted. */
  readonly issuers: readonly PrincipalId[];
  /** Their statements. */
  readonly ids: readonly Id[];
}

/** What another pool holds, or this one, for merging. */
export interface Snapshot {
  readonly entries: readonly (Bundle & { readonly id: Id })[];
  /** By `watermarkKey`. */
  readonly watermarks: ReadonlyMap<string, bigint>;
}

/** What may be forgotten. */
export interface Cut {
  readonly epochBelow?: number;
  /** By `watermarkKey`: slots with a number below. */
  readonly watermarks?: ReadonlyMap<string, bigint>;
  /** Milliseconds, on the clock of `StatementPool.now`. */
  readonly now: number;
  /** Whether a checkpoint statement of the declared quorum stands for the references to this one. Default: none does. */
  readonly covered?: (id: Id) => boolean;
}

/** Bounds of what is put up with. */
export interface PoolLimits {
  /** 64 KiB. */
  readonly maxCoreBytes: number;
  /** 1024. */
  readonly maxCert: number;
  /** 64: references behind references, as far as they are here when a statement comes. */
  readonly maxReferenceDepth: number;
  /** 16. */
  readonly maxEvidencePerScheme: number;
  /** 1024 statements that convince nobody yet, for each peer that brought them. */
  readonly maxReceivedPerPeer: number;
  /** 100 000 statements of one issuer. */
  readonly maxPerIssuer: number;
  /** 1: epochs ahead of the current one. */
  readonly maxEpochsAhead: number;
}

/** The port to the write-ahead log. A `Journal` is one. */
export interface PoolLog {
  /** Buffers records in order; answers the position after the last one. */
  append(records: readonly Uint8Array[]): number;
}

export interface PoolOptions {
  readonly owner: PrincipalId;
  readonly program: Program;
  /** Those of the owner. Evidence of other schemes is kept for others and convinces nobody here. */
  readonly schemes: readonly Scheme[];
  /** Where the owner's statements are written before their evidence is made. Without one the pool only listens. */
  readonly log?: PoolLog;
  /** What was durable in the log, oldest first. [none] */
  readonly records?: readonly Uint8Array[];
  /** The current one. [0] */
  readonly epoch?: number;
  /** Whom evidence for ANYONE is made for, where it is made for each by name. [none] */
  readonly principals?: readonly PrincipalId[];
  /** Groups that evidence may speak for. [those of joint statements only] */
  readonly groups?: readonly Quorum[];
  /** Notaries whose word is taken for who said what. [none] */
  readonly trusts?: readonly PrincipalId[];
  /** Statements between others that are kept for passing on. [none] */
  readonly relays?: (core: Core) => boolean;
  /** By which schemes a statement of the owner is backed. [all that make something] */
  readonly issueWith?: (core: Core) => readonly SchemeName[];
  /** How long statements with auditors stay after they came. [for ever] */
  readonly retentionMs?: number;
  readonly limits?: Partial<PoolLimits>;
  /** SHA-256. [a portable one] */
  readonly hash?: Hash;
}
