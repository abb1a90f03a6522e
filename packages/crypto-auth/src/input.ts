import { AuthenticatorError, KeyError } from "./errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/**
 * `domain 00 bytes`: what is signed or hashed in place of bare bytes, so that bytes made for one purpose never serve
 * another. Injective, since a domain holds no zero byte. Throws `KeyError` `bad-domain` for an empty domain or one with
 * a zero in it.
 *
 * @example
 * domainInput("my-app/command/v1", new Uint8Array([1])).length // 19
 */
export function domainInput(domain: string, ...parts: readonly Uint8Array[]): Uint8Array {
  if (domain === "" || domain.includes("\0")) {
    throw new KeyError("bad-domain", "domain", `expected text without U+0000, got ${JSON.stringify(domain)}`);
  }
  return joined(utf8(domain), new Uint8Array(1), ...parts);
}

/** The bytes of the name of a node or a cluster. Names travel with a one-byte length, and two names must never share their bytes. */
export function nameBytes(name: string): Uint8Array {
  const bytes = utf8(name);
  if (bytes.length === 0 || bytes.length > 255 || decoder.decode(bytes) !== name) {
    throw new AuthenticatorError(
      "bad-name",
      name,
      `"name" expected well-formed text of 1 to 255 bytes in UTF-8, got ${JSON.stringify(name)}`,
    );
  }
  return bytes;
}
