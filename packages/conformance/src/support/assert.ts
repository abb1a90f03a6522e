/** A case, a vector, a schedule or a script found something that must not be. */
export class ConformanceError extends Error {
  readonly code = "not-conformant";
  /** The sentence that was broken. */
  readonly clause: string;
  constructor(clause: string, what: string) {
    super(`${clause}: ${what}`);
    this.name = "ConformanceError";
    this.clause = clause;
  }
}

/** Text of a value for people: short, one line, bytes as hex. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array)
    return value.length > 16 ? `${hex(value.subarray(0, 16))}… (${value.length} bytes)` : `x${hex(value)}`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "bigint") return `${value}n`;
  if (value !== null && typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, part]) => `${key}: ${show(part)}`)
      .join(", ")}}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Structural equality of plain data, bytes included. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    if (!(a instanceof Uint8Array && b instanceof Uint8Array) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
    return true;
  }
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((part, at) => same(part, b[at]))
    );
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => key in b && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** Refuses unless the condition holds. `what` is made only on failure. */
export function must(clause: string, condition: boolean, what: string | (() => string)): asserts condition {
  if (!condition) throw new ConformanceError(clause, typeof what === "string" ? what : what());
}

export function mustEqual(clause: string, got: unknown, expected: unknown, title: string): void {
  if (!same(got, expected))
    throw new ConformanceError(clause, `"${title}" expected ${show(expected)}, got ${show(got)}`);
}
