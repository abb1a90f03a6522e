import type { Authenticator, NodeId } from "@eunomia/engine";
import { PacketAuthenticator } from "./packet.ts";
import { portable } from "./portable.ts";

/** The node, its cluster and the names that it speaks to; names have 1 to 255 bytes. */
export interface PlainOptions {
  readonly self: NodeId;
  readonly cluster: string;
  readonly peers: readonly NodeId[];
}

/** An authenticator that believes names. */
export interface PlainAuthenticator extends Authenticator {
  /** From now on packets of this peer are opened and sealed. Throws `AuthenticatorError`. */
  admit(peer: NodeId): void;
  forget(peer: NodeId): void;
}

/**
 * No authentication: a packet names its sender, and that is believed. For a transport that has made sure of its peers' ids
 * (mutual TLS) under a driver that takes a packet only on its sender's own connection; else for tests and benchmarks inside one
 * machine, where it shows what the other authenticators cost: anyone who can reach the port can speak for anyone.
 *
 * @example
 * const peers = ["r0", "r1"]
 * const r0 = plainAuthenticator({ self: "r0", cluster: "demo", peers })
 * plainAuthenticator({ self: "r1", cluster: "demo", peers }).open(r0.seal("r1", new Uint8Array([1])))
 */
export function plainAuthenticator(options: PlainOptions): PlainAuthenticator {
  const packets = new PacketAuthenticator<null>(portable, options.cluster, options.self, {
    name: "plain",
    code: 0,
    tagBytes: 0,
    convinces: "receiver",
    refusal: "plain: refused",
    tag: () => new Uint8Array(0),
    check: () => true,
  });
  const admit = (peer: NodeId): void => packets.admitLink(peer, null);
  for (const peer of options.peers) if (peer !== options.self) admit(peer);
  return {
    self: options.self,
    seal: (audience, bytes) => packets.seal(audience, bytes),
    open: (sealed) => packets.open(sealed),
    admit,
    forget: (peer) => packets.forget(peer),
  };
}
