import { DecodeError, decode, encode, fromHex, type PrincipalId, Reader, toHex } from "@eunomia/codec";
import { quorumSchema } from "../statement/encoding.ts";
import type { Content, Ctx, Quorum } from "../statement/types.ts";
import { encodeValue, readValue, type Value } from "../statement/value.ts";

/** A quotation: somebody reports what a principal said. Body: the group, and `[type, [manifest, epoch, instance], body]`. */
export const saysType = "@says";
/** A delegation. Body: delegate, the group that it speaks for, types, depth. It is good in the epoch of its context. */
export const delegationType = "@delegation";

/** The delegate speaks for the group about these types; what it says for it may come over so many delegations below it. */
export interface Delegation {
  readonly delegate: PrincipalId;
  readonly for: Quorum;
  readonly types: readonly string[];
  readonly depth: number;
}

const quorumValue = (group: Quorum): Value => readValue(new Reader(encode(quorumSchema, group)));

/** Null: the value is no expression. */
function quorumOf(value: Value | undefined): Quorum | null {
  if (!Array.isArray(value)) return null;
  try {
    return decode(quorumSchema, encodeValue(value));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const isId = (value: Value | undefined): value is Uint8Array =>
  value instanceof Uint8Array && value.length === 32;
const isNat = (value: Value | undefined): value is number => typeof value === "number" && value >= 0;

/**
 * The content "`who` says `content`", in the same context: what a principal issues that reports what another one said.
 *
 * @throws EncodeError if a leaf of the group is no principal id.
 */
export function quotation(who: Quorum, { type, ctx, body }: Content): Content {
  return {
    type: saysType,
    ctx,
    body: [quorumValue(who), [type, [fromHex(ctx.manifest), ctx.epoch, ctx.instance], body]],
  };
}

/** What a quotation says. Null: it is none, or of another context than what it reports. */
export function readQuotation({
  type,
  ctx,
  body,
}: Content): { readonly who: Quorum; readonly content: Content } | null {
  const [group, inner] = body;
  const who = quorumOf(group);
  if (type !== saysType || body.length !== 2 || who === null || !Array.isArray(inner)) return null;
  const [innerType, innerCtx, innerBody] = inner as readonly Value[];
  if (inner.length !== 3 || typeof innerType !== "string" || !Array.isArray(innerCtx)) return null;
  const [manifest, epoch, instance] = innerCtx as readonly Value[];
  if (innerCtx.length !== 3 || !isId(manifest) || !isNat(epoch) || !(instance instanceof Uint8Array))
    return null;
  if (toHex(manifest) !== ctx.manifest || epoch !== ctx.epoch || toHex(instance) !== toHex(ctx.instance))
    return null;
  return Array.isArray(innerBody) ? { who, content: { type: innerType, ctx, body: innerBody } } : null;
}

/**
 * The content by which a group hands off: it is good once the group itself says it, for contents of this epoch.
 *
 * @throws EncodeError if a leaf of the group is no principal id.
 */
export function delegation(ctx: Ctx, { delegate, for: group, types, depth }: Delegation): Content {
  return {
    type: delegationType,
    ctx,
    body: [fromHex(delegate), quorumValue(group), [...new Set(types)].sort(), depth],
  };
}

/** What a delegation says. Null: it is none. */
export function readDelegation({ type, body }: Content): Delegation | null {
  const [delegate, group, types, depth] = body;
  if (type !== delegationType || body.length !== 4 || !isId(delegate) || !isNat(depth)) return null;
  const whom = quorumOf(group);
  if (whom === null || !Array.isArray(types) || !types.every((one) => typeof one === "string")) return null;
  return { delegate: toHex(delegate), for: whom, types: types as readonly string[], depth };
}
