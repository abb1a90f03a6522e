import type { ProtocolBinding } from "@eunomia/aneris-switch";
import { acceptorEngine, leaderEngine, learnerEngine } from "@eunomia/paxos";
import { flexible } from "@eunomia/quorum-algebra";
import {
  learnerConfig,
  memberConfig,
  memberEngine,
  learnerEngine as memberLearnerEngine,
} from "@eunomia/two-thirds";
import type { ClusterConfig } from "./config.ts";
import { processOf, type Role } from "./names.ts";

/** The empty batch, which fills gaps. */
const noop = new Uint8Array([0x80]);

const ofAll = (config: ClusterConfig, role: Role): string[] =>
  config.nodes.map((node) => processOf(node.id, role));

const noParameters = (params: Uint8Array): string | null =>
  params.length === 0 ? null : "expected no parameters: they stand in the configuration of the cluster";

/** Every node is acceptor, leader and learner; quorums by size, any two that meet (Flexible Paxos). */
function paxosBinding(
  config: ClusterConfig,
  self: string,
  sizes: { phase1: number; phase2: number },
): ProtocolBinding {
  const acceptors = ofAll(config, "acceptor");
  const leaders = ofAll(config, "leader");
  const learners = ofAll(config, "paxos-learner");
  const { phase1, phase2 } = flexible(acceptors, sizes.phase1, sizes.phase2);
  const shared = { leaders, learners, f: config.f, maxAhead: 4096 };
  return {
    validate: noParameters,
    epoch(fromSlot) {
      const acceptor = {
        ...shared,
        self: processOf(self, "acceptor"),
        colocatedLearner: processOf(self, "paxos-learner"),
        fromSlot,
        pageBytes: 1 << 20,
        acknowledgeDigests: false,
      };
      const leader = {
        ...shared,
        self: processOf(self, "leader"),
        directLearners: [],
        phase1,
        phase2,
        announce: "reference" as const,
        fromSlot,
        noop,
        skipPhase1: true,
        heartbeatMs: 25,
        retryMs: 100,
        suspectMinMs: 120,
        suspectMaxMs: 2000,
        shrinkMs: 5,
        stallMs: 1000,
      };
      const learner = {
        self: processOf(self, "paxos-learner"),
        leaders,
        acceptors,
        proposeTo: "active" as const,
        fromSlot,
        maxAhead: 4096,
        fetchMax: 16,
        retryMs: 100,
        silenceMs: 400,
      };
      return {
        learner: learner.self,
        processes: [
          { process: acceptor.self, engine: acceptorEngine(acceptor), config: acceptor },
          { process: leader.self, engine: leaderEngine(leader), config: leader },
          { process: learner.self, engine: learnerEngine(learner), config: learner },
        ],
      };
    },
  };
}

/** Every node is member and learner. */
function twoThirdsBinding(config: ClusterConfig, self: string, graceMs: number): ProtocolBinding {
  const members = ofAll(config, "member");
  const learners = ofAll(config, "learner");
  return {
    validate: noParameters,
    epoch(fromSlot) {
      const member = memberConfig({
        self: processOf(self, "member"),
        members,
        learners,
        colocatedLearner: processOf(self, "learner"),
        fromSlot,
        f: config.f,
        graceMs,
        retryMs: 100,
        maxAhead: 4096,
        digestAboveBytes: 256,
      });
      const learner = learnerConfig({ self: processOf(self, "learner"), members, fromSlot });
      return {
        learner: learner.self,
        processes: [
          { process: member.self, engine: memberEngine(member), config: member },
          { process: learner.self, engine: memberLearnerEngine(learner), config: learner },
        ],
      };
    },
  };
}

/** The registry of a cluster: the protocols that its configuration names. */
export function registry(config: ClusterConfig, self: string): Record<string, ProtocolBinding> {
  const { paxos, "two-thirds": twoThirds } = config.protocols;
  return {
    ...(paxos && { paxos: paxosBinding(config, self, paxos) }),
    ...(twoThirds && { "two-thirds": twoThirdsBinding(config, self, twoThirds.graceMs ?? 20) }),
  };
}
