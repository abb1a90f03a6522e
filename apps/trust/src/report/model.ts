/** Rows under a head. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One part of a report: sentences, then perhaps a table. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly table?: Table;
}

/** A picture of what was asked about; `name` is that of its file, without the ending. */
export interface Picture {
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/**
 * What came of a question: `good`, `bad` (what was hoped for does not hold, as that all quorums meet) or `unknown` (a limit was
 * reached, so nobody should rely on it).
 */
export type Outcome = "good" | "bad" | "unknown";

/** The answer to a question about a file, for people and for programs. */
export interface Report {
  readonly title: string;
  readonly outcome: Outcome;
  /** What matters, most important first. */
  readonly findings: readonly string[];
  readonly sections: readonly Section[];
  /** What the reader of the file did not take over as it stands. */
  readonly notices: readonly string[];
  /** The same as plain data; stakes and counts that may be large are bigint. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Drawn when asked for. */
  pictures(): readonly Picture[];
}

/** The worst of several outcomes. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.includes("bad") ? "bad" : outcomes.includes("unknown") ? "unknown" : "good";
}

/** A report as JSON: large integers as strings, infinities as text, no picture. */
export function reportJson({ title, outcome, findings, notices, data }: Report): string {
  return JSON.stringify({ title, outcome, findings, notices, data }, (_, value: unknown) =>
    typeof value === "bigint"
      ? String(value)
      : typeof value === "number" && !Number.isFinite(value)
        ? String(value)
        : value instanceof Map
          ? Object.fromEntries(value)
          : value,
  );
}
