import { type AuthenticatorSubject, authenticatorCases, refusals } from "@eunomia/conformance";
import type { NodeId } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import {
  AuthenticatorError,
  type CryptoProvider,
  ed25519Authenticator,
  hmacAuthenticator,
  KeyError,
  pairSecret,
  plainAuthenticator,
  portable,
} from "../src/index.ts";
import { native } from "../src/native.ts";

type Subject = AuthenticatorSubject & { readonly authenticates: boolean };

const peers = ["a", "b", "c"];
const secret = new Uint8Array(32).fill(7);
const seedOf = (node: NodeId) => new Uint8Array(32).fill(node.charCodeAt(0));

/** A stranger knows the others; they do not know it. */
function hmacSubject(provider: CryptoProvider): Subject {
  return {
    authenticates: true,
    make: (self, cluster = "demo") =>
      hmacAuthenticator({ self, cluster, provider, keys: { kind: "cluster", secret, peers } }),
  };
}

const pairwise: Subject = {
  authenticates: true,
  make(self, cluster = "demo") {
    const of = (peer: NodeId) => native.sha256(Buffer.from([self, peer].sort().join("+")));
    const secrets = new Map(peers.map((peer) => [peer, of(peer)]));
    return hmacAuthenticator({ self, cluster, provider: native, keys: { kind: "pairwise", secrets } });
  },
};

function ed25519Subject(provider: CryptoProvider): Subject {
  const publicKeys = new Map(peers.map((peer) => [peer, native.ed25519.publicKey(seedOf(peer))]));
  return {
    authenticates: true,
    make: (self, cluster = "demo") =>
      ed25519Authenticator({ self, cluster, provider, seed: seedOf(self), publicKeys }),
  };
}

const plain: Subject = {
  authenticates: false,
  make: (self, cluster = "demo") => plainAuthenticator({ self, cluster, peers }),
};

const subjects: [string, Subject][] = [
  ["hmac, native, cluster secret", hmacSubject(native)],
  ["hmac, portable, cluster secret", hmacSubject(portable)],
  ["hmac, pairwise secrets", pairwise],
  ["ed25519, native", ed25519Subject(native)],
  ["plain", plain],
  // The tag is made natively and checked portably, or the other way round, by turns.
  [
    "hmac, the two providers mixed",
    {
      authenticates: true,
      make: (self, cluster) => hmacSubject(self === "b" ? portable : native).make(self, cluster),
    },
  ],
];

describe.each(subjects)("%s", (_name, subject) => {
  const features = ["views", ...(subject.authenticates ? ["authenticates"] : [])];
  for (const one of authenticatorCases)
    test.skipIf(one.needs !== undefined && !features.includes(one.needs))(one.name, () => one.run(subject));
});

test("ed25519, portable: packets of the native one open, and the other way round", () => {
  const [one, other] = [ed25519Subject(native), ed25519Subject(portable)];
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const sealed = from.make("a").seal("b", new Uint8Array(100));
    expect(to.make("b").open(sealed)).toMatchObject({ ok: true, from: "a", convinces: "anyone" });
    sealed[60] = 1;
    expect(to.make("b").open(sealed)).toEqual({ ok: false, reason: "signature: bad signature" });
  }
});

test("a signed packet convinces an auditor who has no secret of the audience", () => {
  const sealed = ed25519Subject(native).make("a").seal("b", new Uint8Array(5));
  const publicKeys = new Map([["a", native.ed25519.publicKey(seedOf("a"))]]);
  const auditor = ed25519Authenticator({
    self: "b",
    cluster: "demo",
    provider: portable,
    seed: new Uint8Array(32),
    publicKeys,
  });
  expect(auditor.open(sealed)).toMatchObject({ ok: true, from: "a", convinces: "anyone" });
});

test("an authenticator that only claims to authenticate is refused", async () => {
  const refused = await refusals(authenticatorCases, plain, ["authenticates"]);
  expect(refused.map((one) => one.name)).toContain("a byte changed anywhere is refused");
});

describe.each(subjects)("reasons tell what is wrong: %s", (_name, subject) => {
  const reasonOf = (at: NodeId, sealed: Uint8Array) => subject.make(at).open(sealed);
  const sealed = subject.make("a").seal("b", new Uint8Array(9));
  test.each([
    ["a stranger", reasonOf("b", subject.make("stranger").seal("b", new Uint8Array(9))), /: unknown sender$/],
    [
      "another cluster",
      reasonOf("b", subject.make("a", "other").seal("b", new Uint8Array(9))),
      /: other cluster$/,
    ],
    ["another audience", reasonOf("c", sealed), /audience|tag|signature/],
  ])("%s", (_title, answer, reason) => {
    expect(answer).toEqual({ ok: false, reason: expect.stringMatching(reason) as string });
  });
});

