import { ImportError, type ImportErrorCode, type ImportPlace } from "./errors.ts";

/** Texts beyond this many UTF-16 units are refused before they are looked at. */
const textMax = 64 * 2 ** 20;

/** @throws ImportError `size`; `shape` if it is no string. Answers the text without its byte order mark. */
export function checkedText(text: string): string {
  if (typeof text !== "string") throw new ImportError("shape", {}, "a text", text);
  if (text.length > textMax)
    throw new ImportError("size", {}, `a text of at most ${textMax} units`, text.length);
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/**
 * A value of a JSON text that knows its path, so that whoever expects something else can say where. Numbers are only taken
 * where they are exact.
 */
export class Json {
  readonly value: unknown;
  readonly path: string;
  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** `path` is that of the whole. @throws ImportError `syntax` with line and column where the platform tells them, `size`. */
  static parse(text: string, path = "$"): Json {
    const source = checkedText(text);
    try {
      return new Json(JSON.parse(source), path);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ImportError(
        "syntax",
        { ...placeOf(source, message), ...(path === "$" ? {} : { path }) },
        "JSON",
        message,
      );
    }
  }

  refuse(code: ImportErrorCode, expected: string): ImportError {
    return new ImportError(code, { path: this.path }, expected, this.value);
  }

  get isObject(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  get isArray(): boolean {
    return Array.isArray(this.value);
  }

  /** Absent, or null. */
  get isMissing(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** A field of an object; missing if it is absent. @throws ImportError `shape` if this is no object. */
  at(name: string): Json {
    if (!this.isObject) throw this.refuse("shape", "an object");
    const fields = this.value as Readonly<Record<string, unknown>>;
    const key = /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    return new Json(Object.hasOwn(fields, name) ? fields[name] : undefined, this.path + key);
  }

  /** @throws ImportError `shape` if this is no array, `size` if it has more than `max` entries. */
  items(max = 100_000): readonly Json[] {
    if (!Array.isArray(this.value)) throw this.refuse("shape", "an array");
    if (this.value.length > max) throw this.refuse("size", `at most ${max} entries`);
    return this.value.map((value, i) => new Json(value, `${this.path}[${i}]`));
  }

  /** @throws ImportError `shape` if this is no string that is not empty. */
  text(): string {
    if (typeof this.value !== "string" || this.value === "") throw this.refuse("shape", "a string");
    return this.value;
  }

  /** The string, or undefined where it is missing or empty. @throws ImportError `shape` for anything else. */
  optionalText(): string | undefined {
    return this.isMissing || this.value === "" ? undefined : this.text();
  }

  /** @throws ImportError `shape` unless this is a whole number of at least 0 that is exact. */
  count(): number {
    if (!Number.isSafeInteger(this.value) || (this.value as number) < 0)
      throw this.refuse("shape", "a whole number of at least 0");
    return this.value as number;
  }

  /** A whole number as a string of digits, or as a number that is exact. @throws ImportError `stake`. */
  whole(): bigint {
    if (typeof this.value === "string" && /^-?[0-9]{1,80}$/.test(this.value)) return BigInt(this.value);
    if (typeof this.value === "number" && Number.isSafeInteger(this.value)) return BigInt(this.value);
    throw this.refuse("stake", "a whole number (in quotes if it is 2^53 or more)");
  }
}

/** Platforms word it differently; where the offset is among the words, it becomes a line and a column. */
function placeOf(source: string, message: string): ImportPlace {
  const offset =
    /position (\d+)/.exec(message)?.[1] ?? (/end of (?:JSON )?/.test(message) ? source.length : null);
  if (offset === null) return {};
  const before = source.slice(0, Number(offset));
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
