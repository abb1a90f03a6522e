import { readBatch } from "@eunomia/aneris-switch/messages";
import { toHex } from "@eunomia/codec";
import { publicKeyFault } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { ConsensusBinding, EpochPlan } from "@eunomia/engine";
import { heteroPaxosBinding, type Scheme } from "@eunomia/hetero-paxos";
import { type ByzantineOracles, byzantineBinding } from "@eunomia/two-thirds/byzantine";
import type { Signatures, Verify } from "../security/signatures.ts";
import type { ClusterConfig } from "./config.ts";
import { graphOf, learnerOf } from "./learner-graph.ts";
import { publicKeyIn } from "./members.ts";

/** Signatures under messages of Heterogeneous Paxos; they are of no use in another protocol. */
const heteroPaxosDomain = "eunomia/hetero-paxos/1";

/** Protocols whose messages are signed by the nodes, each with a key of its own. */
export const signedProtocols = ["two-thirds-byzantine", "hetero-paxos"] as const;

/** Whether a cluster may be swapped to a protocol for which its nodes need keys. */
export const needsKeys = (protocols: ClusterConfig["protocols"]): boolean =>
  signedProtocols.some((name) => protocols[name] !== undefined);

/** What all processes of an epoch judge signatures by: the keys that the order has of its nodes. */
type Keys = ReadonlyMap<string, Uint8Array>;

/** The keys of the nodes of a plan; a text: why they cannot sign. The same answer at every node. */
export function keysOf({ nodes, infos = [] }: EpochPlan): Keys | string {
  const keys = new Map<string, Uint8Array>();
  const owners = new Map<string, string>();
  for (const [i, node] of nodes.entries()) {
    const key = infos[i] === undefined ? null : publicKeyIn(infos[i]);
    if (key === null) return `expected a public key of ${node}`;
    if (publicKeyFault(key) !== null) return `expected a public key of ${node} that is none to be forged`;
    const other = owners.get(toHex(key));
    if (other !== undefined) return `${other} and ${node} have one key: it would sign for two`;
    owners.set(toHex(key), node);
    keys.set(node, key);
  }
  return keys;
}

/** A value may be decided if it is a batch: what is in it is judged at its delivery, the same everywhere. */
const isBatch = (_slot: number, value: Uint8Array): boolean => readBatch(value) !== null;

/** How the nodes with these keys judge messages of Heterogeneous Paxos. */
export const schemeOf = (keys: Keys, verify: Verify): Scheme => ({
  digest: native.sha256,
  verify: (acceptor, bytes, signature) => {
    const key = keys.get(acceptor);
    return key !== undefined && verify(key, heteroPaxosDomain, bytes, signature);
  },
});

/** How they judge those of Byzantine 2/3-consensus; asked about nodes. */
export const courtOf = (keys: Keys, verify: Verify): Pick<ByzantineOracles, "verify"> => ({
  verify: (node, domain, bytes, signature) => {
    const key = keys.get(node);
    return key !== undefined && verify(key, domain, bytes, signature);
  },
});

/** A binding whose oracles depend on who is a member: made anew for each epoch. */
function perEpoch(make: (keys: Keys) => ConsensusBinding): ConsensusBinding {
  return {
    validate(plan) {
      const keys = keysOf(plan);
      return typeof keys === "string" ? keys : make(keys).validate(plan);
    },
    epoch(plan) {
      const keys = keysOf(plan);
      if (typeof keys === "string")
        throw new Error(`the plan was found valid, but its nodes cannot sign: ${keys}`);
      return make(keys).epoch(plan);
    },
  };
}

/** The signed protocols of a cluster. */
export function signedRegistry(
  config: ClusterConfig,
  self: string,
  { sign, verify }: Signatures,
): Record<string, ConsensusBinding> {
  const { cluster, protocols } = config;
  const { "two-thirds-byzantine": twoThirds, "hetero-paxos": heteroPaxos } = protocols;
  return {
    ...(twoThirds && {
      "two-thirds-byzantine": perEpoch((keys) =>
        byzantineBinding({
          self,
          cluster,
          roundMs: twoThirds.roundMs ?? 200,
          oracles: { sign, valid: isBatch, ...courtOf(keys, verify) },
        }),
      ),
    }),
    ...(heteroPaxos && {
      "hetero-paxos": perEpoch((keys) =>
        heteroPaxosBinding({
          self,
          chain: cluster,
          learner: learnerOf(config),
          graphOf: (plan) => graphOf(config, plan),
          scheme: schemeOf(keys, verify),
          sign: (bytes) => sign(heteroPaxosDomain, bytes),
          accepts: isBatch,
        }),
      ),
    }),
  };
}
