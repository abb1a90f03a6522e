import { concat, encode, fromHex, sha256, toHex, utf8Encode, Writer } from "@eunomia/codec";
import { encodeContent, encodeCore, quorumSchema } from "./encoding.ts";
import type { Content, Core, Ctx, Id, Quorum } from "./types.ts";
import { type Value, writeValue } from "./value.ts";

/** SHA-256. A native one in the place of the portable one makes admission faster. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

const domain = (name: string): Uint8Array => utf8Encode(`${name}\0`);
const contentDomain = domain("mommie/content/v1");
const statementDomain = domain("mommie/statement/v1");
const groupDomain = domain("mommie/group/v1");

/** The id of canonical content bytes. */
export const contentIdOf = (encoded: Uint8Array, hash: Hash): Id =>
  toHex(hash(concat(contentDomain, encoded)));
/** The id of canonical statement bytes. */
export const statementIdOf = (encoded: Uint8Array, hash: Hash): Id =>
  toHex(hash(concat(statementDomain, encoded)));

/**
 * Names what is said: two principals said the same exactly if these are equal.
 *
 * @throws EncodeError for what is no content.
 * @example
 * contentId({ type: "Vote", ctx: { manifest, epoch: 1, instance }, body: [7] }) // 64 digits
 */
export function contentId(content: Content, hash: Hash = sha256): Id {
  return contentIdOf(encodeContent(content), hash);
}

/**
 * Names who said what to whom. Evidence does not count: it can come and go.
 *
 * @throws EncodeError for what is no statement.
 */
export function statementId(core: Core, hash: Hash = sha256): Id {
  return statementIdOf(encodeCore(core), hash);
}

/**
 * Names a group by its definition, in joint statements and in evidence of thresholds. The name is our own:
 * SHA-256 of `"mommie/group/v1" 00` and the canonical bytes of the expression.
 *
 * @throws EncodeError if a leaf is no principal id.
 */
export function groupId(group: Quorum, hash: Hash = sha256): Id {
  return toHex(hash(concat(groupDomain, encode(quorumSchema, group))));
}

/** Names a slot: a correct issuer says one content in it. SHA-256 of `[type, ctx, issuer, values]`. */
export function slotId(type: string, ctx: Ctx, issuer: Id, values: readonly Value[], hash: Hash): Id {
  const writer = new Writer();
  writer.arrayHeader(4);
  writer.text(type);
  writer.arrayHeader(3);
  writer.bytes(fromHex(ctx.manifest));
  writer.uint(ctx.epoch);
  writer.bytes(ctx.instance);
  writer.bytes(fromHex(issuer));
  writeValue(writer, values);
  return toHex(hash(writer.finish()));
}
