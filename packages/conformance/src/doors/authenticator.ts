import type { Authenticator, NodeId, Opened } from "@eunomia/engine";
import { must, mustEqual, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { SeededRandom } from "../support/random.ts";

/** Nodes `a`, `b`, `c` of the cluster `one` that know each other and nobody else. */
export interface AuthenticatorSubject {
  /** The node `self` of a cluster; `stranger` and nodes of `other` clusters have keys of the same kind, but are not admitted. Default cluster: `one`. */
  make(self: NodeId, cluster?: string): Authenticator;
}

const payload = Uint8Array.from({ length: 40 }, (_, i) => i * 7);

function randomBytes(seed: number): (length: number) => Uint8Array {
  const random = new SeededRandom(seed);
  return (length) => Uint8Array.from({ length }, () => random.below(256));
}

function opened(clause: string, answer: Opened): Extract<Opened, { readonly ok: true }> {
  must(clause, answer.ok, () => `expected an opened packet, got ${answer.ok ? "" : answer.reason}`);
  return answer;
}

function refused(clause: string, answer: Opened, what: string): string {
  must(clause, !answer.ok, `${what}: expected a refusal, got an opened packet`);
  must(
    clause,
    /^[a-z0-9-]+: [a-z ]+$/.test(answer.reason),
    `${what}: "${answer.reason}" is no short constant text`,
  );
  return answer.reason;
}

const roundTrip = "open gives the sender and the bytes that were sealed for this node";
function opens(subject: AuthenticatorSubject): void {
  const [a, b, c] = [subject.make("a"), subject.make("b"), subject.make("c")];
  const links = [
    [a, b],
    [b, a],
    [a, c],
    [c, b],
  ] as const;
  for (const length of [0, 1, 31, 32, 33, 64, 65_536]) {
    const bytes = randomBytes(length + 1)(length);
    for (const [from, to] of links) {
      const answer = opened(roundTrip, to.open(from.seal(to.self, bytes)));
      mustEqual(roundTrip, answer.from, from.self, "sender");
      must(roundTrip, same(answer.bytes, bytes), `a payload of ${length} bytes changed`);
      const cut = length >> 1;
      const pieces = opened(
        roundTrip,
        to.open(from.seal(to.self, [bytes.subarray(0, cut), bytes.subarray(cut)])),
      );
      must(roundTrip, same(pieces.bytes, bytes), `a payload of ${length} bytes in two pieces changed`);
    }
  }
}

const copies = "seal leaves its input alone and shares nothing with it";
function sealCopies(subject: AuthenticatorSubject): void {
  const before = payload.slice();
  const sealed = subject.make("a").seal("b", before);
  must(copies, same(before, payload), "sealing changed its input");
  before.fill(0);
  const larger = new Uint8Array(sealed.length + 20).fill(0xee);
  larger.set(sealed, 7);
  const answer = opened(copies, subject.make("b").open(larger.subarray(7, 7 + sealed.length)));
  must(copies, same(answer.bytes, payload), "the packet shares bytes with the caller");
}

const views = "open answers a view of the packet: no copy is made";
function opensView(subject: AuthenticatorSubject): void {
  const sealed = subject.make("a").seal("b", payload);
  const answer = opened(views, subject.make("b").open(sealed));
  must(views, answer.bytes.buffer === sealed.buffer, "the payload was copied");
}

const integrity = "a packet that differs anywhere from what was sealed is refused";
function tampered(subject: AuthenticatorSubject): void {
  const b = subject.make("b");
  const sealed = subject.make("a").seal("b", payload);
  for (let at = 0; at < sealed.length; at += 1)
    for (const mask of [0x01, 0x80, 0xff]) {
      const bent = sealed.slice();
      bent[at] = bent[at]! ^ mask;
      refused(integrity, b.open(bent), `byte ${at} changed by ${mask}`);
    }
  opened(integrity, b.open(sealed));
}

function cutOrExtended(subject: AuthenticatorSubject): void {
  const b = subject.make("b");
  const sealed = subject.make("a").seal("b", payload);
  for (let length = 0; length < sealed.length; length += 1) {
    refused(integrity, b.open(sealed.subarray(0, length)), `cut to ${length}`);
    refused(integrity, b.open(sealed.subarray(sealed.length - length)), `the last ${length}`);
  }
  for (const surplus of [1, 32, 64]) {
    refused(
      integrity,
      b.open(Uint8Array.of(...sealed, ...new Uint8Array(surplus))),
      `${surplus} bytes behind`,
    );
    refused(
      integrity,
      b.open(Uint8Array.of(...new Uint8Array(surplus), ...sealed)),
      `${surplus} bytes before`,
    );
  }
}

const audience = "a packet sealed for another node is refused";
const sender = "only an admitted node can be the sender";
function renamed(subject: AuthenticatorSubject): void {
  const sealed = subject.make("a").seal("b", payload);
  for (const written of ["a", "b"])
    for (let at = 0; at < sealed.length; at += 1) {
      if (sealed[at] !== written.charCodeAt(0)) continue;
      const other = sealed.slice();
      other[at] = "c".charCodeAt(0);
      for (const reader of ["b", "c"])
        refused(sender, subject.make(reader).open(other), `${written} renamed at ${at}, opened by ${reader}`);
    }
}

const reflection = "one's own packet is refused";
function reflected(subject: AuthenticatorSubject): void {
  const a = subject.make("a");
  const reason = refused(reflection, a.open(a.seal("b", payload)), "own packet");
  must(
    reflection,
    reason.endsWith(": reflected"),
    `expected a reason that ends in ": reflected", got "${reason}"`,
  );
}

function turned(subject: AuthenticatorSubject): void {
  const a = subject.make("a");
  const sealed = a.seal("b", new Uint8Array(8));
  const [nameA, nameB] = ["a".charCodeAt(0), "b".charCodeAt(0)];
  // Every choice of places where a name may stand: a few at most, since the payload holds none.
  const places = [...sealed.keys()].filter((at) => sealed[at] === nameA || sealed[at] === nameB).slice(0, 8);
  for (let choice = 1; choice < 1 << places.length; choice += 1) {
    const packet = sealed.slice();
    for (const [bit, at] of places.entries())
      if ((choice >> bit) & 1) packet[at] = packet[at] === nameA ? nameB : nameA;
    refused(reflection, a.open(packet), "own packet with its names turned round");
  }
}

const total = "open never throws, whatever the bytes";
function neverThrows(subject: AuthenticatorSubject): void {
  const b = subject.make("b");
  const bytes = randomBytes(7);
  const good = subject.make("a").seal("b", payload);
  for (let n = 0; n < 500; n += 1) {
    b.open(bytes(n % 200));
    b.open(Uint8Array.of(...good.subarray(0, n % good.length), ...bytes(n % 97)));
  }
  b.open(new Uint8Array(0));
  b.open(new Uint8Array(1 << 16).fill(0xff));
  opened(total, b.open(good));
}

function randomRefused(subject: AuthenticatorSubject): void {
  const b = subject.make("b");
  const bytes = randomBytes(9);
  const good = subject.make("a").seal("b", new Uint8Array(0));
  for (let n = 0; n < 300; n += 1) {
    refused(integrity, b.open(bytes(n)), "random bytes");
    refused(
      integrity,
      b.open(Uint8Array.of(...good.subarray(0, n % good.length), ...bytes(64 + n))),
      "a header and random bytes",
    );
  }
}

const caller = "an unknown audience is the caller's mistake: a typed error";
function unknownAudience(subject: AuthenticatorSubject): void {
  for (const to of ["nobody", "", "a"]) {
    let code: unknown = "none";
    try {
      subject.make("a").seal(to, payload);
    } catch (error) {
      code = (error as { readonly code?: unknown }).code;
    }
    mustEqual(caller, code, "unknown-audience", `code for "${to}"`);
  }
}

/**
 * What every `Authenticator` must do. Features: `authenticates` (a claimed name is not believed; without it, a packet's own
 * words are taken for true) and `views` (opening copies nothing).
 */
export const authenticatorCases: readonly Case<AuthenticatorSubject>[] = [
  { name: "what is sealed opens, with its sender", clause: roundTrip, run: opens },
  { name: "sealing leaves its input alone", clause: copies, run: sealCopies },
  { name: "the opened bytes are a view", clause: views, needs: "views", run: opensView },
  { name: "a byte changed anywhere is refused", clause: integrity, needs: "authenticates", run: tampered },
  {
    name: "a packet cut off or extended is refused",
    clause: integrity,
    needs: "authenticates",
    run: cutOrExtended,
  },
  {
    name: "a packet for someone else is refused",
    clause: audience,
    run: (subject) =>
      void refused(audience, subject.make("c").open(subject.make("a").seal("b", payload)), "for b, at c"),
  },
  {
    name: "a packet whose names were exchanged is refused",
    clause: sender,
    needs: "authenticates",
    run: renamed,
  },
  { name: "one's own packet sent back is refused", clause: reflection, run: reflected },
  {
    name: "one's own packet turned round is refused",
    clause: reflection,
    needs: "authenticates",
    run: turned,
  },
  {
    name: "a sender that was not admitted is refused",
    clause: sender,
    run: (subject) =>
      void refused(sender, subject.make("b").open(subject.make("stranger").seal("b", payload)), "stranger"),
  },
  {
    name: "a node of another cluster is refused",
    clause: "names and keys of another cluster count for nothing here",
    run: (subject) =>
      void refused(
        "another cluster",
        subject.make("b").open(subject.make("a", "other").seal("b", payload)),
        "other",
      ),
  },
  { name: "nothing received throws", clause: total, run: neverThrows },
  { name: "random bytes are not a packet", clause: integrity, needs: "authenticates", run: randomRefused },
  { name: "sealing for an unknown audience is refused", clause: caller, run: unknownAudience },
];
