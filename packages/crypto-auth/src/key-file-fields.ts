import { DecodeError, fromHex } from "@eunomia/codec";
import { KeyError } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The object that the text holds. No message quotes the text, since it holds a secret. */
export function jsonObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyError("not-json", "text", `expected JSON, got ${text.length} characters that are not`);
  }
  return objectOf(value, "text");
}

export function objectOf(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new KeyError("wrong-shape", name, "expected a JSON object");
}

/** Format and version first: whatever else is in the file may be of another release. */
export function expectFormat(file: Fields, format: string, version: number): void {
  const got = textField(file, "format");
  if (got !== format) throw new KeyError("wrong-shape", "format", `expected "${format}", got "${got}"`);
  if (file.version === version) return;
  throw new KeyError(
    "other-version",
    "version",
    `expected ${version}, got ${JSON.stringify(file.version) ?? "nothing"}. Use a release that knows it`,
  );
}

export function expectOnly(file: Fields, names: readonly string[]): void {
  const surplus = Object.keys(file).find((name) => !names.includes(name));
  if (surplus !== undefined)
    throw new KeyError("wrong-shape", surplus, `expected only the fields ${names.join(", ")}`);
}

export function textField(file: Fields, name: string): string {
  const value = file[name];
  if (typeof value === "string") return value;
  const got = value === undefined ? "nothing" : typeof value;
  throw new KeyError("wrong-shape", name, `expected text, got ${got}`);
}

export function hexField(file: Fields, name: string): Uint8Array {
  try {
    return fromHex(textField(file, name));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new KeyError("bad-hex", name, "expected lower-case hexadecimal digits, two per byte");
  }
}

export function expectSame(field: string, got: string, derived: string): void {
  if (got !== derived)
    throw new KeyError("mismatch", field, `expected ${derived}, which belongs to the secret, got ${got}`);
}
