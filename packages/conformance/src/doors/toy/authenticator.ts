import { joined, sha256, utf8Decode, utf8Encode } from "@eunomia/codec";
import type { Authenticator, NodeId, Opened } from "@eunomia/engine";
import { same } from "../../support/assert.ts";
import type { Twin } from "../../support/case.ts";
import type { AuthenticatorSubject } from "../authenticator.ts";

type Fault =
  | "no-tag"
  | "half-tag"
  | "any-audience"
  | "no-sender"
  | "one-key"
  | "any-cluster"
  | "throws"
  | "shares"
  | "first-piece"
  | "copies"
  | "anybody"
  | "silent-caller";

const tagBytes = 32;

/** What the tag covers. A real scheme would use an HMAC; for suites a hash over a secret is enough. */
function tagOf(cluster: string, from: NodeId, to: NodeId, bytes: Uint8Array, fault?: Fault): Uint8Array {
  const [one, other] = fault === "one-key" && from > to ? [to, from] : [from, to];
  const names = [
    "secret",
    fault === "any-cluster" ? "" : cluster,
    fault === "no-sender" ? "" : one,
    fault === "any-audience" ? "" : other,
  ].join("|");
  return sha256(Uint8Array.of(...utf8Encode(names), 0, ...sha256(bytes)));
}

/** Layout: tag, one byte of length, sender, payload. */
function toyAuthenticator(self: NodeId, cluster: string, fault?: Fault): Authenticator {
  const admitted = ["a", "b", "c"];
  const open = (sealed: Uint8Array): Opened => {
    const no = (reason: string): Opened => ({ ok: false, reason: `toy: ${reason}` });
    const nameLength = sealed[tagBytes] ?? 0;
    const start = tagBytes + 1 + nameLength;
    if (sealed.length < start || nameLength === 0) return no("too short");
    let from: NodeId;
    try {
      from = utf8Decode(sealed.subarray(tagBytes + 1, start));
    } catch (error) {
      if (fault === "throws") throw error;
      return no("malformed");
    }
    if (from === self && fault !== "one-key") return no("reflected");
    if (!admitted.includes(from) && fault !== "anybody") return no("unknown sender");
    const bytes = fault === "copies" ? sealed.slice(start) : sealed.subarray(start);
    const length = fault === "no-tag" ? 0 : fault === "half-tag" ? tagBytes / 2 : tagBytes;
    const tag = tagOf(cluster, from, self, bytes, fault);
    if (!same(tag.subarray(0, length), sealed.subarray(0, length))) return no("bad tag");
    return { ok: true, from, bytes, convinces: "receiver" };
  };
  return {
    self,
    open,
    seal: (audience, pieces) => {
      const bytes = fault === "first-piece" && !(pieces instanceof Uint8Array) ? pieces[0]! : joined(pieces);
      if (fault !== "silent-caller" && (!admitted.includes(audience) || audience === self))
        throw Object.assign(new Error(`"audience" expected a peer, got "${audience}"`), {
          code: "unknown-audience",
        });
      const name = utf8Encode(self);
      const packet = new Uint8Array(tagBytes + 1 + name.length + bytes.length);
      packet.set(tagOf(cluster, self, audience, bytes, fault));
      packet[tagBytes] = name.length;
      packet.set(name, tagBytes + 1);
      packet.set(bytes, tagBytes + 1 + name.length);
      if (fault === "shares") bytes.fill(0);
      return packet;
    },
  };
}

const toy = (fault?: Fault): AuthenticatorSubject => ({
  make: (self, cluster = "one") => toyAuthenticator(self, cluster, fault),
});

/** An authenticator that passes with the features `authenticates` and `views`. Not one to use. */
export const authenticatorExample: AuthenticatorSubject = toy();

const twin = (name: Fault, fault: string): Twin<AuthenticatorSubject> => ({
  name,
  fault,
  subject: toy(name),
});

/** Each breaks one sentence of the door. */
export const authenticatorTwins: readonly Twin<AuthenticatorSubject>[] = [
  twin("no-tag", "the tag is made, but never compared"),
  twin("half-tag", "only half of the tag is compared"),
  twin("any-audience", "a packet for another node is taken"),
  twin("no-sender", "the tag does not cover the sender's name"),
  twin("one-key", "both directions of a link share a key, and one's own packets are not looked for"),
  twin("any-cluster", "the tag does not cover the cluster"),
  twin("throws", "a malformed name throws"),
  twin("shares", "sealing changes its input"),
  twin("first-piece", "of several pieces only the first is sealed"),
  twin("copies", "opening copies the payload"),
  twin("anybody", "whoever has a key of the right kind is admitted"),
  twin("silent-caller", "sealing for nobody goes unnoticed"),
];
