import type { Authenticator } from "../doors.ts";
import type { NodeId } from "../types.ts";
import { type Packet, type Parcel, readFrame } from "./packet.ts";

/**
 * The packets of a sealed frame whose sender may speak for the process it names. Frames come straight from whoever sealed them, so
 * one that came over another's connection was taken from somewhere. Refusals are counted, never thrown.
 */
export function openFrame(
  authenticator: Authenticator,
  nodeOf: (process: NodeId) => NodeId | null,
  claimedFrom: NodeId,
  sealed: Uint8Array,
  refuse: (reason: string) => void,
): readonly Packet[] {
  const opened = authenticator.open(sealed);
  if (!opened.ok) {
    refuse(opened.reason);
    return [];
  }
  if (opened.from !== claimedFrom) {
    refuse("frame: sealed by another than its connection's peer");
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
  readonly #parked: { readonly key: string; readonly packet: Packet | Parcel }[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  park(key: string, packet: Packet | Parcel): void {
    this.#parked.push({ key, packet });
    this.#bytes += bytesOf(packet);
    while (this.#bytes > this.#maxBytes || this.#parked.length > 1024) {
      const oldest = this.#parked.shift();
      if (oldest !== undefined) this.#bytes -= bytesOf(oldest.packet);
    }
  }

  take(key: string): readonly (Packet | Parcel)[] {
    const taken: (Packet | Parcel)[] = [];
    for (let i = 0; i < this.#parked.length; ) {
      const entry = this.#parked[i]!;
      if (entry.key !== key) {
        i += 1;
        continue;
      }
      taken.push(entry.packet);
      this.#bytes -= bytesOf(entry.packet);
      this.#parked.splice(i, 1);
    }
    return taken;
  }
}

const bytesOf = (packet: Packet | Parcel): number => ("body" in packet ? packet.body.length : 0);
