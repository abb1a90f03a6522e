import { mapGet } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import type { GatewayConfig, GatewayState, GatewayTypes } from "./gateway-types.ts";
import type { DeliveredSlot } from "./wire.ts";

type Out = Effects<GatewayTypes>;

/** What a slot costs of a subscriber's credit beside its vector. */
const slotOverheadBytes = 64;

/** A slot that was just delivered, to all subscribers that wait for it and can pay. */
export function sendSlot(state: GatewayState, out: Out, delivered: DeliveredSlot): void {
  const { slot, vector } = delivered;
  const live: string[] = [];
  for (let i = 0; i < state.subscribers.keys.length; i += 1) {
    const subscriber = state.subscribers.values[i]!;
    if (subscriber.next !== slot || subscriber.creditBytes === 0 || subscriber.reading) continue;
    live.push(state.subscribers.keys[i]!);
    subscriber.next = slot + 1;
    spend(subscriber, vector.length + slotOverheadBytes);
  }
  if (live.length > 0) out.send(live, { kind: "delivered", slots: [delivered] });
}

function spend(subscriber: { creditBytes: number }, bytes: number): void {
  subscriber.creditBytes = Math.max(0, subscriber.creditBytes - bytes);
}

/** Reads on for a subscriber that is behind, if it has credit. */
export function pump(config: GatewayConfig, state: GatewayState, out: Out, process: string): void {
  const subscriber = mapGet(state.subscribers, process);
  if (subscriber === undefined || subscriber.reading || subscriber.creditBytes === 0) return;
  if (subscriber.next > state.delivered) return;
  subscriber.reading = true;
  out.output({
    kind: "read",
    to: process,
    from: subscriber.next,
    maxBytes: Math.min(config.readBytes, subscriber.creditBytes),
  });
}

/** What the log had for a subscriber that is behind. */
export function sendSlots(
  config: GatewayConfig,
  state: GatewayState,
  out: Out,
  to: string,
  slots: DeliveredSlot[],
): void {
  const subscriber = mapGet(state.subscribers, to);
  if (subscriber === undefined) return;
  subscriber.reading = false;
  // A subscriber that moved meanwhile asked anew: what it gets stays without gaps.
  const wanted = slots.filter((entry) => entry.slot >= subscriber.next);
  if (wanted.length > 0 && wanted[0]!.slot === subscriber.next) {
    subscriber.next = wanted[wanted.length - 1]!.slot + 1;
    for (const { vector } of wanted) spend(subscriber, vector.length + slotOverheadBytes);
    out.send([to], { kind: "delivered", slots: wanted });
  }
  // A log that has none of the slots asked for would have none when asked again at once.
  if (slots.length > 0) pump(config, state, out, to);
}
