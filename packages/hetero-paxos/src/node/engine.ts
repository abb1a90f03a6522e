import type { Action, Engine } from "@eunomia/engine";
import { HeteroPaxosMessage } from "../messages.ts";
import { initialState } from "./slots.ts";
import { NodeCommand, NodeConfig, NodeOutput, NodeRecord, NodeState, type NodeTypes } from "./types.ts";

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
