import type { Authenticator, NodeId } from "@eunomia/engine";
import { AuthenticatorError } from "./errors.ts";
import { domainInput } from "./input.ts";
import { PacketAuthenticator } from "./packet.ts";
import type { CryptoProvider, PublicKey, SigningKey } from "./provider.ts";

export interface Ed25519Options {
  readonly self: NodeId;
  /** Names the cluster; packets of another one are refused. */
  readonly cluster: string;
  /** The own 32-byte seed. */
  readonly seed: Uint8Array;
  /** Raw 32-byte public keys. Each passes registration first. The own name may stand among them. */
  readonly publicKeys: ReadonlyMap<NodeId, Uint8Array>;
  readonly provider: CryptoProvider;
}

export interface Ed25519Authenticator extends Authenticator {
  /** Adds a peer or replaces its key. Throws `KeyError` with the reason why a key is refused. */
  admit(peer: NodeId, publicKey: Uint8Array): void;
  /** Packets from this peer are refused from now on. */
  forget(peer: NodeId): void;
}

/**
 * An Ed25519 signature per packet: whoever holds the packet can convince anyone that the sender sent these bytes to this
 * audience. 86 bytes and the two names are added to a payload. Signed is `"eunomia/packet/v1" 00` and the SHA-256 of the
 * packet before the signature, so that a large payload is hashed once and never copied. Replays are not noticed.
 * Throws `KeyError` for a key that registration refuses, `AuthenticatorError` (`bad-name`, `mismatched-key`).
 *
 * @example
 * const seeds = { r0: new Uint8Array(32).fill(1), r1: new Uint8Array(32).fill(2) }
 * const publicKeys = new Map(Object.entries(seeds).map(([node, seed]) => [node, portable.ed25519.publicKey(seed)]))
 * const r0 = ed25519Authenticator({ self: "r0", cluster: "demo", seed: seeds.r0, publicKeys, provider: portable })
 * const r1 = ed25519Authenticator({ self: "r1", cluster: "demo", seed: seeds.r1, publicKeys, provider: portable })
 * r1.open(r0.seal("r1", new Uint8Array([1]))) // { ok: true, from: "r0", bytes: [1], convinces: "anyone" }
 */
export function ed25519Authenticator(options: Ed25519Options): Ed25519Authenticator {
  const { self, cluster, seed, publicKeys, provider } = options;
  const own: SigningKey = provider.ed25519.importSigningKey(seed);
  const signed = (untagged: Uint8Array) => domainInput("eunomia/packet/v1", provider.sha256(untagged));
  const packets = new PacketAuthenticator<PublicKey>(provider, cluster, self, {
    name: "signature",
    code: 2,
    tagBytes: 64,
    convinces: "anyone",
    refusal: "signature: bad signature",
    tag: (_link, untagged) => own.sign(signed(untagged)),
    check: (link, untagged, tag) => link.verify(signed(untagged), tag),
  });
  const admit = (peer: NodeId, publicKey: Uint8Array) =>
    packets.admitLink(peer, provider.ed25519.importPublicKey(publicKey));
  for (const [peer, publicKey] of publicKeys) {
    if (peer !== self) admit(peer, publicKey);
    else assertOwnKey(provider, self, own.publicKey, publicKey);
  }
  return {
    self,
    admit,
    forget: (peer) => packets.forget(peer),
    seal: (audience, bytes) => packets.seal(audience, bytes),
    open: (sealed) => packets.open(sealed),
  };
}

/** A seed that does not fit the published key would make every peer refuse every packet: better told at the start. */
function assertOwnKey(provider: CryptoProvider, self: NodeId, own: Uint8Array, published: Uint8Array): void {
  if (provider.equal(own, published)) return;
  throw new AuthenticatorError(
    "mismatched-key",
    self,
    `"publicKeys" expected the key of the given seed for "${self}" itself, got another one`,
  );
}
