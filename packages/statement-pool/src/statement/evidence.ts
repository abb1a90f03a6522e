import {
  DecodeError,
  EncodeError,
  type PrincipalId,
  PrincipalRef,
  Reader,
  toHex,
  Writer,
} from "@eunomia/codec";
import type { Evidence, SignatureScheme } from "@eunomia/engine";
import { type Intern, type ReadCore, readCore, writeCore } from "./encoding.ts";
import type { Bundle } from "./types.ts";

const signatures: ReadonlySet<string> = new Set<SignatureScheme>([
  "Ed25519",
  "secp256k1",
  "BIP-340",
  "RSA-PSS",
  "BLS",
]);
/** A notary's word stands on a signature, not on another notary. */
const maxNotaries = 1;

const refuse = (expected: string, got: string): never => {
  throw new EncodeError({ path: "", expected, got });
};

function writeIds(writer: Writer, ids: readonly PrincipalId[]): void {
  writer.arrayHeader(ids.length);
  for (const id of ids) PrincipalRef.write(id, writer);
}

function writeTags(writer: Writer, tags: ReadonlyMap<PrincipalId, Uint8Array>): void {
  const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
  writer.arrayHeader(sorted.length);
  for (const [id, tag] of sorted) {
    writer.arrayHeader(2);
    PrincipalRef.write(id, writer);
    writer.bytes(tag);
  }
}

/** Lays evidence. Throws `EncodeError` for what is none, and for that of a local channel, which does not travel. */
export function writeEvidence(writer: Writer, evidence: Evidence, notaries = 0): void {
  const head = (count: number): void => {
    writer.arrayHeader(count + 1);
    writer.text(evidence.scheme);
  };
  switch (evidence.scheme) {
    case "HMAC-SHA256":
    case "HMAC-SHA1":
      head(1);
      return writeTags(writer, evidence.tags);
    case "HMAC-GROUP":
      head(2);
      PrincipalRef.write(evidence.group, writer);
      return writer.bytes(evidence.tag);
    case "BLS-AGG":
      head(3);
      writeIds(writer, evidence.members);
      writer.bytes(evidence.bitmap);
      return writer.bytes(evidence.sig);
    case "BLS-THRESHOLD":
    case "FROST-ED25519":
      head(2);
      PrincipalRef.write(evidence.group, writer);
      return writer.bytes(evidence.sig);
    case "MAC-MATRIX":
      head(2);
      writeIds(writer, evidence.servers);
      return writer.bytes(evidence.tags);
    case "TTP":
      if (notaries >= maxNotaries) refuse("a notary that signs by itself", "a notary of a notary");
      head(3);
      PrincipalRef.write(evidence.notary, writer);
      writer.uint(evidence.time);
      return writeEvidence(writer, evidence.by, notaries + 1);
    case "LOCAL":
      return refuse("evidence that can travel", "that of a local channel");
    default:
      if (!signatures.has(evidence.scheme)) refuse("evidence", "an unknown scheme");
      head(2);
      PrincipalRef.write(evidence.signer, writer);
      writer.bytes(evidence.sig);
  }
}

const readId = (reader: Reader): PrincipalId => PrincipalRef.read(reader);
const readBytes = (reader: Reader): Uint8Array => reader.bytes().slice();

function readIds(reader: Reader): PrincipalId[] {
  return Array.from({ length: reader.arrayHeader() }, () => readId(reader));
}

function readTags(reader: Reader): Map<PrincipalId, Uint8Array> {
  const tags = new Map<PrincipalId, Uint8Array>();
  let last = "";
  for (let left = reader.arrayHeader(); left > 0; left--) {
    reader.arrayOf(2);
    const at = reader.offset;
    const id = readId(reader);
    if (id <= last) reader.fail("order", "not after its predecessor", at);
    last = id;
    tags.set(id, readBytes(reader));
  }
  return tags;
}

