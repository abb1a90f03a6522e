import type { NodeId } from "@eunomia/engine";

/**
 * How messages are named and signed. Pure functions of what they are given: the same answer at every time. In simulations a
 * signature may be a mere claim that nobody else can make.
 */
export interface Scheme {
  /** 32 bytes. Nobody can find two inputs with the same answer. */
  digest(bytes: Uint8Array): Uint8Array;
  /** Whether the acceptor signed these bytes. Never throws, whatever the signature. */
  verify(acceptor: NodeId, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** What an acceptor needs besides: its own signature, of at most 4096 bytes. */
export type Sign = (bytes: Uint8Array) => Uint8Array;
