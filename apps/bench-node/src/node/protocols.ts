import type { ProtocolSpec } from "@eunomia/aneris-switch/messages";
import type { ConsensusBinding } from "@eunomia/engine";
import { paxosBinding, paxosParams } from "@eunomia/paxos";
import { twoThirdsBinding } from "@eunomia/two-thirds";
import { type Signatures, signaturesOf } from "../security/signatures.ts";
import type { ClusterConfig } from "./config.ts";
import { signedRegistry } from "./signed.ts";

/**
 * The registry of a cluster: the protocols that its configuration names, on the nodes that the order says.
 *
 * @param signatures of this node; without them plans can be judged, and protocols run that sign nothing.
 */
export function registry(
  config: ClusterConfig,
  self: string,
  signatures: Signatures = signaturesOf(null),
): Record<string, ConsensusBinding> {
  const { paxos, "two-thirds": twoThirds } = config.protocols;
  return {
    ...(paxos && { paxos: paxosBinding({ self }) }),
    ...(twoThirds && {
      "two-thirds": twoThirdsBinding({
        self,
        graceMs: twoThirds.graceMs ?? 20,
        retryMs: 100,
        digestAboveBytes: 32 * 1024,
      }),
    }),
    ...signedRegistry(config, self, signatures),
  };
}

/** A protocol with the parameters of the configuration, which are right for the nodes that it names. */
export function protocolSpec({ protocols }: ClusterConfig, name: string): ProtocolSpec {
  const { phase1, phase2 } = (name === "paxos" ? protocols.paxos : null) ?? {};
  const sized = phase1 !== undefined && phase2 !== undefined;
  return { name, params: sized ? paxosParams({ phase1, phase2 }) : new Uint8Array() };
}
