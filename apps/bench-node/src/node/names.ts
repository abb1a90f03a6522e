import type { ClusterConfig } from "./config.ts";

/** The processes of a node. Names are made here and nowhere else; nobody takes them apart. */
const roles = ["replica", "gateway", "acceptor", "leader", "paxos-learner", "member", "learner"] as const;
export type Role = (typeof roles)[number];

export const processOf = (node: string, role: Role): string => `${node}/${role}`;

/** Which node runs a process; null for one outside the cluster: a client. */
export function directory(config: ClusterConfig): (process: string) => string | null {
  const nodeOf = new Map<string, string>();
  for (const { id } of config.nodes) for (const role of roles) nodeOf.set(processOf(id, role), id);
  return (process) => nodeOf.get(process) ?? null;
}
