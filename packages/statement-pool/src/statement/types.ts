import type { Addressees, PrincipalId } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import type { Expr } from "@eunomia/quorum-algebra";
import type { Value } from "./value.ts";

/** 64 lower-case hexadecimal digits: SHA-256 of what it names. */
export type Id = string;

/** A group of principals: a quorum expression whose leaves are principal ids. */
export type Quorum = Expr;

/** Where a statement belongs: two contents in different contexts are never the same. */
export interface Ctx {
  /** Of the program that declares the types: whoever knows it knows what counts as equivocation. */
  readonly manifest: Id;
  readonly epoch: number;
  readonly instance: Uint8Array;
}

/** What is said. */
export interface Content {
  readonly type: string;
  readonly ctx: Ctx;
  readonly body: readonly Value[];
}

/** Who says it, to whom, and whom those may later convince. Evidence is no part of it. */
export interface Core {
  readonly v: 1;
  /** A group only for joint statements. */
  readonly issuer: PrincipalId | Quorum;
  readonly verifiers: Addressees;
  readonly auditors: Addressees;
  readonly content: Content;
  /** Justification: ids, strictly ascending. */
  readonly cert: readonly Id[];
}

/** A statement with what backs it. */
export interface Bundle {
  readonly core: Core;
  readonly evidence: readonly Evidence[];
}
