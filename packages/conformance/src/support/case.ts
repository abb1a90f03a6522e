/**
 * One case of a suite: data, so that any test runner can run it.
 *
 * @example
 * for (const c of transportCases) test(c.name, () => c.run(subject));
 */
export interface Case<Subject> {
  readonly name: string;
  /** The sentence of the door that the case checks. */
  readonly clause: string;
  /** A feature that not every implementation has; a subject says which ones it has. */
  readonly needs?: string;
  /** Throws (or rejects with) a `ConformanceError` when the subject breaks the clause. */
  run(subject: Subject): Promise<void> | void;
}

/** An implementation that is wrong on purpose: at least one case of its suite must refuse it. */
export interface Twin<Subject> {
  readonly name: string;
  /** What is wrong with it. */
  readonly fault: string;
  readonly subject: Subject;
}

/** Which cases refuse a subject, with their reasons: empty for a conformant one. Cases whose `needs` is not in `features` are left out. */
export async function refusals<Subject>(
  cases: readonly Case<Subject>[],
  subject: Subject,
  features: readonly string[] = [],
): Promise<{ readonly name: string; readonly reason: string }[]> {
  const refused: { name: string; reason: string }[] = [];
  for (const one of cases) {
    if (one.needs !== undefined && !features.includes(one.needs)) continue;
    try {
      await one.run(subject);
    } catch (error) {
      refused.push({ name: one.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return refused;
}
