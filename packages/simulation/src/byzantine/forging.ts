import { DecodeError, Reader, Writer } from "@eunomia/codec";
import type { Authenticator, EngineTypes, NodeId } from "@eunomia/engine";
import { checksumSeal } from "../kernel/seal.ts";
import { toPlain } from "../replay/plain.ts";
import type { Cluster, Faulty, Watch } from "../types.ts";
import type { Adversary, Frame, Stage } from "./adversary.ts";

/** A frame that somebody sent, and what whoever forges has at hand. */
interface Heard {
  readonly frame: Frame;
  /** What the seal held. */
  readonly body: Uint8Array;
  readonly liar: Authenticator;
  /** Processes of honest nodes that were heard of. */
  readonly names: readonly NodeId[];
  readonly stage: Stage;
}

/** What is made of it. None of it is a frame that its sender sealed for that receiver. */
const forgeries: Readonly<Record<string, (heard: Heard) => Frame>> = {
  /** What somebody said, in the name of somebody else, under a seal of one's own. */
  impersonation: ({ frame: { toNode }, body, liar, names, stage }) => ({
    fromNode: liar.self,
    toNode,
    bytes: liar.seal(toNode, inNameOf(stage.draw.pick(names), body)),
  }),
  "seal stripped": ({ frame, body }) => ({ ...frame, bytes: body }),
  "seal damaged": ({ frame, stage: { draw } }) => {
    const bytes = frame.bytes.slice();
    const bit = draw.below(Math.min(65_536, bytes.length * 8));
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return { ...frame, bytes };
  },
  "other receiver": ({ frame, liar: { self } }) => ({ ...frame, toNode: self, bytes: frame.bytes.slice() }),
};

/** The process that the first packet of a frame says it is of; null: there is no packet in it. */
function senderIn(body: Uint8Array): NodeId | null {
  try {
    const reader = new Reader(body);
    reader.arrayHeader();
    reader.text();
    return reader.text();
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** The frame, whose first packet names another sender. */
function inNameOf(from: NodeId, body: Uint8Array): Uint8Array {
  const reader = new Reader(body);
  const writer = new Writer(body.length + 16);
  writer.arrayHeader(reader.arrayHeader());
  writer.text(reader.text());
  reader.text();
  writer.text(from);
  const head = writer.finish();
  const rest = body.subarray(reader.offset);
  const forged = new Uint8Array(head.length + rest.length);
  forged.set(head);
  forged.set(rest, head.length);
  return forged;
}

/**
 * An attacker who sees every frame, holds the keys of the Byzantine nodes, and injects forgeries in the name of others:
 * packets in the name of others under a seal of its own, seals stripped and damaged, frames for one receiver sent to another. For runs on
 * bytes; each forgery counts as `byzantine: its name`.
 *
 * @param peers whom frames for others are sent to.
 * @param authenticator as the system has it.
 */
export function forging(
  nodes: readonly NodeId[],
  peers: readonly NodeId[],
  share = 0.5,
  authenticator: (self: NodeId) => Authenticator = checksumSeal,
): Adversary {
  const names = new Set<NodeId>();
  return {
    name: "forging",
    nodes,
    // Whatever bears damaged frames bears these.
    lies: false,
    frame(frame, stage) {
      const { draw } = stage;
      // The frames of the liars themselves are theirs to seal.
      if (nodes.length === 0 || nodes.includes(frame.fromNode)) return;
      const opened = authenticator(frame.toNode).open(frame.bytes);
      const sender = opened.ok ? senderIn(opened.bytes) : null;
      if (sender !== null) names.add(sender);
      if (!draw.chance(share)) return;
      const name = draw.pick(Object.keys(forgeries));
      // Frames for another must reach another.
      const others = peers.filter((peer) => peer !== frame.toNode && peer !== frame.fromNode);
      if (!opened.ok || sender === null || others.length === 0) return;
      const liar = authenticator(name === "other receiver" ? draw.pick(others) : draw.pick(nodes));
      stage.did(name);
      stage.inject(forgeries[name]!({ frame, body: opened.bytes, liar, names: [...names], stage }));
    },
  };
}

/**
 * What a process takes in as a message of an honest one, an honest one sent to it: whatever else changes a state is forged. It
 * keeps every message of a run, so it is for runs that look for forgeries.
 *
 * @param nodeOf as the cluster has it.
 * @example
 * const cluster = { ...parts, watches: [authenticity(scene.faulty, parts.nodeOf)] };
 */
export function authenticity(faulty: Faulty, nodeOf: Cluster["nodeOf"]): Watch {
  const sent = new Set<string>();
  const keyOf = (instance: string, from: NodeId, to: NodeId, message: EngineTypes["Message"]): string =>
    JSON.stringify([instance, from, to, toPlain(message)], inOrder);
  return {
    property: "messages come from their senders",
    despiteLies: true,
    step({ process, instance, event, effects }) {
      for (const effect of effects as readonly {
        kind: string;
        to: NodeId[];
        message: EngineTypes["Message"];
      }[])
        if (effect.kind === "send")
          for (const to of effect.to) sent.add(keyOf(instance, process, to, effect.message));
      if (event.kind !== "message") return null;
      const { from, message } = event;
      const fromNode = nodeOf(from);
      // Nobody sees what something outside of all nodes sends.
      if (fromNode === null || faulty.byzantine.has(fromNode)) return null;
      return sent.has(keyOf(instance, from, process, message))
        ? null
        : `${process} takes in "${message.kind}" of ${from}, who never sent it there`;
    },
  };
}

/** A decoded message may list its fields in another order than its sender did. */
function inOrder(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
