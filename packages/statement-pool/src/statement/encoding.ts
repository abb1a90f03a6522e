import { type Addressees, DecodeError, PrincipalRef, type Reader, toHex, Writer } from "@eunomia/codec";
import { exprSchemaOf } from "@eunomia/quorum-algebra";
import type { Content, Core, Id, Quorum } from "./types.ts";
import { readValue, type Value, writeValue } from "./value.ts";

/** Quorum expressions over principals: the leaves are 32 bytes on the wire. */
export const quorumSchema = exprSchemaOf(PrincipalRef);

function writeAddressees(writer: Writer, addressees: Addressees): void {
  if (addressees === "ANYONE") {
    writer.bool(true);
    return;
  }
  writer.arrayHeader(addressees.length);
  for (const id of addressees) PrincipalRef.write(id, writer);
}

/** `[type, [manifest, epoch, instance], body]` */
function writeContent(writer: Writer, { type, ctx, body }: Content): void {
  writer.arrayHeader(3);
  writer.text(type);
  writer.arrayHeader(3);
  PrincipalRef.write(ctx.manifest, writer);
  writer.uint(ctx.epoch);
  writer.bytes(ctx.instance);
  writeValue(writer, body);
}

export function writeCore(writer: Writer, core: Core): void {
  writer.arrayHeader(6);
  writer.uint(core.v);
  if (typeof core.issuer === "string") PrincipalRef.write(core.issuer, writer);
  else quorumSchema.write(core.issuer, writer);
  writeAddressees(writer, core.verifiers);
  writeAddressees(writer, core.auditors);
  writeContent(writer, core.content);
  writer.arrayHeader(core.cert.length);
  for (const id of core.cert) PrincipalRef.write(id, writer);
}

/**
 * The canonical bytes of a content: deterministic CBOR, arrays only.
 *
 * @throws EncodeError for what is none.
 */
export function encodeContent(content: Content): Uint8Array {
  const writer = new Writer();
  writeContent(writer, content);
  return writer.finish();
}

/**
 * The canonical bytes of a statement.
 *
 * @throws EncodeError for what is none.
 */
export function encodeCore(core: Core): Uint8Array {
  const writer = new Writer();
  writeCore(writer, core);
  return writer.finish();
}

/** Names that come up again and again, such as issuers: one string for all of them. */
export type Intern = (id: Id) => Id;
const asIs: Intern = (id) => id;

function readId(reader: Reader, intern: Intern): Id {
  const start = reader.offset;
  const bytes = reader.bytes();
  if (bytes.length !== 32) reader.fail("length", `expected 32 bytes, got ${bytes.length}`, start);
  return intern(toHex(bytes));
}

function readIds(reader: Reader, intern: Intern, most: number): Id[] {
  const start = reader.offset;
  const count = reader.arrayHeader();
  if (count > most) reader.fail("limit", `more than ${most} items`, start);
  const ids: Id[] = [];
  for (let left = count; left > 0; left--) {
    const at = reader.offset;
    const id = readId(reader, intern);
    if (ids.length > 0 && ids[ids.length - 1]! >= id) reader.fail("order", "not after its predecessor", at);
    ids.push(id);
  }
  return ids;
}

/** Principals that one statement can be addressed to by name. */
const maxAddressees = 4096;

function readAddressees(reader: Reader, intern: Intern): Addressees {
  const first = reader.input[reader.offset];
  if (first !== undefined && first >> 5 === 4) return readIds(reader, intern, maxAddressees);
  const at = reader.offset;
  if (!reader.bool()) reader.fail("type", "expected true or a list", at);
  return "ANYONE";
}

function readContent(reader: Reader, intern: Intern): Content {
  reader.arrayOf(3);
  const type = intern(reader.text());
  reader.arrayOf(3);
  const manifest = readId(reader, intern);
  const epoch = reader.uint();
  const instance = reader.bytes().slice();
  const at = reader.offset;
  const body = readValue(reader);
  if (!Array.isArray(body)) reader.fail("type", "expected a list of fields", at);
  return { type, ctx: { manifest, epoch, instance }, body: body as readonly Value[] };
}

function readIssuer(reader: Reader, intern: Intern): Id | Quorum {
  const first = reader.input[reader.offset];
  return first !== undefined && first >> 5 === 4 ? quorumSchema.read(reader) : readId(reader, intern);
}

/** A statement as it was read, and where its content stands in the input: identities are hashed from there. */
export interface ReadCore {
  readonly core: Core;
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** Reads the one canonical encoding of a statement. Throws `DecodeError` and nothing else. */
export function readCore(reader: Reader, maxCert: number, intern: Intern = asIs): ReadCore {
  reader.arrayOf(6);
  const at = reader.offset;
  if (reader.uint() !== 1) throw new DecodeError("tag", at, "expected version 1");
  const issuer = readIssuer(reader, intern);
  const verifiers = readAddressees(reader, intern);
  const auditors = readAddressees(reader, intern);
  const contentStart = reader.offset;
  const content = readContent(reader, intern);
  const contentEnd = reader.offset;
  const cert = readIds(reader, asIs, maxCert);
  return { core: { v: 1, issuer, verifiers, auditors, content, cert }, contentStart, contentEnd };
}
