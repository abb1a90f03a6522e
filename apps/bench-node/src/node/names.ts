import { paxosRoles } from "@eunomia/paxos";
import { twoThirdsRoles } from "@eunomia/two-thirds";
import type { ClusterConfig } from "./config.ts";

/** The processes of a node, named `node/role`. Nobody takes a name apart: who runs what is looked up. */
const roles = ["replica", "gateway", ...paxosRoles, ...twoThirdsRoles] as const;
export type Role = (typeof roles)[number];

export const processOf = (node: string, role: Role): string => `${node}/${role}`;

/** Which node runs a process; null for one outside the cluster: a client. */
export function directory(config: ClusterConfig): (process: string) => string | null {
  const nodeOf = new Map<string, string>();
  for (const { id } of config.nodes) for (const role of roles) nodeOf.set(processOf(id, role), id);
  return (process) => nodeOf.get(process) ?? null;
}
