import { equalBytes } from "@eunomia/codec";
import type { AnyEngine, NodeId } from "@eunomia/engine";
import {
  acceptorEngine,
  learnerEngine,
  type NodeConfig,
  type NodeOptions,
  nodeConfig,
  proposerEngine,
  type Scheme,
  type Sign,
} from "@eunomia/hetero-paxos";
import { type Setup, setupOf } from "@eunomia/hetero-paxos/examine";
import { graphDigest, type ValidGraph } from "@eunomia/learner-graph";
import { isSealed, seal } from "../seal.ts";

/** The shape of a cluster of Heterogeneous Paxos. What is left out has the default of `nodeConfig`. */
export interface HeteroShape
  extends Pick<
    NodeOptions,
    | "unlock"
    | "maxAhead"
    | "tickMs"
    | "retryMs"
    | "waitingMax"
    | "closeBy"
    | "spacingMs"
    | "refsMax"
    | "depthMax"
  > {
  readonly graph: ValidGraph;
  readonly proposers: number;
  readonly learners: number;
}

export type Part = { readonly engine: AnyEngine; readonly config: NodeConfig };

const count = (letter: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${letter}${i}`);

/** Names of all processes: acceptors as the graph has them, proposers `w0`…, learners `z0`…. */
export const heteroNames = ({ graph, proposers, learners }: HeteroShape) => ({
  acceptors: graph.acceptors,
  proposers: count("w", proposers),
  learners: count("z", learners),
});

/** Stands for SHA-256: eight hashes in the manner of FNV-1a, each stirred at the end. Nobody in a simulation looks for collisions. */
export function quickDigest(bytes: Uint8Array): Uint8Array {
  let [a, b, c, d] = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (a >>> 15);
    c = Math.imul(c ^ byte, 0xc2b2ae35) ^ (b >>> 13);
    d = Math.imul(d ^ byte, 0x27d4eb2f) ^ (c >>> 16);
  }
  const words = [a, b, c, d, a ^ (c >>> 7), b ^ (d >>> 9), a ^ (b << 5), c ^ (d << 3)].map((word) => {
    const stirred = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    return Math.imul(stirred ^ (stirred >>> 13), 0xc2b2ae35) ^ (stirred >>> 16);
  });
  return Uint8Array.from(words.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255)));
}

const domain = "hetero-paxos";

/** Seals in the place of signatures: see `seal`. */
export const sealScheme: Scheme = {
  digest: quickDigest,
  verify: (acceptor, bytes, signature) => equalBytes(seal(acceptor, domain, bytes), signature),
};

export const sealAs =
  (acceptor: NodeId): Sign =>
  (bytes) =>
    seal(acceptor, domain, bytes);

const digests = new WeakMap<ValidGraph, Uint8Array>();
function digestOf(graph: ValidGraph): Uint8Array {
  let digest = digests.get(graph);
  if (digest === undefined) {
    digest = graphDigest(graph);
    digests.set(graph, digest);
  }
  return digest;
}

/** What follows from the configuration of each engine that was made here: engines that are wrong in one rule start from it. */
const setups = new WeakMap<AnyEngine, Setup>();

/** The setup of an engine that `heteroPart` made, or that was made from one; null for any other one. */
export const setupIn = (engine: AnyEngine): Setup | null => setups.get(engine) ?? null;

/** The engine, which does what follows from this setup. */
export function withSetup(engine: AnyEngine, setup: Setup): AnyEngine {
  setups.set(engine, setup);
  return engine;
}

/** The process of a name: acceptor, proposer or learner. */
export function heteroPart(shape: HeteroShape, self: string): Part {
  const { graph, proposers: _, learners: __, ...options } = shape;
  const { acceptors, proposers, learners } = heteroNames(shape);
  const config = nodeConfig({
    self,
    graph,
    graphDigest: digestOf(graph),
    watchers: [...proposers, ...learners],
    order: proposers,
    ...options,
  });
  const tools = { graph, scheme: sealScheme, accepts: isSealed };
  const sign = sealAs(self);
  const engine: AnyEngine = acceptors.includes(self)
    ? acceptorEngine(config, tools, sign)
    : proposers.includes(self)
      ? proposerEngine(config, tools)
      : learnerEngine(config, tools);
  setups.set(engine, setupOf(config, tools, sign));
  return { engine, config };
}
