import { concat, equalBytes, sha256, utf8Encode } from "@eunomia/codec";
import type { ScheduleProcess } from "@eunomia/conformance";
import type { Engine, NodeId } from "@eunomia/engine";
import { graphDigest, type LearnerGraph } from "@eunomia/learner-graph";
import {
  acceptorEngine,
  learnerEngine,
  memberEngine,
  type NodeConfig,
  type NodeOptions,
  type NodeTypes,
  nodeConfig,
  proposerEngine,
  type Scheme,
  type Sign,
  type Tools,
} from "../src/index.ts";

/** A digest with a secret of the acceptor in it: good enough where nobody looks into the process. */
const mac = (acceptor: NodeId, bytes: Uint8Array): Uint8Array =>
  sha256(concat(utf8Encode(`secret of ${acceptor}`), bytes)).subarray(0, 8);

export const scheme: Scheme = {
  digest: sha256,
  verify: (acceptor, bytes, signature) => equalBytes(mac(acceptor, bytes), signature),
};
export const signAs =
  (acceptor: NodeId): Sign =>
  (bytes) =>
    mac(acceptor, bytes);

export interface ClusterOptions {
  readonly graph: LearnerGraph;
  readonly proposers?: number;
  readonly learners?: number;
  readonly options?: Partial<NodeOptions>;
  readonly accepts?: Tools["accepts"];
  /** Lets a broken twin take the place of the acceptors. */
  readonly acceptorOf?: (config: NodeConfig, tools: Tools, sign: Sign) => Engine<NodeTypes>;
}

export const proposerNames = (count = 2): NodeId[] => Array.from({ length: count }, (_, i) => `w${i}`);
export const learnerNames = (count = 1): NodeId[] => Array.from({ length: count }, (_, i) => `z${i}`);

/** The acceptors of the graph under their names, proposers w0, w1, …, learners z0, z1, … */
export function cluster(cluster: ClusterOptions): Record<NodeId, ScheduleProcess> {
  const { graph, acceptorOf = acceptorEngine, accepts } = cluster;
  const proposers = proposerNames(cluster.proposers);
  const learners = learnerNames(cluster.learners);
  const tools: Tools = { graph, scheme, ...(accepts === undefined ? {} : { accepts }) };
  const configOf = (self: NodeId): NodeConfig =>
    nodeConfig({
      self,
      graph,
      graphDigest: graphDigest(graph),
      watchers: [...proposers, ...learners],
      order: proposers,
      tickMs: 0,
      ...cluster.options,
    });
  const processes: Record<NodeId, ScheduleProcess> = {};
  for (const self of graph.acceptors) {
    const config = configOf(self);
    processes[self] = { engine: acceptorOf(config, tools, signAs(self)), config };
  }
  for (const self of proposers) {
    const config = configOf(self);
    processes[self] = { engine: proposerEngine(config, tools), config };
  }
  for (const self of learners) {
    const config = configOf(self);
    processes[self] = { engine: learnerEngine(config, tools), config };
  }
  return processes;
}

/** Every acceptor of the graph proposes and learns too. */
export function members(
  graph: LearnerGraph,
  options: Partial<NodeOptions> = {},
): Record<NodeId, ScheduleProcess> {
  const common = { graph, graphDigest: graphDigest(graph), watchers: graph.acceptors, tickMs: 0, ...options };
  return Object.fromEntries(
    graph.acceptors.map((self) => {
      const config = nodeConfig({ ...common, self });
      return [self, { engine: memberEngine(config, { graph, scheme }, signAs(self)), config }];
    }),
  );
}
