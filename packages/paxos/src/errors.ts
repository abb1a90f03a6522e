import { type Expr, quorumSystem } from "@eunomia/quorum-algebra";

/** What a configuration got wrong. */
export type PaxosConfigErrorCode =
  | "not-a-leader"
  | "duplicate-process"
  | "too-few-learners"
  | "bad-number"
  | "unknown-acceptor"
  | "quorums-do-not-intersect"
  | "quorums-not-checked";

/** Two quorums of the two phases without a common acceptor. */
export interface DisjointQuorums {
  readonly phase1Quorum: readonly string[];
  readonly phase2Quorum: readonly string[];
}

/** A mistake in a configuration, found when the engine is made. Match `code`; `witness` names two disjoint quorums. */
export class PaxosConfigError extends Error {
  readonly code: PaxosConfigErrorCode;
  readonly field: string;
  readonly witness: DisjointQuorums | null;
  constructor(
    code: PaxosConfigErrorCode,
    field: string,
    expected: string,
    got: string,
    witness: DisjointQuorums | null = null,
  ) {
    super(`"${field}" expected ${expected}, got ${got}`);
    this.name = "PaxosConfigError";
    this.code = code;
    this.field = field;
    this.witness = witness;
  }
}

/** Refuses what is not an integer of at least `min`. */
export function mustBeInteger(field: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min)
    throw new PaxosConfigError("bad-number", field, `an integer of at least ${min}`, String(value));
}

/** Refuses quorums with others than the acceptors in them, and such as are never or always there. */
export function mustBeQuorumOf(field: string, expr: Expr, acceptors: readonly string[]): void {
  const system = quorumSystem(expr);
  const stranger = system.members.find((member) => !acceptors.includes(member));
  if (stranger !== undefined)
    throw new PaxosConfigError("unknown-acceptor", field, "quorums of acceptors", `"${stranger}"`);
  if (!system.has(acceptors) || system.has([]))
    throw new PaxosConfigError(
      "unknown-acceptor",
      field,
      "quorums of some acceptors",
      "one that is never or always there",
    );
}

/** Refuses a list that names a process twice. */
export function mustBeDistinct(field: string, processes: readonly string[]): void {
  const twice = processes.find((process, i) => processes.indexOf(process) !== i);
  if (twice !== undefined)
    throw new PaxosConfigError("duplicate-process", field, "every process once", `"${twice}" twice`);
}
