import { same } from "../support/assert.ts";
import type { AbstractMessage, Pattern, VectorEffect } from "./types.ts";

/** The label of one entry of a batch: `c1:2`, or `ctl1=paxos` for a control. */
export function entryLabel(entry: unknown): string {
  if (entry !== null && typeof entry === "object" && "ctl" in entry) {
    const control = entry as { readonly ctl: unknown; readonly swap?: unknown };
    return `ctl${String(control.ctl)}=${String(control.swap)}`;
  }
  return String(entry);
}

/**
 * The compared form of a message or pattern: batches as labels, epoch 0 left out, the slot of a one-slot vector filled in,
 * `cert` and `statuses` (which adapters may spell as they like) dropped.
 */
export function normalForm(fields: Pattern, slot: unknown): Record<string, unknown> {
  const normal: Record<string, unknown> = { ...fields };
  delete normal.cert;
  delete normal.statuses;
  if (normal.epoch === 0) delete normal.epoch;
  if (slot !== undefined && normal.slot === undefined && normal.t !== undefined) normal.slot = slot;
  if (Array.isArray(normal.batch)) normal.batch = normal.batch.map(entryLabel);
  return normal;
}

/** Every field of the pattern stands in the message with an equal value. */
export function matches(pattern: Pattern, message: Pattern): boolean {
  for (const [key, value] of Object.entries(pattern)) {
    if (key === "epoch" && value === 0 && message.epoch === undefined) continue;
    const wanted = key === "batch" && Array.isArray(value) ? value.map(entryLabel) : value;
    if (!(key in message) || !same(message[key], wanted)) return false;
  }
  return true;
}

/** An effect as `outs` writes it: `{ send: { to, msg } }`, `{ decide: { slot, value } }`, … */
export function effectForm(effect: VectorEffect, from: string, slot: unknown): Record<string, unknown> {
  switch (effect.kind) {
    case "send":
      return { send: { to: [...effect.to].sort(), msg: normalForm(signed(effect.message, from), slot) } };
    case "decide":
      return { decide: { slot: effect.slot, value: effect.value } };
    case "deliver":
      return { deliver: { slot: effect.slot, proto: effect.proto, batch: [...effect.batch] } };
    case "propose":
      return {
        propose: { slot: effect.slot, epoch: effect.epoch, proto: effect.proto, batch: [...effect.batch] },
      };
    case "preempted":
      return { preempted: [...effect.ballot] };
    case "reject":
      return { reject: effect.detail ?? {} };
  }
}

/** The compared form of what a vector writes under `outs`. */
export function expectedForm(pattern: Pattern, slot: unknown): Record<string, unknown> {
  const [kind, fields] = Object.entries(pattern)[0] ?? ["nothing", {}];
  if (kind === "send") {
    // `outsInclude` and `outsExclude` may leave out either part.
    const { to, msg } = fields as { readonly to?: readonly string[]; readonly msg?: Pattern };
    return { send: { ...(to && { to: [...to].sort() }), ...(msg && { msg: normalForm(msg, slot) }) } };
  }
  if (kind === "deliver" || kind === "propose") {
    const { batch } = fields as { readonly batch?: readonly unknown[] };
    return { [kind]: batch === undefined ? fields : { ...(fields as object), batch: batch.map(entryLabel) } };
  }
  return { [kind]: fields };
}

/** As `outsInclude` and `outsExclude` mean it: same kind, and every field that the pattern has. */
export function effectMatches(expected: Pattern, actual: Pattern): boolean {
  const [kind, fields] = Object.entries(expected)[0] ?? ["nothing", {}];
  const found = actual[kind];
  if (found === undefined) return false;
  if (kind === "send") {
    const want = fields as { readonly to?: unknown; readonly msg?: Pattern };
    const got = found as { readonly to: unknown; readonly msg: Pattern };
    return (want.to === undefined || same(want.to, got.to)) && matches(want.msg ?? {}, got.msg);
  }
  if (fields === null || typeof fields !== "object" || Array.isArray(fields)) return same(fields, found);
  return matches(fields as Pattern, found as Pattern);
}

/** The message with its sender. */
export function signed(message: AbstractMessage, from: string): AbstractMessage {
  return message.from === undefined ? { ...message, from } : message;
}
