import { paxosRoles } from "@eunomia/paxos";
import { twoThirdsRoles } from "@eunomia/two-thirds";

/** The processes of a node, named `node/role`. */
const roles: readonly string[] = ["replica", "gateway", "transfer", ...paxosRoles, ...twoThirdsRoles];
export type Role =
  | "replica"
  | "gateway"
  | "transfer"
  | (typeof paxosRoles)[number]
  | (typeof twoThirdsRoles)[number];

export const processOf = (node: string, role: Role): string => `${node}/${role}`;

/** The node of a process as the name of the process has it, whoever that node is; null for a name of another form. */
export function nodeInName(process: string): string | null {
  const [node, role, ...more] = process.split("/");
  return node !== "" && role !== undefined && roles.includes(role) && more.length === 0 ? node! : null;
}

/** Which node runs a process, among nodes of the cluster; null for one outside of it: a client, whatever it calls itself. */
export const directory =
  (nodes: ReadonlySet<string>): ((process: string) => string | null) =>
  (process) => {
    const node = nodeInName(process);
    return node !== null && nodes.has(node) ? node : null;
  };
