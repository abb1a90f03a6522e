import type { Member, Membership } from "@eunomia/aneris-switch/messages";
import { DecodeError, decode, encode, nat, record, text } from "@eunomia/codec";
import type { NodeAddress } from "./config.ts";
import { nodeInName, processOf } from "./names.ts";

/** What a member says of itself in the order: where it listens. */
const NodeInfo = record({ host: text(255), port: nat(65_535) });

export const memberOf = ({ id, host, port }: NodeAddress): Member => ({
  replica: processOf(id, "replica"),
  info: encode(NodeInfo, { host, port }),
});

export const membershipOf = (nodes: readonly NodeAddress[], f: number): Membership => ({
  members: nodes.map(memberOf),
  f,
});

/** Where a member listens; null if it does not say so. */
export function addressOf({ replica, info }: Member): NodeAddress | null {
  const id = nodeInName(replica);
  try {
    const { host, port } = decode(NodeInfo, info);
    return id === null || host === "" || port === 0 ? null : { id, host, port };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** What speaks against a membership besides protocols: members that nobody finds. */
export function addressProblem({ members }: Membership): string | null {
  const places = new Map<string, string>();
  for (const member of members) {
    const address = addressOf(member);
    if (address === null) return `expected host and port of ${member.replica}`;
    const place = `${address.host}:${address.port}`;
    const other = places.get(place);
    if (other !== undefined) return `${place} is the address of two members: ${other}, ${address.id}`;
    places.set(place, address.id);
  }
  return null;
}
