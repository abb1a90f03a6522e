import type { Action, Engine } from "@eunomia/engine";
import { HeteroPaxosMessage } from "../messages.ts";
import { initialState } from "./slots.ts";
import { NodeCommand, NodeConfig, NodeOutput, NodeRecord, NodeState, type NodeTypes } from "./types.ts";

/**
 * Messages without effect for good at this process: nothing listens to their kind, or they are about slots before the first,
 * which is a constant and outlives every crash. Whatever was delivered may be lost with an unfinished write; so no 1a, 1b or
 * 2a is inert.
 */
function inertIn(actions: readonly Action<NodeTypes>[]): NonNullable<Engine<NodeTypes>["inert"]> {
  const heard = new Set<string>(actions.map(({ on }) => on));
  return ({ fromSlot }, _state, message) => {
    if (!heard.has(`message:${message.kind}`)) return true;
    switch (message.kind) {
      case "decision":
        return message.certificate.instance.slot < fromSlot;
      case "want":
        return message.instance.slot < fromSlot;
      case "stable":
        return message.slot === 0;
      case "closed":
        return message.floor === 0;
      default:
        return false;
    }
  };
}

/** An engine over the state that all three kinds of process share. */
export function engineOf(
  name: string,
  actions: readonly Action<NodeTypes>[],
  compact: (state: Readonly<NodeState>) => readonly NodeRecord[],
): Engine<NodeTypes> {
  return {
    name,
    schema: {
      config: NodeConfig,
      state: NodeState,
      command: NodeCommand,
      message: HeteroPaxosMessage,
      record: NodeRecord,
      output: NodeOutput,
      timers: ["tick", "retry", "window"],
    },
    self: ({ self }) => self,
    init: initialState,
    actions,
    compact: (_config, state) => compact(state),
    inert: inertIn(actions),
    // Whatever a process hears may make it ask, refuse, convict or decide in the same step: none of its actions only stores.
    collects: [],
    observe: (_config, { floor, slots }) => ({
      floor,
      slots: {
        keys: slots.keys,
        values: slots.values.map(({ prev, recent, decided }) => ({
          prev,
          recent,
          decided: { keys: decided.keys, values: decided.values.map(({ value }) => value) },
        })),
      },
    }),
    phase: (_config, { slots }) =>
      slots.values.some(({ decided }) => decided.keys.length > 0)
        ? "decided"
        : slots.values.some(({ prev }) => prev !== null)
          ? "voting"
          : "quiet",
    fairness: Object.fromEntries(actions.map(({ name: action }) => [action, "weak" as const])),
  };
}
