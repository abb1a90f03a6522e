import { concat, equalBytes } from "@eunomia/codec";
import {
  ed25519Authenticator,
  hmacAuthenticator,
  pairSecret,
  signInDomain,
  verifyInDomain,
} from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { Authenticator, ConsensusBinding, NodeId } from "@eunomia/engine";
import { heteroPaxosBinding } from "@eunomia/hetero-paxos";
import { graphDigest } from "@eunomia/learner-graph";
import { paxosBinding } from "@eunomia/paxos";
import { twoThirdsBinding } from "@eunomia/two-thirds";
import { byzantineBinding } from "@eunomia/two-thirds/byzantine";
import { oneLearner } from "./graphs.ts";
import type { WorldNode } from "./world.ts";

/**
 * `mac`: packets carry HMAC-SHA256, and what protocols for Byzantine faults sign carries one tag for each node. Such a vector
 * convinces its readers one by one, so a liar can make them disagree about it: this is the price of the pattern, not a
 * deployment for Byzantine faults. `signature`: Ed25519, per packet for crash protocols, per statement for the others.
 */
export type Mode = "mac" | "signature";

export interface Subject {
  readonly name: string;
  readonly n: number;
  /** How many may fail, and how. */
  readonly tolerates: string;
  readonly nodes: (mode: Mode) => readonly (WorldNode & { readonly learner: NodeId })[];
}

/** What says who said what, for one node. */
interface Voice {
  sign(domain: string, bytes: Uint8Array): Uint8Array;
  verify(signer: NodeId, domain: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** Keys of nodes in one process: nobody has anything to hide there. */
export const clusterSecret = new Uint8Array(32).fill(7);
const nodesOf = (n: number): NodeId[] => Array.from({ length: n }, (_, i) => `n${i + 1}`);
export const seedOf = (node: NodeId): Uint8Array =>
  native.sha256(new TextEncoder().encode(`seed of ${node}`));
export const publicKeyOf = (node: NodeId): Uint8Array => native.ed25519.publicKey(seedOf(node));

function macVoice(self: NodeId, nodes: readonly NodeId[]): Voice {
  const keys = nodes.map((node) => native.macKey(pairSecret(native, clusterSecret, self, node)));
  const tagged = (domain: string, bytes: Uint8Array) =>
    concat(new TextEncoder().encode(`${domain}\0`), bytes);
  const own = nodes.indexOf(self);
  return {
    sign: (domain, bytes) => concat(...keys.map((key) => key.tag(tagged(domain, bytes)))),
    verify: (signer, domain, bytes, vector) => {
      const tag = keys[nodes.indexOf(signer)]!.tag(tagged(domain, bytes));
      return equalBytes(tag, vector.subarray(32 * own, 32 * own + 32));
    },
  };
}

function signatureVoice(self: NodeId, nodes: readonly NodeId[]): Voice {
  const own = native.ed25519.importSigningKey(seedOf(self));
  const keys = new Map(nodes.map((node) => [node, native.ed25519.importPublicKey(publicKeyOf(node))]));
  return {
    sign: (domain, bytes) => signInDomain(own, domain, bytes),
    verify: (signer, domain, bytes, signature) => verifyInDomain(keys.get(signer)!, domain, bytes, signature),
  };
}

export const hmac = (self: NodeId, peers: readonly NodeId[]): Authenticator =>
  hmacAuthenticator({
    self,
    cluster: "compare",
    keys: { kind: "cluster", secret: clusterSecret, peers },
    provider: native,
  });

const ed25519 = (self: NodeId, nodes: readonly NodeId[]): Authenticator =>
  ed25519Authenticator({
    self,
    cluster: "compare",
    seed: seedOf(self),
    publicKeys: new Map(nodes.map((node) => [node, publicKeyOf(node)])),
    provider: native,
  });

type MakeBinding = (self: NodeId, nodes: readonly NodeId[], voice: Voice) => ConsensusBinding;

function subject(
  name: string,
  n: number,
  f: number,
  fault: string,
  signs: boolean,
  make: MakeBinding,
): Subject {
  const nodes = nodesOf(n);
  return {
    name,
    n,
    tolerates: `${f} ${fault}`,
    nodes: (mode) =>
      nodes.map((id) => {
        const voice = mode === "mac" ? macVoice(id, nodes) : signatureVoice(id, nodes);
        const plan = { params: new Uint8Array(), nodes, f, from: 1, epoch: 1 };
        const { learner, processes } = make(id, nodes, voice).epoch(plan);
        return {
          id,
          learner,
          processes,
          authenticator: mode === "mac" || signs ? hmac(id, nodes) : ed25519(id, nodes),
        };
      }),
  };
}

/** Paxos on 2f+1 or 2f+2 nodes. */
export const paxos = (n: number): Subject =>
  subject("Paxos", n, Math.floor((n - 1) / 2), "crashes", false, (self) => paxosBinding({ self }));

export const twoThirds = (n: number): Subject =>
  subject("2/3", n, Math.floor((n - 1) / 3), "crashes", false, (self) =>
    twoThirdsBinding({ self, graceMs: 20, retryMs: 100, digestAboveBytes: 32 * 1024 }),
  );

export const byzantineTwoThirds = (n: number): Subject =>
  subject("Byzantine 2/3", n, Math.floor((n - 1) / 5), "liars", true, (self, _nodes, voice) =>
    byzantineBinding({ self, cluster: "compare", oracles: { ...voice, valid: () => true } }),
  );

export const heteroPaxos = (n: number): Subject =>
  subject("Heterogeneous Paxos", n, Math.floor((n - 1) / 3), "liars", true, (self, nodes, voice) => {
    const graph = oneLearner(nodes, Math.floor((n - 1) / 3));
    const domain = "hetero-paxos/compare";
    return heteroPaxosBinding({
      self,
      chain: "compare",
      learner: "log",
      graphOf: () => ({ graph, graphDigest: graphDigest(graph) }),
      scheme: {
        digest: native.sha256,
        verify: (acceptor, bytes, signature) => voice.verify(acceptor, domain, bytes, signature),
      },
      sign: (bytes) => voice.sign(domain, bytes),
    });
  });
