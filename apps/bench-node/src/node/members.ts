import type { Member, Membership } from "@eunomia/aneris-switch/messages";
import { bytes, DecodeError, decode, encode, fromHex, nat, record, text, toHex } from "@eunomia/codec";
import type { NodeAddress } from "./config.ts";
import { nodeInName, processOf } from "./names.ts";

/** What a member says of itself in the order: where it listens. */
const NodeInfo = record({ host: text(255), port: nat(65_535) });
/** The same of one that signs: in clusters that may be swapped to a protocol for Byzantine faults. */
const SigningNodeInfo = record({ host: text(255), port: nat(65_535), publicKey: bytes(32) });

export const memberOf = ({ id, host, port, publicKey }: NodeAddress): Member => ({
  replica: processOf(id, "replica"),
  info:
    publicKey === undefined
      ? encode(NodeInfo, { host, port })
      : encode(SigningNodeInfo, { host, port, publicKey: fromHex(publicKey) }),
});

/** What a member says of itself; null for what is none of the two forms. */
function readInfo(info: Uint8Array): { host: string; port: number; publicKey?: Uint8Array } | null {
  for (const form of [NodeInfo, SigningNodeInfo])
    try {
      return decode<{ host: string; port: number; publicKey?: Uint8Array }>(form, info);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  return null;
}

/** The key by which a member's signatures are judged; null if it has none. */
export const publicKeyIn = (info: Uint8Array): Uint8Array | null => readInfo(info)?.publicKey ?? null;

export const membershipOf = (nodes: readonly NodeAddress[], f: number): Membership => ({
  members: nodes.map(memberOf),
  f,
});

/** Where a member listens, and its key if it has one; null if it does not say so. */
export function addressOf({ replica, info }: Member): NodeAddress | null {
  const id = nodeInName(replica);
  const said = readInfo(info);
  if (id === null || said === null || said.host === "" || said.port === 0) return null;
  const { host, port, publicKey } = said;
  return { id, host, port, ...(publicKey && { publicKey: toHex(publicKey) }) };
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
