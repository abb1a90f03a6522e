import type { Authenticator, NodeId, Opened } from "@eunomia/engine";
import { AuthenticatorError } from "./errors.ts";
import { domainInput, nameBytes } from "./input.ts";
import type { CryptoProvider } from "./provider.ts";

/**
 * A sealed packet: `"eu"`, version, scheme, 16 bytes of the cluster's digest, the sender's name and the audience's name
 * (a length byte before each), the payload, the tag. One header per (cluster, sender, audience), no freedom in it; the
 * tag covers everything before itself. The first byte differs from the first byte of every `mommie/...` input, so a key
 * shared with those can never be made to serve here.
 */
const CLUSTER_BYTES = 16;
const CLUSTER_OFFSET = 4;
const SENDER_OFFSET = CLUSTER_OFFSET + CLUSTER_BYTES;
const VERSION = 1;

/** How one scheme fills and checks the last bytes of a packet; `Link` is what it keeps per peer. */
export interface PacketScheme<Link> {
  /** The prefix of every reason, e.g. `mac`. */
  readonly name: string;
  readonly code: number;
  readonly tagBytes: number;
  readonly convinces: "receiver" | "anyone";
  /** The reason when `check` refuses. */
  readonly refusal: string;
  tag(link: Link, untagged: Uint8Array): Uint8Array;
  check(link: Link, untagged: Uint8Array, tag: Uint8Array): boolean;
}

interface Peer<Link> {
  readonly name: NodeId;
  readonly nameBytes: Uint8Array;
  readonly header: Uint8Array;
  readonly link: Link;
}

type OpenedOk = Extract<Opened, { ok: true }>;

function clusterDigest(provider: CryptoProvider, cluster: string): Uint8Array {
  return provider.sha256(domainInput("eunomia/cluster/v1", nameBytes(cluster))).subarray(0, CLUSTER_BYTES);
}

/** FNV-1a over a slice: packets name their sender in bytes, and decoding text per packet would cost more than the lookup. */
function hashSlice(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
  return hash >>> 0;
}

function matches(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++)
    if (bytes[start + index] !== expected[index]) return false;
  return true;
}

/** The part that all authenticators share: names, header, refusals before the tag is even looked at. */
export class PacketAuthenticator<Link> implements Authenticator {
  readonly self: NodeId;
  readonly #scheme: PacketScheme<Link>;
  readonly #selfBytes: Uint8Array;
  readonly #prefix: Uint8Array;
  readonly #magic: Uint8Array;
  readonly #byName = new Map<NodeId, Peer<Link>>();
  readonly #byHash = new Map<number, Peer<Link>[]>();

  constructor(provider: CryptoProvider, cluster: string, self: NodeId, scheme: PacketScheme<Link>) {
    this.self = self;
    this.#scheme = scheme;
    this.#selfBytes = nameBytes(self);
    this.#prefix = new Uint8Array(SENDER_OFFSET);
    this.#prefix.set([0x65, 0x75, VERSION, scheme.code]);
    this.#magic = this.#prefix.slice(0, CLUSTER_OFFSET);
    this.#prefix.set(clusterDigest(provider, cluster), CLUSTER_OFFSET);
  }

