/** What was got wrong. */
export type JointErrorCode =
  /** A number outside of its range. */
  | "number"
  /** A chain that is named twice, is not there, or is alone. */
  | "chain"
  /** No agreement can be promised for two chains: `witness` has quorums without a common member, if there are such. */
  | "no-agreement";

/** A mistake in a configuration or a graph, found before anything runs. Match `code`; the data stand beside it. */
export class JointError extends Error {
  readonly code: JointErrorCode;
  readonly field: string;
  /** For `no-agreement`. */
  readonly witness: NoAgreement | null;
  constructor(
    code: JointErrorCode,
    field: string,
    expected: string,
    got: string,
    witness: NoAgreement | null = null,
  ) {
    super(`"${field}" expected ${expected}, got ${got}`);
    this.name = "JointError";
    this.code = code;
    this.field = field;
    this.witness = witness;
  }
}

/** Two chains that nothing obliges to agree, even when every validator is safe. */
export interface NoAgreement {
  readonly a: string;
  readonly b: string;
  /** A quorum of each, without a common member; null: their quorums meet, but the graph has no label that asks for agreement. */
  readonly quorums: readonly [readonly string[], readonly string[]] | null;
}

/** Refuses what is not an integer from `min` to `max`. */
export function mustBeInteger(
  field: string,
  value: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new JointError("number", field, `an integer from ${min} to ${max}`, String(value));
}
