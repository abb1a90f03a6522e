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

/** Refuses a list that names a process twice. */
export function mustBeDistinct(field: string, processes: readonly string[]): void {
  const twice = processes.find((process, i) => processes.indexOf(process) !== i);
  if (twice !== undefined)
    throw new PaxosConfigError("duplicate-process", field, "every process once", `"${twice}" twice`);
}
