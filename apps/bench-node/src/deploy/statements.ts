import {
  bytes,
  DecodeError,
  decode,
  encode,
  type Infer,
  list,
  record,
  text,
  utf8Decode,
  utf8Encode,
} from "@eunomia/codec";
import { native } from "@eunomia/crypto-auth/native";
import { type NodeId, type Parcel, packetHeader } from "@eunomia/engine";
import type { HeteroPaxosMessage } from "@eunomia/hetero-paxos";
import { type Content, program, type Value } from "@eunomia/statement-pool";

/**
 * What nodes say as statements. Whoever knows these types knows what counts as equivocation:
 *
 * - `Said`: messages of one turn to the same nodes. Its number is used once, so an auditor sees what is missing, and two of one number.
 * - `Speech`: a message of an acceptor of Heterogeneous Paxos. Nobody honest makes two after the same one.
 */
export const nodeProgram = program(
  [
    {
      name: "Said",
      fields: [
        { name: "n", type: { k: "nat" } },
        { name: "letters", type: { k: "bytes" } },
      ],
      unique: [["n"]],
    },
    {
      name: "Speech",
      fields: [
        { name: "role", type: { k: "text" } },
        { name: "law", type: { k: "bytes" } },
        { name: "slot", type: { k: "nat" } },
        { name: "prev", type: { k: "opt", of: { k: "bytes" } } },
        { name: "message", type: { k: "bytes" } },
      ],
      unique: [["law"], ["slot"], ["prev"]],
    },
  ],
  { hash: native.sha256 },
);

/** A message between processes, as one node says it to several. */
const Letter = record({ from: text(512), instance: text(512), to: list(text(512), 4096), body: bytes() });
type Letter = Infer<typeof Letter>;
const Letters = list(Letter, 1 << 16);

/** What a driver hands over for several nodes at once: the message is one value, and encoded once. */
export interface Mail extends Omit<Parcel, "to"> {
  readonly body: Uint8Array;
  /** Its processes by node. */
  readonly to: ReadonlyMap<NodeId, readonly NodeId[]>;
}

/** Processes that only talk to processes of their own role need not be named: `node/role`. */
const roleOf = (process: NodeId): string => process.slice(process.indexOf("/") + 1);

/**
 * The content of a message that speaks for itself, with a slot of its own; null for all others. Messages that an acceptor passes on
 * for others are others' words.
 */
export function speechOf(self: NodeId, { from, to, engine, instance, message, body }: Mail): Content | null {
  if (!engine.name.startsWith("hetero-paxos")) return null;
  const said = message as HeteroPaxosMessage;
  if ((said.kind !== "1b" && said.kind !== "2a") || said.signer !== self) return null;
  const role = roleOf(from);
  if ([...to.values()].flat().some((process) => roleOf(process) !== role)) return null;
  const { law, slot } = said.instance;
  const prev: Value[] = said.prev === null ? [] : [said.prev];
  return contentOf("Speech", instance, [role, law, slot, prev, body]);
}

/** Messages of one turn to the same nodes. Instances stand in the letters: one turn may speak in several. */
export function saidOf(n: number, mail: readonly Mail[]): Content {
  const letters = mail.map(
    ({ from, instance, to, body }): Letter => ({ from, instance, to: [...to.values()].flat(), body }),
  );
  return contentOf("Said", "", [n, encode(Letters, letters)]);
}

const contentOf = (type: string, instance: string, body: readonly Value[]): Content => ({
  type,
  ctx: { manifest: nodeProgram.manifest, epoch: 0, instance: utf8Encode(instance) },
  body,
});

/** The frame of a driver that a content is for one node; null: it is none of ours. Never throws, whatever the content. */
export function frameOf(
  content: Content,
  issuer: NodeId,
  self: NodeId,
  nodeOf: (process: NodeId) => NodeId | null,
): Uint8Array[] | null {
  const type = nodeProgram.types.get(content.type);
  if (type?.fits(content) !== true || content.ctx.manifest !== nodeProgram.manifest) return null;
  try {
    if (content.type === "Said") {
      const letters = decode(Letters, content.body[1] as Uint8Array);
      return letters.flatMap((letter) =>
        letter.to
          .filter((process) => nodeOf(process) === self)
          .flatMap((process) => packet(process, letter.from, letter.instance, letter.body)),
      );
    }
    const [role, , , , body] = content.body as readonly [string, Uint8Array, number, Value, Uint8Array];
    const instance = utf8Decode(content.ctx.instance);
    return packet(`${self}/${role}`, `${issuer}/${role}`, instance, body);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const packet = (to: NodeId, from: NodeId, instance: string, body: Uint8Array): Uint8Array[] => [
  packetHeader(to, from, instance, body.length),
  body,
];
