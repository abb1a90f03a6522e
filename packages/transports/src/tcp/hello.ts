import { isName } from "./options.ts";
import { type Objection, speaksFor, type TcpCertificate } from "./tls.ts";

/** Longest payload before the hellos are exchanged. */
export const maxHelloBytes = 1024;
const magic = Buffer.from("EUNO", "latin1");
const version = 1;
const helloKind = 1;
const refusalKind = 2;
const maxRefusalCharacters = 400;
const strictText = new TextDecoder("utf-8", { fatal: true });
const looseText = new TextDecoder("utf-8");

/** What both sides say first. */
export interface Hello {
  readonly cluster: string;
  readonly id: string;
  /** What frames mean to the sender. */
  readonly dialect: string;
  /** The sender of this hello accepts no longer frames. */
  readonly maxFrameBytes: number;
}

export type Greeting =
  | { readonly kind: "hello"; readonly hello: Hello }
  | { readonly kind: "refusal"; readonly detail: string }
  | { readonly kind: "bad"; readonly reason: "handshake: not our protocol" | "handshake: malformed" }
  | { readonly kind: "bad"; readonly reason: "handshake: another version"; readonly version: number };

/**
 * Layout of a payload: magic `EUNO`, version, kind, and for a hello: longest frame (4 bytes), cluster and id (each one byte of
 * length and UTF-8), and the dialect in the same form unless it is empty; for a refusal: UTF-8 until the end. Refusals keep this layout in every version, so that all can read them.
 */
export function encodeHello(hello: Hello): Buffer {
  const limit = Buffer.alloc(4);
  limit.writeUInt32BE(hello.maxFrameBytes);
  const { cluster, id, dialect } = hello;
  const end = dialect === "" ? [] : [shortText(dialect)];
  return framed(helloKind, limit, shortText(cluster), shortText(id), ...end);
}

export function encodeRefusal(detail: string): Buffer {
  return framed(refusalKind, Buffer.from(detail.slice(0, maxRefusalCharacters), "utf8"));
}

/** Never throws, whatever the bytes. */
export function readGreeting(payload: Uint8Array): Greeting {
  if (payload.length < 6 || magic.some((byte, at) => payload[at] !== byte))
    return { kind: "bad", reason: "handshake: not our protocol" };
  if (payload[5] === refusalKind) return { kind: "refusal", detail: printable(payload.subarray(6)) };
  if (payload[4] !== version)
    return { kind: "bad", reason: "handshake: another version", version: payload[4]! };
  const hello = payload[5] === helloKind ? readHello(payload.subarray(6)) : null;
  return hello === null ? { kind: "bad", reason: "handshake: malformed" } : { kind: "hello", hello };
}

/**
 * Why the sender of a well-formed hello is not welcome here; null if it is. `dialledId` is null for an accepted connection,
 * `certificate` without TLS.
 */
export function objectionTo(
  hello: Hello,
  ours: { readonly self: string; readonly cluster: string; readonly dialect: string },
  dialledId: string | null,
  certificate: TcpCertificate | null,
): Objection | null {
  if (hello.cluster !== ours.cluster)
    return {
      reason: "handshake: another cluster",
      detail: `this is cluster "${ours.cluster}", got "${hello.cluster}"`,
    };
  if (hello.dialect !== ours.dialect)
    return {
      reason: "handshake: another dialect",
      detail: `this node speaks "${ours.dialect}", got "${hello.dialect}"`,
    };
  if (dialledId !== null && hello.id !== dialledId)
    return {
      reason: "handshake: not the dialled peer",
      detail: `dialled "${dialledId}", but "${hello.id}" answered`,
    };
  if (hello.id === ours.self)
    return { reason: "handshake: our own id", detail: `"${ours.self}" is this node itself` };
  if (certificate === null) return null;
  const { cluster, role, name } = certificate;
  if (cluster === hello.cluster && speaksFor(certificate, hello.id)) return null;
  return {
    reason: "handshake: not the certified id",
    detail: `"${hello.id}" of cluster "${hello.cluster}", but certified is ${role} "${name}" of cluster "${cluster}"`,
  };
}

function readHello(body: Uint8Array): Hello | null {
  if (body.length < 6) return null;
  const maxFrameBytes = new DataView(body.buffer, body.byteOffset).getUint32(0);
  const texts: string[] = [];
  let at = 4;
  while (at < body.length) {
    const end = at + 1 + body[at]!;
    const text = end > body.length ? null : textOf(body.subarray(at + 1, end));
    if (text === null) return null;
    texts.push(text);
    at = end;
  }
  const [cluster, id, dialect] = texts;
  if (cluster === undefined || id === undefined || texts.length > 3) return null;
  if (!isName(cluster, 0) || !isName(id, 1) || (dialect !== undefined && !isName(dialect, 1))) return null;
  return { cluster, id, dialect: dialect ?? "", maxFrameBytes };
}

function framed(kind: number, ...parts: Buffer[]): Buffer {
  const payload = Buffer.concat([magic, Buffer.of(version, kind), ...parts]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return strictText.decode(bytes);
  } catch {
    return null;
  }
}

/** A peer's text goes to a log: no control characters, and not too long. */
function printable(bytes: Uint8Array): string {
  return looseText
    .decode(bytes)
    .slice(0, maxRefusalCharacters)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ");
}
