import { equalBytes, mapGet, mapSet } from "@eunomia/codec";
import { type Action, actionsOf, belongsTo, type NodeId } from "@eunomia/engine";
import type { Setup } from "./setup.ts";
import { type Out, raiseFloor } from "./slots.ts";
import type { NodeConfig, NodeState, NodeTypes } from "./types.ts";

const on = actionsOf<NodeTypes>();

const processesOf = ({ acceptors }: NodeConfig): NodeId[] => acceptors.map(({ process }) => process);

/** The acceptors among some processes. */
const acceptorsOf = ({ acceptors }: NodeConfig, processes: readonly NodeId[]): string[] =>
  acceptors.filter(({ process }) => processes.includes(process)).map(({ id }) => id);

/** The highest slot that enough watchers need no more, once `from` says so of `slot`; 0: there is none. */
function retired(
  { closeBy, watchers }: NodeConfig,
  { floors }: Readonly<NodeState>,
  from: NodeId,
  slot: number,
): number {
  const told = watchers.map((watcher) => Math.max(mapGet(floors, watcher) ?? 0, watcher === from ? slot : 0));
  return closeBy === 0 ? 0 : told.sort((a, b) => b - a)[closeBy - 1]!;
}

/** What acceptors do for watchers that learn a log. */
export const keeping = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.message(
      "stable",
      "stable: close what is needed no more (12)",
      (config, state, { law, slot }, from) =>
        equalBytes(law, setup.law) &&
        config.watchers.includes(from) &&
        slot > (mapGet(state.floors, from) ?? 0)
          ? { from, slot, floor: retired(config, state, from, slot) }
          : null,
      (_config, state, { from, slot, floor }, out) => {
        mapSet(state.floors, from, slot);
        if (floor > state.floor) raiseFloor(state, floor, out);
      },
    ),
    on.message(
      "highest",
      "highest: answer (5.10)",
      (config, _state, { law, nonce }, from) =>
        equalBytes(law, setup.law) && config.watchers.includes(from) ? { from, nonce } : null,
      (_config, { floor, slots }, { from, nonce }, out) => {
        const said = slots.keys.filter((_, i) => slots.values[i]!.prev !== null);
        out.send([from], {
          kind: "highestAck",
          law: setup.law,
          nonce,
          slot: Math.max(floor, ...said.slice(-1)),
        });
      },
    ),
  ] as Action<NodeTypes>[];

/** The highest slot such that no learner of this process has a quorum of acceptors left that hold it. */
function gone(
  config: NodeConfig,
  { graph }: Setup,
  { floors }: Readonly<NodeState>,
  from: NodeId,
  floor: number,
): number {
  const told = (process: NodeId): number =>
    Math.max(mapGet(floors, process) ?? 0, process === from ? floor : 0);
  const candidates = processesOf(config)
    .map(told)
    .sort((a, b) => b - a);
  return (
    candidates.find((slot) => {
      const holding = processesOf(config).filter((process) => told(process) < slot);
      return !config.learners.some((learner) => graph.isQuorum(learner, acceptorsOf(config, holding)));
    }) ?? 0
  );
}

const isDecided = ({ learners }: NodeConfig, { slots }: Readonly<NodeState>, number: number): boolean => {
  const slot = mapGet(slots, number);
  return slot !== undefined && learners.every((learner) => slot.decided.keys.includes(learner));
};

/** How a watcher learns a log. */
export const following = (setup: Setup): Action<NodeTypes>[] =>
  [
    on.message(
      "closed",
      "closed: slots are gone (12)",
      (config, state, { law, floor }, from) =>
        equalBytes(law, setup.law) &&
        processesOf(config).includes(from) &&
        floor > (mapGet(state.floors, from) ?? 0)
          ? { from, floor, gone: gone(config, setup, state, from, floor) }
          : null,
      (config, state, { from, floor, gone: through }, out) => {
        mapSet(state.floors, from, floor);
        if (through <= state.floor) return;
        const held = state.slots.keys.filter(
          (number) => number <= through && isDecided(config, state, number),
        );
        const lost = held.length < through - state.floor;
        raiseFloor(state, through, out);
        if (lost) out.output({ kind: "trimmed", floor: through });
      },
    ),
    on.message(
      "highestAck",
      "highest: count (5.10)",
      (config, { reading }, { law, nonce, slot }, from) =>
        equalBytes(law, setup.law) && belongsTo(reading, nonce, from) && processesOf(config).includes(from)
          ? { from, slot }
          : null,
      (config, state, { from, slot }, out) => {
        const reading = state.reading!;
        reading.top = Math.max(reading.top, slot);
        reading.heard = [...reading.heard, from].sort();
        const heard = acceptorsOf(config, reading.heard);
        // A quorum meets every deciding one in a safe acceptor, for whoever must agree with itself.
        if (!config.learners.every((learner) => setup.graph.isQuorum(learner, heard))) return;
        out.output({ kind: "highest", nonce: reading.nonce, slot: reading.top });
        state.reading = null;
      },
    ),
  ] as Action<NodeTypes>[];

/** Commands of whoever learns a log. */
export function takeLogCommand(
  config: NodeConfig,
  setup: Setup,
  state: NodeState,
  command:
    | { readonly kind: "trim"; readonly slot: number }
    | { readonly kind: "highest"; readonly nonce: number },
  out: Out,
): void {
  if (command.kind === "trim") {
    if (command.slot <= state.floor) return;
    raiseFloor(state, command.slot, out);
  } else state.reading = { nonce: command.nonce, top: state.floor, heard: [] };
  remind(config, setup, state, processesOf(config), out);
}

/** Says again what may have been lost: what is needed no more, and the question that is open. */
export function remind(
  config: NodeConfig,
  { law }: Setup,
  { floor, reading }: Readonly<NodeState>,
  to: readonly NodeId[],
  out: Out,
): void {
  if (floor >= config.fromSlot) out.send(to, { kind: "stable", law, slot: floor });
  if (reading !== null)
    out.send(
      to.filter((process) => !reading.heard.includes(process)),
      { kind: "highest", law, nonce: reading.nonce },
    );
}
