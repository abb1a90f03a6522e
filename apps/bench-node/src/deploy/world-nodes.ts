import type { NodeId } from "@eunomia/engine";
import { type MemoryJournal, openMemoryJournal } from "@eunomia/journal/memory";
import { clusterSecret, hmac, publicKeyOf, type Subject, seedOf } from "../compare/subjects.ts";
import type { WorldNode } from "../compare/world.ts";
import type { Deployed } from "./decide.ts";
import { Line } from "./line.ts";
import { macVoice, signatureVoice } from "./voice.ts";

/** Nodes of one process that carry a deployment out. */
export interface DeployedNodes {
  readonly nodes: readonly (WorldNode & { readonly learner: NodeId })[];
  /** What each keeps for auditors; empty where there are none. */
  readonly evidence: ReadonlyMap<NodeId, MemoryJournal>;
  /** What was ignored below the drivers, by reason. Nodes have to run before it says anything. */
  refusals(): ReadonlyMap<string, number>;
}

/**
 * The nodes of a protocol under a deployment. Protocols whose messages are signed use the deployment's scheme for that, too.
 *
 * @example
 * const { nodes } = deployedNodes(paxos(6), deployedFor(text, ids));
 */
export function deployedNodes(subject: Subject, deployed: Deployed): DeployedNodes {
  const signed = deployed.nodes === "Ed25519";
  const made = subject.nodes(signed ? "signature" : "mac");
  const ids = made.map(({ id }) => id);
  const lines: Line[] = [];
  const evidence = new Map<NodeId, MemoryJournal>();
  const nodes = made.map((node) => {
    const self = node.id;
    const authenticator = hmac(self, ids);
    if (!deployed.asStatements) return { ...node, authenticator };
    const journal = deployed.auditors.length > 0 ? openMemoryJournal() : null;
    if (journal !== null) {
      journal.replay();
      evidence.set(self, journal);
    }
    const named = { self, nodes: ids };
    const voice = signed ? signatureVoice(named, seedOf(self), publicKeyOf) : macVoice(named, clusterSecret);
    const line: NonNullable<WorldNode["line"]> = (base) => {
      const opened = new Line({
        ...base,
        ...{ deployed, self, nodes: ids, voice, authenticator, evidence: journal },
        onFault: (error) => {
          throw error;
        },
      });
      lines.push(opened);
      return opened.ports;
    };
    return { ...node, authenticator, line };
  });
  return {
    nodes,
    evidence,
    refusals: () => {
      const all = new Map<string, number>();
      for (const line of lines)
        for (const [reason, count] of line.refusals()) all.set(reason, (all.get(reason) ?? 0) + count);
      return all;
    },
  };
}

/** What a node has kept, in its order. */
export const keptBy = (journal: MemoryJournal): readonly Uint8Array[] => journal.storage.records ?? [];
