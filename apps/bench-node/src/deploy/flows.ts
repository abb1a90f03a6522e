import type { Flow } from "@eunomia/deploy-policy";

/**
 * The names that a deployment of a cluster has to give a meaning: `NODES` is the group of its nodes by their ids, `CLIENTS` stands
 * for whoever hands in commands, `CONTROL` for the control principals. `AUDITOR` may be left out: then nobody audits.
 */
export const roles = { nodes: "NODES", clients: "CLIENTS", control: "CONTROL", auditor: "AUDITOR" } as const;

/** Types of what is said in a cluster. */
export const types = {
  /** Messages of protocols, replicas and transfers between nodes. */
  protocol: "Protocol",
  request: "Request",
  reply: "Reply",
  control: "Control",
} as const;

/**
 * The spec of a node: who says what to whom. It is the same under every deployment, but for who audits what nodes say to one another:
 * that is for whoever deploys.
 *
 * @param audited whether the deployment names an auditor.
 */
export function nodeFlows(audited: boolean): readonly Flow[] {
  const { nodes, clients, control, auditor } = roles;
  const flow = (type: string, issuer: string, verifier: string, by = "NOONE"): Flow => ({
    type,
    issuer,
    verifier,
    auditor: by,
  });
  return [
    flow(types.protocol, nodes, nodes, audited ? auditor : "NOONE"),
    flow(types.request, clients, nodes),
    flow(types.reply, nodes, clients),
    // They come with the order, from whichever node: each must be able to convince all others.
    flow(types.control, control, nodes, nodes),
  ];
}
