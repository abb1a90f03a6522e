import type { Authenticator } from "../doors.ts";
import type { NodeId } from "../types.ts";
import { type Packet, readFrame } from "./packet.ts";

/** The packets of a sealed frame whose sender may speak for the process it names. Refusals are counted, never thrown. */
export function openFrame(
  authenticator: Authenticator,
  nodeOf: (process: NodeId) => NodeId | null,
  sealed: Uint8Array,
  refuse: (reason: string) => void,
): readonly Packet[] {
  const opened = authenticator.open(sealed);
  if (!opened.ok) {
    refuse(opened.reason);
    return [];
  }
  const packets = readFrame(opened.bytes);
  if (packets === null) {
    refuse("frame: not canonical");
    return [];
  }
  return packets.filter((packet) => {
    // A process outside the directory (a client) is its own node.
    const allowed = (nodeOf(packet.from) ?? packet.from) === opened.from;
    if (!allowed) refuse("packet: sender is not a process of that node");
    return allowed;
  });
}

/**
 * Packets for processes of this node that have not started yet: a peer may enter the next epoch first. Bounded: the oldest
 * go, and senders repeat themselves anyway.
 */
export class Parking {
  readonly #packets: { readonly key: string; readonly packet: Packet }[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  park(key: string, packet: Packet): void {
    this.#packets.push({ key, packet });
    this.#bytes += packet.body.length;
    while (this.#bytes > this.#maxBytes || this.#packets.length > 1024)
      this.#bytes -= this.#packets.shift()?.packet.body.length ?? 0;
  }

  take(key: string): readonly Packet[] {
    const taken: Packet[] = [];
    for (let i = 0; i < this.#packets.length; ) {
      const entry = this.#packets[i]!;
      if (entry.key !== key) {
        i += 1;
        continue;
      }
      taken.push(entry.packet);
      this.#bytes -= entry.packet.body.length;
      this.#packets.splice(i, 1);
    }
    return taken;
  }
}
