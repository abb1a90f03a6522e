import type { Authenticator, NodeId } from "@eunomia/engine";
import { AuthenticatorError } from "./errors.ts";
import { PacketAuthenticator } from "./packet.ts";
import type { CryptoProvider, MacKey } from "./provider.ts";
import { checkedSecret, directionalKey, nodeDigest, pairSecret } from "./secrets.ts";

/** Where the secret that two nodes share comes from. */
export type MacSecrets =
  /** One secret per peer, at least 32 random bytes each. */
  | { readonly kind: "pairwise"; readonly secrets: ReadonlyMap<NodeId, Uint8Array> }
  /** Pair secrets are derived (`pairSecret`). Every holder of the cluster secret can speak for every other. */
  | { readonly kind: "cluster"; readonly secret: Uint8Array; readonly peers: readonly NodeId[] };

export interface HmacOptions {
  readonly self: NodeId;
  /** Names the cluster; packets of another one are refused. */
  readonly cluster: string;
  readonly keys: MacSecrets;
  readonly provider: CryptoProvider;
}

export interface HmacAuthenticator extends Authenticator {
  /** Adds a peer or replaces its secret. Without a secret it is derived from the cluster's, if there is one. */
  admit(peer: NodeId, secret?: Uint8Array): void;
  /** Packets from this peer are refused from now on. */
  forget(peer: NodeId): void;
}

/** One prepared key per direction: the own one tags, the peer's one only checks. */
interface MacLink {
  readonly outward: MacKey;
  readonly inward: MacKey;
}

/**
 * HMAC-SHA256 per packet: convinces the receiver and nobody else. 54 bytes and the two names are added to a payload.
 * The own name among the peers is skipped, so that every node can be given the same list. Replays are not noticed.
 * Throws `AuthenticatorError` (`bad-name`, `short-secret`).
 *
 * @example
 * const keys = { kind: "cluster", secret: new Uint8Array(32).fill(7), peers: ["r0", "r1"] } as const
 * const r0 = hmacAuthenticator({ self: "r0", cluster: "demo", keys, provider: portable })
 * const r1 = hmacAuthenticator({ self: "r1", cluster: "demo", keys, provider: portable })
 * r1.open(r0.seal("r1", new Uint8Array([1]))) // { ok: true, from: "r0", bytes: [1], convinces: "receiver" }
 */
export function hmacAuthenticator(options: HmacOptions): HmacAuthenticator {
  const { self, cluster, keys, provider } = options;
  const packets = new PacketAuthenticator<MacLink>(provider, cluster, self, {
    name: "mac",
    code: 1,
    tagBytes: 32,
    convinces: "receiver",
    refusal: "mac: bad tag",
    tag: (link, untagged) => link.outward.tag(untagged),
    check: (link, untagged, tag) => provider.equal(link.inward.tag(untagged), tag),
  });
  const clusterSecret =
    keys.kind === "cluster" ? Uint8Array.from(checkedSecret(keys.secret, "cluster")) : null;
  const selfDigest = nodeDigest(provider, self);

  function admit(peer: NodeId, secret?: Uint8Array): void {
    const shared = secret ?? (clusterSecret && pairSecret(provider, clusterSecret, self, peer));
    if (shared === null) {
      throw new AuthenticatorError(
        "missing-secret",
        peer,
        `"secret" of "${peer}" expected bytes, got none. Only a cluster secret can be derived from`,
      );
    }
    checkedSecret(shared, peer);
    const peerDigest = nodeDigest(provider, peer);
    packets.admitLink(peer, {
      outward: provider.macKey(directionalKey(provider, shared, selfDigest, peerDigest)),
      inward: provider.macKey(directionalKey(provider, shared, peerDigest, selfDigest)),
    });
  }

  const peers = keys.kind === "cluster" ? keys.peers : [...keys.secrets.keys()];
  for (const peer of peers)
    if (peer !== self) admit(peer, keys.kind === "pairwise" ? keys.secrets.get(peer) : undefined);
  return {
    self,
    admit,
    forget: (peer) => packets.forget(peer),
    seal: (audience, bytes) => packets.seal(audience, bytes),
    open: (sealed) => packets.open(sealed),
  };
}
