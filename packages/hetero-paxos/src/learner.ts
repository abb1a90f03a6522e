import type { Action, Engine } from "@eunomia/engine";
import { begin, on, receiving, serving, takeCommand } from "./node/actions.ts";
import { deliver, nextDelivery } from "./node/deliver.ts";
import { following, takeLogCommand } from "./node/door.ts";
import { engineOf } from "./node/engine.ts";
import { type Setup, setupOf, type Tools } from "./node/setup.ts";
import type { NodeConfig, NodeTypes } from "./node/types.ts";

/** Delivery without an answer: of whoever only watches. */
export const watching = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.internal(
      "deliver (5)",
      (_config, state) => nextDelivery(state),
      (config, state, delivery, out) => {
        deliver(config, setup, state, delivery, out);
      },
    ),
  ] as Action<NodeTypes>[];

/** The start of whoever only watches: its floor is all that is durable. */
export const starting = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.start(
      "start",
      (_config, _state, records) => ({ records }),
      (config, state, { records }, out) => {
        for (const record of records)
          if (record.kind === "floor") state.floor = Math.max(state.floor, record.floor);
        begin(config, setup, state, out);
      },
    ),
  ] as Action<NodeTypes>[];

const commanded = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.commands(
      "close, clock, trim, highest",
      (_config, _state, commands) => ({ commands }),
      (config, state, { commands }, out) => {
        for (const command of commands)
          if (command.kind === "trim" || command.kind === "highest")
            takeLogCommand(config, setup, state, command, out);
          else if (command.kind === "close" || command.kind === "clock")
            takeCommand(config, setup, state, command, out);
      },
    ),
  ] as Action<NodeTypes>[];

/**
 * A process that acts for learners: it reads what acceptors say, decides, and hands decisions to whoever asks. Only its
 * floor is durable: after a restart it asks again.
 *
 * @throws HeteroPaxosError
 */
export function learnerEngine(config: NodeConfig, tools: Tools): Engine<NodeTypes> {
  const setup = setupOf(config, tools);
  const actions = [
    ...starting(setup),
    ...commanded(setup),
    ...receiving(setup),
    ...serving(setup),
    ...following(setup),
    ...watching(setup),
  ];
  return engineOf("hetero-paxos learner", actions, ({ floor }) => [{ kind: "floor", floor }]);
}
