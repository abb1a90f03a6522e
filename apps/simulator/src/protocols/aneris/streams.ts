import type { GatewayState } from "@eunomia/aneris-switch";
import type { ClientMessage } from "@eunomia/aneris-switch/messages";
import { mapGet } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import type { SimulatedStep, Watch } from "@eunomia/simulation";

/** What a slot costs of a subscriber's credit beside its vector: a number of the protocol. */
const slotOverheadBytes = 64;

interface Stream {
  next: number;
  creditBytes: number;
  /** The log had nothing when it was read last. */
  dry: boolean;
  /** What was read comes in this step, on the credit that there was when it was asked for. */
  read: boolean;
}

type Sent = { readonly kind: string; readonly to: readonly NodeId[]; readonly message: ClientMessage };
type Slots = { readonly kind: string; readonly to: NodeId; readonly slots: readonly unknown[] };

/**
 * What a gateway owes its subscribers: slots one after the other from the one asked for, none without credit, and with credit
 * each as soon as it is there.
 */
export class StreamsWatch implements Watch {
  readonly property = "subscribers get what they have credit for, in order";
  readonly #streams = new Map<NodeId, Map<NodeId, Stream>>();

  step(step: SimulatedStep): string | null {
    const { process, engine, event } = step;
    if (engine !== "aneris-gateway") return null;
    if (event.kind === "start") this.#streams.set(process, new Map());
    const streams = this.#streams.get(process)!;
    this.#hear(step, streams);
    for (const effect of step.effects as readonly Sent[]) {
      if (effect.kind !== "send" || effect.message.kind !== "delivered") continue;
      for (const to of effect.to) {
        const wrong = take(streams.get(to), effect.message);
        if (wrong !== null) return `${process} to ${to}: ${wrong}`;
      }
    }
    for (const stream of streams.values()) stream.read = false;
    const { subscribers, delivered } = step.state as GatewayState;
    for (const [to, { next, creditBytes, dry }] of streams)
      if (creditBytes > 0 && next <= delivered && !dry && mapGet(subscribers, to)?.reading === false)
        return `${process} lets ${to} wait for slot ${next}, for which it has credit`;
    return null;
  }

  #hear({ event, fired }: SimulatedStep, streams: Map<NodeId, Stream>): void {
    if (fired.length === 0 && event.kind === "message" && event.message.kind === "subscribe") return;
    if (event.kind === "message") {
      const message = event.message as ClientMessage;
      if (message.kind === "subscribe")
        streams.set(event.from, {
          next: message.next,
          creditBytes: message.creditBytes,
          dry: false,
          read: false,
        });
      const stream = streams.get(event.from);
      if (message.kind === "credit" && stream !== undefined) {
        stream.creditBytes += message.bytes;
        stream.dry = false;
      }
    } else if (event.kind === "commands")
      for (const { kind, to, slots } of event.commands as readonly Slots[]) {
        const stream = kind === "slots" ? streams.get(to) : undefined;
        if (stream !== undefined) Object.assign(stream, { dry: slots.length === 0, read: true });
      }
  }
}

function take(
  stream: Stream | undefined,
  message: Extract<ClientMessage, { kind: "delivered" }>,
): string | null {
  if (stream === undefined) return "slots without a subscription";
  if (stream.creditBytes === 0 && !stream.read) return `slot ${message.slots[0]?.slot} without credit`;
  for (const { slot, vector } of message.slots) {
    if (slot !== stream.next) return `slot ${slot}, where ${stream.next} comes next`;
    stream.next = slot + 1;
    stream.creditBytes = Math.max(0, stream.creditBytes - vector.length - slotOverheadBytes);
  }
  return null;
}
