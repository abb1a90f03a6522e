import type { ConsensusBinding } from "@eunomia/engine";
import { paxosBinding } from "@eunomia/paxos";
import { twoThirdsBinding } from "@eunomia/two-thirds";
import type { ClusterConfig } from "./config.ts";

/** The registry of a cluster: the protocols that its configuration names, each on all nodes. */
export function registry(config: ClusterConfig, self: string): Record<string, ConsensusBinding> {
  const { paxos, "two-thirds": twoThirds } = config.protocols;
  const nodes = config.nodes.map((node) => node.id);
  const { f } = config;
  return {
    ...(paxos && { paxos: paxosBinding({ self, nodes, f, ...paxos }) }),
    ...(twoThirds && {
      "two-thirds": twoThirdsBinding({
        self,
        nodes,
        f,
        graceMs: twoThirds.graceMs ?? 20,
        retryMs: 100,
        digestAboveBytes: 32 * 1024,
      }),
    }),
  };
}
