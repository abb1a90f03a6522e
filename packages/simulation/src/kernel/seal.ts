import { DecodeError, joined, Reader, Writer } from "@eunomia/codec";
import type { Authenticator, NodeId, Opened } from "@eunomia/engine";
import { hashBytes } from "../choice/sfc32.ts";

/**
 * Stands for a message authentication code: a sender, a checksum that depends on both ends, and the bytes. In a simulation
 * nobody forges it, since only the kernel lets frames out; damaged bytes do not open.
 */
export function checksumSeal(self: NodeId): Authenticator {
  const writer = new Writer();
  return {
    self,
    seal: (audience, pieces) => {
      const bytes = pieces instanceof Uint8Array ? pieces : joined(pieces);
      writer.arrayHeader(4);
      writer.text(self);
      writer.text(audience);
      writer.uint(checksum(self, audience, bytes));
      writer.bytes(bytes);
      return writer.finish();
    },
    open: (sealed) => open(self, sealed),
  };
}

function open(self: NodeId, sealed: Uint8Array): Opened {
  try {
    const reader = new Reader(sealed);
    if (reader.arrayHeader() !== 4) return { ok: false, reason: "seal: not canonical" };
    const from = reader.text();
    const audience = reader.text();
    const sum = reader.uint();
    const bytes = reader.bytes();
    reader.end();
    if (audience !== self) return { ok: false, reason: "seal: for somebody else" };
    if (sum !== checksum(from, self, bytes)) return { ok: false, reason: "seal: wrong checksum" };
    return { ok: true, from, bytes, convinces: "receiver" };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: "seal: not canonical" };
    throw error;
  }
}

function checksum(from: NodeId, audience: NodeId, bytes: Uint8Array): number {
  return hashBytes(bytes, from.length * 31 + audience.length) >>> 0;
}