/** Reads canonical evidence. Throws `DecodeError` and nothing else. */
export function readEvidence(reader: Reader, notaries = 0): Evidence {
  const start = reader.offset;
  const count = reader.arrayHeader();
  const scheme = reader.text() as Evidence["scheme"];
  const fields = (expected: number): void => {
    if (count !== expected + 1)
      throw new DecodeError("length", start, `expected ${expected + 1} items, got ${count}`);
  };
  switch (scheme) {
    case "HMAC-SHA256":
    case "HMAC-SHA1":
      fields(1);
      return { scheme, tags: readTags(reader) };
    case "HMAC-GROUP":
      fields(2);
      return { scheme, group: readId(reader), tag: readBytes(reader) };
    case "BLS-AGG":
      fields(3);
      return { scheme, members: readIds(reader), bitmap: readBytes(reader), sig: readBytes(reader) };
    case "BLS-THRESHOLD":
    case "FROST-ED25519":
      fields(2);
      return { scheme, group: readId(reader), sig: readBytes(reader) };
    case "MAC-MATRIX":
      fields(2);
      return { scheme, servers: readIds(reader), tags: readBytes(reader) };
    case "TTP":
      fields(3);
      if (notaries >= maxNotaries) reader.fail("limit", "a notary of a notary", start);
      return { scheme, notary: readId(reader), time: reader.uint(), by: readEvidence(reader, notaries + 1) };
    default:
      if (!signatures.has(scheme)) reader.fail("tag", "a scheme that does not travel", start);
      fields(2);
      return { scheme: scheme as SignatureScheme, signer: readId(reader), sig: readBytes(reader) };
  }
}

/** Frozen, with nothing but plain fields. */
function isFixed(value: object): boolean {
  const fields = Object.values(Object.getOwnPropertyDescriptors(value));
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.isFrozen(value) &&
    fields.every((field) => typeof field.value === "string")
  );
}

/** Evidence that came as a value, made anew from its encoding, so that nobody else holds it; null: it is none. */
export function ownEvidence(evidence: Evidence): Evidence | null {
  try {
    // A scheme may know its host's word by the object itself; one that nobody can change needs no copy.
    if (evidence.scheme === "LOCAL" && isFixed(evidence)) return evidence;
    if (evidence.scheme === "LOCAL")
      return { scheme: "LOCAL", from: PrincipalRef.check(evidence.from, 0) ? "" : evidence.from };
    const writer = new Writer();
    writeEvidence(writer, evidence);
    return readEvidence(new Reader(writer.finish()));
  } catch {
    // Evidence of a peer may be any value, with getters and all: what cannot be laid is none.
    return null;
  }
}

/** Tells evidence apart: the same bytes, the same key. */
export function evidenceKey(evidence: Evidence): string {
  if (evidence.scheme === "LOCAL") return `LOCAL ${evidence.from}`;
  const writer = new Writer();
  writeEvidence(writer, evidence);
  return toHex(writer.finish());
}

/**
 * A statement with its evidence, as it travels: `[core, [evidence, …]]`. Evidence of local channels stays at home.
 *
 * @throws EncodeError for what is none.
 */
export function encodeBundle({ core, evidence }: Bundle): Uint8Array {
  const writer = new Writer();
  const travels = evidence.filter(({ scheme }) => scheme !== "LOCAL");
  writer.arrayHeader(2);
  writeCore(writer, core);
  writer.arrayHeader(travels.length);
  for (const one of travels) writeEvidence(writer, one);
  return writer.finish();
}

/** A bundle as it was read. `coreStart` and `coreEnd` bound the statement in the input. */
export interface ReadBundle extends ReadCore {
  readonly evidence: readonly Evidence[];
  readonly coreStart: number;
  readonly coreEnd: number;
}

/** Reads a bundle from its canonical bytes. Throws `DecodeError` and nothing else. */
export function readBundle(
  bytes: Uint8Array,
  maxCert: number,
  maxEvidence: number,
  intern?: Intern,
): ReadBundle {
  const reader = new Reader(bytes);
  reader.arrayOf(2);
  const coreStart = reader.offset;
  const read = readCore(reader, maxCert, intern);
  const coreEnd = reader.offset;
  const at = reader.offset;
  const count = reader.arrayHeader();
  if (count > maxEvidence) reader.fail("limit", `more than ${maxEvidence} pieces of evidence`, at);
  const evidence: Evidence[] = [];
  for (let left = count; left > 0; left--) evidence.push(readEvidence(reader));
  reader.end();
  return { ...read, evidence, coreStart, coreEnd };
}

/**
 * A bundle from its canonical bytes.
 *
 * @throws DecodeError for everything else.
 */
export function decodeBundle(bytes: Uint8Array): Bundle {
  const { core, evidence } = readBundle(bytes, 1024, 256);
  return { core, evidence };
}
