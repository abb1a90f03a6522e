import { fromHex, mapGet, toHex } from "@eunomia/codec";
import type { HeteroPaxosMessage, NodeState, Speech } from "@eunomia/hetero-paxos";
import { derive, GraphView, headerId, speechId } from "@eunomia/hetero-paxos/examine";
import type { Cluster, Scene } from "@eunomia/simulation";
import type { HeteroShape } from "./parts.ts";
import { heteroPart, sealAs, sealScheme } from "./parts.ts";

type Resign = NonNullable<Cluster["resign"]>;

/**
 * The messages of liars under their own signatures. What a liar has changed about its refs gets the claims that follow from
 * them, where they are well-formed as far as it knows: such messages fork its history, and nobody can refuse them.
 */
export function resigning(shape: HeteroShape, scene: Pick<Scene, "peek" | "faulty">): Resign {
  const view = new GraphView(shape.graph);
  const { rules } = heteroPart(shape, shape.graph.acceptors[0]!).config;
  const isLiar = (acceptor: string): boolean => scene.faulty.byzantine.has(acceptor);

  const claimed = (speech: Speech): Speech => {
    const state = scene.peek(speech.signer) as NodeState | undefined;
    const known = state === undefined ? undefined : mapGet(state.slots, speech.instance.slot)?.known;
    if (known === undefined) return speech;
    const refs = [...new Set([...speech.refs, ...(speech.prev === null ? [] : [speech.prev])].map(toHex))];
    const prev = speech.prev === null ? null : toHex(speech.prev);
    const draft = { signer: view.acceptor(speech.signer), prev, refs: refs.sort() };
    const entry = derive(view, rules, known, draft);
    if (typeof entry === "string") return speech;
    return {
      ...speech,
      kind: entry.kind,
      refs: refs.map(fromHex),
      ballot: { number: entry.ballot.number, value: fromHex(entry.ballot.value) },
      learners: entry.kind === "2a" ? view.learnerNames(entry.learners) : [],
    } as Speech;
  };

  const signed = (speech: Speech): Speech => {
    if (!isLiar(speech.signer)) return speech;
    const { signature: _, ...unsigned } = claimed(speech);
    return { ...unsigned, signature: sealAs(speech.signer)(speechId(sealScheme, unsigned)) } as Speech;
  };

  return (packet) => {
    const message = packet.message as HeteroPaxosMessage;
    if (message.kind === "1b" || message.kind === "2a")
      return { ...packet, message: signed(message as Speech) };
    if (message.kind !== "decision") return packet;
    const { certificate } = message;
    const { instance, ballot } = certificate;
    const votes = certificate.votes.map(({ signature, ...vote }) => {
      const id = headerId(sealScheme, { instance, kind: "2a", ballot, ...vote });
      return { ...vote, signature: isLiar(vote.signer) ? sealAs(vote.signer)(id) : signature };
    });
    return { ...packet, message: { ...message, certificate: { ...certificate, votes } } };
  };
}
