const latin = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** Bytes as a string of the same length: what maps can take as a key. */
export const textOf = latin;

/** The bytes of such a string. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * One text for equal plain data, whatever the order of fields: for values without a schema, such as observations and what
 * guards find. Bytes, bigints and missing fields are told apart from everything else.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined) return "?";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof Uint8Array) return `b${JSON.stringify(latin(value))}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalText(field)}`).join()}}`;
}

/** Plain data in one short line: bytes in hexadecimal digits, fields without quotes. */
export function shortText(value: unknown): string {
  if (value instanceof Uint8Array)
    return `0x${[...value].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  if (value === null || typeof value !== "object") return canonicalText(value);
  if (Array.isArray(value)) return `[${value.map(shortText).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([name, field]) => `${name}: ${shortText(field)}`)
    .join(", ")}}`;
}

/** Whatever a caller may have given, in one short line. */
export function anyText(value: unknown): string {
  if (value === undefined || ["number", "function", "symbol"].includes(typeof value)) return String(value);
  if (value instanceof Promise) return "a promise";
  try {
    return shortText(value);
  } catch {
    // Only data that goes round in a circle has no text.
    return String(value);
  }
}
