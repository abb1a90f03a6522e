import { joined } from "@eunomia/codec";
import type { Authenticator, Clock, NodeId, Transport } from "@eunomia/engine";
import type { World } from "./world.ts";

/** Says who sealed a frame, and is believed. */
export function believing(self: NodeId): Authenticator {
  return {
    self,
    seal: (_audience, pieces) => {
      const bytes = joined(pieces);
      const sealed = new Uint8Array(1 + self.length + bytes.length);
      sealed[0] = self.length;
      for (let i = 0; i < self.length; i += 1) sealed[1 + i] = self.charCodeAt(i);
      sealed.set(bytes, 1 + self.length);
      return sealed;
    },
    open: (sealed) => {
      const length = sealed[0] ?? 255;
      if (sealed.length < 1 + length) return { ok: false, reason: "short" };
      const from = String.fromCharCode(...sealed.subarray(1, 1 + length));
      return { ok: true, from, bytes: sealed.subarray(1 + length), convinces: "receiver" };
    },
  };
}

/** Transports of one process, frames travel in virtual time. */
export class Wire {
  readonly world: World;
  readonly #ends = new Map<NodeId, (from: NodeId, bytes: Uint8Array) => void>();
  frames = 0;
  /** Frames between these two nodes are lost. */
  readonly cut = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  transport(self: NodeId): Transport {
    return {
      self,
      send: (to, bytes) => {
        this.frames += 1;
        const copy = bytes.slice();
        if (this.cut.has(self) || this.cut.has(to)) return true;
        this.world.after(1, () => this.#ends.get(to)?.(self, copy));
        return true;
      },
      listen: (receive) => void this.#ends.set(self, receive),
      close: async () => void this.#ends.delete(self),
    };
  }
}

export function clockOf(world: World): Clock {
  return {
    now: () => world.now,
    after: (delayMs, callback) => {
      let live = true;
      world.after(delayMs, () => live && callback());
      return () => {
        live = false;
      };
    },
  };
}

/** Runs virtual time in small steps, and what promises wait for in between. */
export async function pass(world: World, ms: number): Promise<void> {
  const until = world.now + ms;
  while (world.now < until) {
    world.run(world.now + 1);
    for (let i = 0; i < 8; i += 1) await Promise.resolve();
  }
}