describe("admitting and forgetting", () => {
  test("a client gets the pair secrets, not the cluster's, and is forgotten again", () => {
    const server = hmacSubject(native).make("a") as ReturnType<typeof hmacAuthenticator>;
    const secrets = new Map([["a", pairSecret(native, secret, "client", "a")]]);
    const keys = { kind: "pairwise", secrets } as const;
    const client = hmacAuthenticator({ self: "client", cluster: "demo", provider: portable, keys });
    const sealed = client.seal("a", new Uint8Array(3));
    expect(server.open(sealed)).toEqual({ ok: false, reason: "mac: unknown sender" });
    server.admit("client");
    expect(server.open(sealed)).toMatchObject({ ok: true, from: "client" });
    expect(client.open(server.seal("client", new Uint8Array(3)))).toMatchObject({ ok: true, from: "a" });
    server.admit("client", new Uint8Array(32));
    expect(server.open(sealed)).toEqual({ ok: false, reason: "mac: bad tag" });
    server.forget("client");
    expect(server.open(sealed)).toEqual({ ok: false, reason: "mac: unknown sender" });
    expect(() => server.seal("client", new Uint8Array(3))).toThrow(AuthenticatorError);
    server.forget("client");
  });

  test("names that share a hash are told apart", () => {
    const names = collidingNames();
    const keys = { kind: "cluster", secret, peers: ["a", ...names] } as const;
    const make = (self: NodeId) => hmacAuthenticator({ self, cluster: "demo", provider: native, keys });
    const a = make("a");
    for (const name of names)
      expect(a.open(make(name).seal("a", new Uint8Array(1)))).toMatchObject({ ok: true, from: name });
    a.forget(names[0]);
    expect(a.open(make(names[0]).seal("a", new Uint8Array(1)))).toMatchObject({
      reason: "mac: unknown sender",
    });
    expect(a.open(make(names[1]).seal("a", new Uint8Array(1)))).toMatchObject({ ok: true });
  });
});

/** Two names with one FNV-1a value, by search. */
function collidingNames(): [string, string] {
  const seen = new Map<number, string>();
  for (let n = 0; ; n++) {
    const name = `node-${n}`;
    const hash = Buffer.from(name).reduce((h, byte) => Math.imul(h ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
    const other = seen.get(hash);
    if (other !== undefined) return [other, name];
    seen.set(hash, name);
  }
}

describe("mistakes at construction are typed errors", () => {
  const make = (change: object) => () =>
    hmacAuthenticator({
      self: "a",
      cluster: "demo",
      provider: native,
      keys: { kind: "cluster", secret, peers },
      ...change,
    });
  test.each([
    ["an empty name", make({ self: "" }), "bad-name"],
    ["a name of 256 bytes", make({ self: "x".repeat(256) }), "bad-name"],
    ["a lone surrogate", make({ self: "\ud800" }), "bad-name"],
    ["an empty cluster", make({ cluster: "" }), "bad-name"],
    ["a bad name of a peer", make({ keys: { kind: "cluster", secret, peers: [""] } }), "bad-name"],
    [
      "a short cluster secret",
      make({ keys: { kind: "cluster", secret: secret.subarray(1), peers } }),
      "short-secret",
    ],
    [
      "a short pair secret",
      make({ keys: { kind: "pairwise", secrets: new Map([["b", new Uint8Array(31)]]) } }),
      "short-secret",
    ],
    [
      "oneself admitted",
      () => (hmacSubject(native).make("a") as ReturnType<typeof hmacAuthenticator>).admit("a"),
      "self-peer",
    ],
    [
      "no secret to derive from",
      () => (pairwise.make("a") as ReturnType<typeof hmacAuthenticator>).admit("d"),
      "missing-secret",
    ],
    [
      "a published key of another seed",
      () =>
        ed25519Authenticator({
          self: "a",
          cluster: "demo",
          provider: native,
          seed: seedOf("b"),
          publicKeys: new Map([["a", native.ed25519.publicKey(seedOf("a"))]]),
        }),
      "mismatched-key",
    ],
  ])("%s", (_name, use, code) => {
    expect(use).toThrow(AuthenticatorError);
    expect(use).toThrow(expect.objectContaining({ code }) as Error);
  });

  test("a peer's key that registration refuses", () => {
    const publicKeys = new Map([["b", Uint8Array.from([1, ...new Uint8Array(31)])]]);
    const use = () =>
      ed25519Authenticator({ self: "a", cluster: "demo", provider: native, seed: secret, publicKeys });
    expect(use).toThrow(KeyError);
    expect(use).toThrow(expect.objectContaining({ code: "small-order" }) as Error);
  });

  test("a name of 255 bytes and names beyond ASCII serve", () => {
    const names = ["x".repeat(255), "Ευνομία", "\ufeffr0"];
    const keys = { kind: "cluster", secret, peers: names } as const;
    const of = (self: NodeId) => hmacAuthenticator({ self, cluster: "δ", provider: native, keys });
    for (const from of names)
      for (const to of names)
        if (from !== to)
          expect(of(to).open(of(from).seal(to, new Uint8Array(1)))).toMatchObject({ ok: true, from });
  });
});
