import { hasBit, withBit } from "../bits.ts";
import type { Speech } from "../messages.ts";
import { evidenceOf } from "../proof/evidence.ts";
import type { Scheme } from "../scheme.ts";
import type { Out } from "./slots.ts";
import type { SlotState } from "./types.ts";

/** Puts out what convicts an acceptor, once per slot: two messages of it with one prev, each with its signature. */
export function convict(
  scheme: Scheme,
  slot: SlotState,
  signer: number,
  first: Speech,
  second: Speech,
  out: Out,
): void {
  if (hasBit(slot.convicted, signer)) return;
  slot.convicted = withBit(slot.convicted, signer);
  out.output({ kind: "evidence", ...evidenceOf(scheme, first, second) });
}
