import { clone } from "@eunomia/codec";
import { type EngineTypes, type Event, type NodeId, step } from "@eunomia/engine";
import type { ValuePacket } from "../types.ts";
import type { HonestProcess, Stage } from "./adversary.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Strategy } from "./strategies.ts";

/** A message that a look ahead has still to deliver. */
interface Ahead {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: EngineTypes["Message"];
}

/**
 * Looks into the states of honest processes and keeps two values alive among them: of a packet as it is, the same with a lie in
 * it, and no packet at all, it lets out what drives apart most what the honest processes hold of the truth and of the lie. What
 * would follow is tried on copies of their states.
 *
 * @param knowledge which lies there are; for one thing always the same.
 * @param steps how many steps of honest processes a look ahead takes at most.
 */
export function adaptive(knowledge: Knowledge, steps = 4): Strategy {
  return (packet, stage) => {
    const told = knowledge.lie(packet, stage.draw);
    if (told === null) return [{ packet, delayMs: 0 }];
    const held = [String(told.truth), String(told.lie)] as const;
    let best: ValuePacket | null = packet;
    let most = apart(packet, stage, held, steps);
    for (const other of [stage.signed(told.packet), null]) {
      const score = apart(other, stage, held, steps);
      if (score <= most) continue;
      best = other;
      most = score;
    }
    return best === null ? [] : [{ packet: best, delayMs: 0 }];
  };
}

/** How different the honest processes are, after a packet, in how often they hold each of two values. */
function apart(
  packet: ValuePacket | null,
  stage: Stage,
  held: readonly [string, string],
  steps: number,
): number {
  const honest = stage.honest();
  const changed = packet === null ? new Map<NodeId, unknown>() : future(packet, honest, steps);
  if (changed === null) return Number.POSITIVE_INFINITY;
  const counts = honest.map(({ process, state }) => countsOf(changed.get(process) ?? state, held));
  let sum = 0;
  for (const [truths, lies] of counts)
    for (const [others, otherLies] of counts) sum += Math.abs(truths - others) + Math.abs(lies - otherLies);
  return sum;
}

/** The states of those that a packet, and what follows from it at once, would change; null: one of them stops with an error. */
function future(
  packet: ValuePacket,
  honest: readonly HonestProcess[],
  steps: number,
): Map<NodeId, unknown> | null {
  const states = new Map<NodeId, unknown>();
  const queue: Ahead[] = [{ from: packet.from, to: packet.to, message: packet.message }];
  for (let at = 0; at < Math.min(steps, queue.length); at += 1) {
    const { from, to, message } = queue[at]!;
    const peer = honest.find(({ process, instance }) => process === to && instance === packet.instance);
    if (peer === undefined) continue;
    const state = states.get(to) ?? clone(peer.engine.schema.state, peer.state);
    states.set(to, state);
    const effects = stepped(peer, state, { kind: "message", from, message });
    if (effects === null) return null;
    for (const effect of effects)
      if (effect.kind === "send")
        for (const next of effect.to)
          queue.push({ from: to, to: next, message: effect.message as EngineTypes["Message"] });
  }
  return states;
}

function stepped({ engine, config }: HonestProcess, state: unknown, event: Event<EngineTypes>) {
  try {
    return step(engine, config, state, event).effects;
  } catch {
    // An engine that a message of a peer stops: the packet shows it to the run, which tells it.
    return null;
  }
}

/** How often each of two leaves stands in a state. */
function countsOf(state: unknown, [truth, lie]: readonly [string, string]): [number, number] {
  const counts: [number, number] = [0, 0];
  const walk = (value: unknown): void => {
    if (value !== null && typeof value === "object" && !(value instanceof Uint8Array)) {
      for (const item of value instanceof Map ? [...value].flat() : Object.values(value)) walk(item);
      return;
    }
    const text = String(value);
    if (text === truth) counts[0] += 1;
    else if (text === lie) counts[1] += 1;
  };
  walk(state);
  return counts;
}
