import type { Operation } from "@eunomia/aneris-switch/messages";
import { paxosParams } from "@eunomia/paxos";
import { type ClusterConfig, mostDown, type NodeAddress } from "../../node/config.ts";
import { membershipOf } from "../../node/members.ts";
import { registry } from "../../node/protocols.ts";
import { printed } from "../addresses.ts";
import { CliError } from "../exits.ts";

/** How a cluster stands before a change. */
export interface Standing {
  readonly members: readonly NodeAddress[];
  /** Names that were members' once. */
  readonly retired: readonly string[];
  readonly f: number;
  readonly protocol: string;
}

/** What is to be other. */
export interface Wish {
  readonly add: readonly NodeAddress[];
  readonly remove: readonly string[];
  readonly replace: readonly { readonly old: string; readonly by: NodeAddress }[];
  readonly f?: number;
  readonly protocol?: string;
  /** Sizes of the quorums of Paxos; left out: majorities. */
  readonly sizes?: { readonly phase1: number; readonly phase2: number };
}

/** A change that can work, as far as one can tell before it is handed in. */
export interface ChangePlan {
  readonly operation: Operation;
  readonly after: Standing;
  readonly joining: readonly NodeAddress[];
  readonly leaving: readonly string[];
}

function refuse(code: string, message: string): never {
  throw new CliError(code, message);
}

/** Who is a member then. @throws CliError `no-member`, `taken`. */
function membersAfter({ members, retired }: Standing, { add, remove, replace }: Wish): NodeAddress[] {
  const after = [...members];
  const names = members.map(({ id }) => id).join(", ");
  const place = (id: string): number => {
    const at = after.findIndex((node) => node.id === id);
    return at >= 0 ? at : refuse("no-member", `expected one of the members (${names}), got ${id}`);
  };
  const checkNew = ({ id, ...address }: NodeAddress): void => {
    if (members.some((node) => node.id === id) || after.some((node) => node.id === id))
      refuse("taken", `expected a node that is no member yet, got ${id}: members are ${names}`);
    if (retired.includes(id))
      refuse(
        "taken",
        `expected a name that was never used, got ${id}, which was a member once: prepare the node under another name with \`eunomia join\``,
      );
    const other = after.find(({ host, port }) => host === address.host && port === address.port);
    if (other !== undefined)
      refuse(
        "taken",
        `expected an address of its own for ${id}, got ${printed(address)}, which is that of ${other.id}`,
      );
  };
  for (const { old, by } of replace) {
    const [leaver] = after.splice(place(old), 1);
    checkNew(by);
    after.push(by);
    // Two nodes at one address would be one too many, and the old one may still be there.
    if (leaver!.host === by.host && leaver!.port === by.port)
      refuse(
        "taken",
        `expected an address of its own for ${by.id}, got that of ${old}, which has to go on until it is replaced`,
      );
  }
  for (const id of remove) after.splice(place(id), 1);
  for (const node of add) {
    checkNew(node);
    after.push(node);
  }
  return after;
}

/**
 * What a wish comes to, or why it cannot be: nothing is asked of anybody here. Numbers of failures that are not named become as many as
 * the protocol bears.
 *
 * @throws CliError `no-member`, `taken`, `no-protocol`, `f`, `quorums`, `no-change`.
 * @example
 * planChange(config, standing, { add: [], remove: ["n3"], replace: [] }).after.members.length; // one less
 */
export function planChange(config: ClusterConfig, standing: Standing, wish: Wish): ChangePlan {
  const members = membersAfter(standing, wish);
  const protocol = wish.protocol ?? standing.protocol;
  const known = registry(config, members[0]?.id ?? "");
  const binding = known[protocol];
  if (binding === undefined)
    refuse(
      "no-protocol",
      `expected one of the protocols of the configuration (${Object.keys(known).join(", ")}), got ${protocol}`,
    );
  const most = mostDown(members.length, protocol);
  const f = wish.f ?? most;
  if (members.length === 0 || f > most)
    refuse(
      "f",
      `expected at most ${Math.max(0, most)} of ${members.length} nodes to be down with ${protocol}, got ${f}: more members, a smaller f (\`eunomia reconfigure --f\`), or another protocol`,
    );
  if (wish.sizes !== undefined && protocol !== "paxos")
    refuse("quorums", `sizes of quorums are those of paxos, got ${protocol}`);
  const params = wish.sizes === undefined ? new Uint8Array() : paxosParams(wish.sizes);
  const membership = membershipOf(members, f);
  const infos = membership.members.map(({ info }) => info);
  const problem = binding.validate({ params, nodes: members.map(({ id }) => id), infos, f });
  if (problem !== null) refuse("quorums", `${protocol} cannot run on these members: ${problem}`);
  const joining = members.filter(({ id }) => !standing.members.some((node) => node.id === id));
  const leaving = standing.members
    .filter(({ id }) => !members.some((node) => node.id === id))
    .map(({ id }) => id);
  if (
    joining.length + leaving.length === 0 &&
    f === standing.f &&
    protocol === standing.protocol &&
    !wish.sizes
  )
    refuse(
      "no-change",
      `the members are ${members.map(({ id }) => id).join(", ")} already, with ${protocol} and f = ${f}`,
    );
  const spec = { name: protocol, params };
  const operation: Operation = { kind: "reconfigure", protocol: spec, membership };
  return { operation, joining, leaving, after: { ...standing, members, f, protocol } };
}

/**
 * A swap to another protocol on the same members.
 *
 * @throws CliError `no-protocol`, `quorums`, `no-change`.
 */
export function planSwap(
  config: ClusterConfig,
  standing: Standing,
  protocol: string,
  sizes?: Wish["sizes"],
): ChangePlan {
  const { f } = standing;
  const none = { add: [], remove: [], replace: [] };
  const { operation, after } = planChange(config, standing, {
    ...none,
    f,
    protocol,
    ...(sizes && { sizes }),
  });
  const spec = (operation as Extract<Operation, { kind: "reconfigure" }>).protocol;
  return { operation: { kind: "swap", protocol: spec }, after, joining: [], leaving: [] };
}
