import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding } from "@eunomia/engine";
import type { Testimony } from "../algebra/derive.ts";
import type { Core, Id } from "../statement/types.ts";
import type { Entry, Status } from "./types.ts";

/** An entry with bytes, as the pool itself sees it. */
export interface Held extends Entry, Testimony {
  readonly cid: Id;
  readonly core: Core;
  /** The individual or the group, by name. */
  readonly issuer: PrincipalId | Id;
  readonly evidence: Evidence[];
  /** Beside `evidence`; null: nothing here can look at it. */
  readonly findings: (Finding | null)[];
  status: Status;
  disputed: boolean;
  /** Null: its type has none, or it is not known yet. */
  slot: Id | null;
  readonly refs: readonly Id[];
  /** How deep references go from here, as far as they were here when it came. */
  readonly depth: number;
  /** Who brought it, while it counts for that peer's quota; null: it does not. */
  owedBy: PrincipalId | null;
  /** On the clock of the pool. */
  readonly arrivedAt: number;
}

const order: Readonly<Record<Status, number>> = { unresolved: 0, received: 1, verified: 2, auditable: 3 };

/** Whether a status is at least this one. */
export const reaches = (status: Status, atLeast: Status): boolean => order[status] >= order[atLeast];