  /** Adds a peer, or replaces what is kept for it. */
  admitLink(name: NodeId, link: Link): void {
    if (name === this.self) {
      throw new AuthenticatorError("self-peer", name, `"peer" expected another node than "${name}" itself`);
    }
    this.forget(name);
    const bytes = nameBytes(name);
    const peer = { name, nameBytes: bytes, header: this.#headerTo(bytes), link };
    this.#byName.set(name, peer);
    const hash = hashSlice(bytes, 0, bytes.length);
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), peer]);
  }

  forget(name: NodeId): void {
    const peer = this.#byName.get(name);
    if (peer === undefined) return;
    this.#byName.delete(name);
    const hash = hashSlice(peer.nameBytes, 0, peer.nameBytes.length);
    const others = (this.#byHash.get(hash) ?? []).filter((other) => other !== peer);
    if (others.length === 0) this.#byHash.delete(hash);
    else this.#byHash.set(hash, others);
  }

  seal(audience: NodeId, bytes: Uint8Array | readonly Uint8Array[]): Uint8Array {
    const peer = this.#byName.get(audience);
    if (peer === undefined) {
      throw new AuthenticatorError(
        "unknown-audience",
        audience,
        `"audience" expected a peer of "${this.self}", got "${audience}". Give its key at construction or to admit()`,
      );
    }
    const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
    let taggedBytes = peer.header.length;
    for (const piece of pieces) taggedBytes += piece.length;
    const sealed = new Uint8Array(taggedBytes + this.#scheme.tagBytes);
    sealed.set(peer.header);
    let offset = peer.header.length;
    for (const piece of pieces) {
      sealed.set(piece, offset);
      offset += piece.length;
    }
    if (this.#scheme.tagBytes > 0)
      sealed.set(this.#scheme.tag(peer.link, sealed.subarray(0, taggedBytes)), taggedBytes);
    return sealed;
  }

  open(sealed: Uint8Array): Opened {
    const { name, tagBytes, convinces, refusal } = this.#scheme;
    const taggedBytes = sealed.length - tagBytes;
    if (taggedBytes < SENDER_OFFSET + 1) return { ok: false, reason: `${name}: too short` };
    if (!matches(sealed, 0, this.#magic))
      return { ok: false, reason: `${name}: not a packet of this scheme` };
    if (!matches(sealed, 0, this.#prefix)) return { ok: false, reason: `${name}: other cluster` };
    const senderEnd = SENDER_OFFSET + 1 + (sealed[SENDER_OFFSET] as number);
    const audienceEnd = senderEnd + 1 + this.#selfBytes.length;
    if (senderEnd >= taggedBytes) return { ok: false, reason: `${name}: too short` };
    if (this.#isSelf(sealed, SENDER_OFFSET, taggedBytes)) return { ok: false, reason: `${name}: reflected` };
    const peer = this.#sender(sealed, SENDER_OFFSET + 1, senderEnd);
    if (peer === undefined) return { ok: false, reason: `${name}: unknown sender` };
    if (!this.#isSelf(sealed, senderEnd, taggedBytes))
      return { ok: false, reason: `${name}: other audience` };
    const untagged = sealed.subarray(0, taggedBytes);
    if (!this.#scheme.check(peer.link, untagged, sealed.subarray(taggedBytes)))
      return { ok: false, reason: refusal };
    const opened: OpenedOk = {
      ok: true,
      from: peer.name,
      bytes: sealed.subarray(audienceEnd, taggedBytes),
      convinces,
    };
    return opened;
  }

  #headerTo(audience: Uint8Array): Uint8Array {
    const own = this.#selfBytes;
    const header = new Uint8Array(SENDER_OFFSET + 2 + own.length + audience.length);
    header.set(this.#prefix);
    header[SENDER_OFFSET] = own.length;
    header.set(own, SENDER_OFFSET + 1);
    header[SENDER_OFFSET + 1 + own.length] = audience.length;
    header.set(audience, SENDER_OFFSET + 2 + own.length);
    return header;
  }

  /** Is the name whose length byte stands at `offset` our own, and does it end before `end`? */
  #isSelf(sealed: Uint8Array, offset: number, end: number): boolean {
    const own = this.#selfBytes;
    return (
      sealed[offset] === own.length && offset + 1 + own.length <= end && matches(sealed, offset + 1, own)
    );
  }

  #sender(sealed: Uint8Array, start: number, end: number): Peer<Link> | undefined {
    return this.#byHash
      .get(hashSlice(sealed, start, end))
      ?.find((peer) => peer.nameBytes.length === end - start && matches(sealed, start, peer.nameBytes));
  }
}
