import { mutate } from "@eunomia/codec";
import type { EngineTypes, NodeId } from "@eunomia/engine";
import type { Draw, ValuePacket } from "../types.ts";
import type { Adversary, Stage } from "./adversary.ts";
import type { Knowledge } from "./knowledge.ts";

/** A packet that leaves a Byzantine node, and how much later than the honest one would have. */
export interface Late {
  readonly packet: ValuePacket;
  readonly delayMs: number;
}

/**
 * What a Byzantine node lets out in the place of one packet. It knows the schema of a message and nothing of the protocol;
 * all its chance is `stage.draw`, whose calmest answers leave the packet as it is. Made anew for every run.
 */
export type Strategy = (packet: ValuePacket, stage: Stage) => readonly Late[];

const asIs = (packet: ValuePacket): readonly Late[] => [{ packet, delayMs: 0 }];

/** Says nothing, with this probability for each packet. */
export const silence =
  (share = 0.5): Strategy =>
  (packet, { draw }) =>
    draw.chance(share) ? [] : asIs(packet);

/** Drawn once for each key: has the node nothing to say there? */
function silentBy(keyOf: (packet: ValuePacket) => string): Strategy {
  const silent = new Map<string, boolean>();
  return (packet, { draw }) => {
    const key = keyOf(packet);
    let off = silent.get(key);
    if (off === undefined) {
      off = draw.chance(0.5);
      silent.set(key, off);
    }
    return off ? [] : asIs(packet);
  };
}

/** Never speaks to some processes, which are drawn. */
export const selectiveSilence = (): Strategy => silentBy(({ from, to }) => `${from}\u0000${to}`);

/** Never sends some kinds of messages, which are drawn: votes, references, whatever the schema has. */
export const withholding = (): Strategy =>
  silentBy(({ from, message }) => `${from}\u0000${(message as { kind?: string }).kind ?? ""}`);

/** Every packet comes up to so many milliseconds late. */
export const delaying =
  (mostMs: number): Strategy =>
  (packet, { draw }) => [{ packet, delayMs: (draw.below(65) / 64) * mostMs }];

/**
 * Another small number, id, value, item: one leaf of the message changed by its schema, for this receiver alone.
 *
 * @param knowledge with it half of the changes put something heard in the place of a leaf: another id of the sort, the value of
 * another proposal, an older reference.
 */
export const mutation =
  (share = 0.5, knowledge?: Knowledge): Strategy =>
  (packet, { draw }) => {
    if (!draw.chance(share)) return asIs(packet);
    const told = knowledge !== undefined && draw.chance(0.5) ? knowledge.another(packet, draw) : null;
    return asIs(told ?? changed(packet, draw, knowledge));
  };

function changed(packet: ValuePacket, draw: Draw, knowledge?: Knowledge): ValuePacket {
  const message = mutate(packet.engine.schema.message, packet.message, {
    // Uniform numbers of 32 bits out of recorded choices.
    next: () => draw.below(65_536) * 65_536 + draw.below(65_536),
    ...(knowledge !== undefined && { ids: knowledge.ids() }),
  });
  return message === null ? packet : { ...packet, message: message as EngineTypes["Message"] };
}

/**
 * The Byzantine nodes together tell one half of the cluster what is so, and the other half something else, the same lie for the
 * same thing: in the place of a leaf they put another that they heard in the same field. The halves and the lies are drawn.
 *
 * @param knowledge what they share; the plan is shared by the nodes that follow the same strategy.
 */
export function collusion(knowledge: Knowledge): Strategy {
  const lied = new Map<NodeId, boolean>();
  return (packet, { draw }) => {
    let lie = lied.get(packet.toNode);
    if (lie === undefined) {
      lie = draw.chance(0.5);
      lied.set(packet.toNode, lie);
    }
    return asIs(lie ? (knowledge.lie(packet, draw)?.packet ?? packet) : packet);
  };
}

/** Beside each packet, with this probability, one of the last `memory` that the node sent to anybody. */
export function resending(share = 0.5, memory = 64): Strategy {
  const sent: ValuePacket[] = [];
  return (packet, { draw }) => {
    sent.push(packet);
    if (sent.length > memory) sent.shift();
    if (!draw.chance(share)) return asIs(packet);
    const old = draw.pick(sent);
    const fits = old.engine === packet.engine && old.from === packet.from;
    return fits
      ? [...asIs(packet), ...asIs({ ...packet, instance: old.instance, message: old.message })]
      : asIs(packet);
  };
}

/** Valid spam: with this probability a packet leaves up to `most` times. */
export const flooding =
  (share = 0.25, most = 16): Strategy =>
  (packet, { draw }) =>
    draw.chance(share)
      ? Array.from({ length: 1 + draw.below(most) }, () => ({ packet, delayMs: 0 }))
      : asIs(packet);

/** What each strategy lets out passes through the next one; delays add up. */
export const inTurn =
  (strategies: readonly Strategy[]): Strategy =>
  (packet, stage) =>
    strategies.reduce<readonly Late[]>(
      (all, strategy) =>
        all.flatMap((late) =>
          strategy(late.packet, stage).map((next) => ({ ...next, delayMs: late.delayMs + next.delayMs })),
        ),
      asIs(packet),
    );

/** The same, and each time that it does not leave a packet as it is, the run counts `byzantine: name`. */
export const counted =
  (name: string, strategy: Strategy): Strategy =>
  (packet, stage) => {
    const all = strategy(packet, stage);
    const [only] = all;
    if (all.length !== 1 || only?.packet !== packet || only.delayMs !== 0) stage.did(name);
    return all;
  };

/**
 * An adversary whose nodes follow a strategy, every packet on its own.
 *
 * @param knowledge what the strategy was made with, if anything: it hears what anybody sends.
 */
export function following(
  name: string,
  nodes: readonly NodeId[],
  strategy: Strategy,
  knowledge?: Knowledge,
): Adversary {
  return {
    name,
    nodes,
    ...(knowledge !== undefined && { overhear: (packet) => knowledge.hear(packet) }),
    intercept: (packet: ValuePacket, copy: number, stage: Stage): void => {
      for (const late of strategy(packet, stage)) {
        if (late.delayMs === 0) stage.emit(late.packet, copy);
        else stage.later(late.delayMs, () => stage.emit(late.packet, copy));
      }
    },
  };
}
