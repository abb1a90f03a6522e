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
  { stable }: Readonly<NodeState>,
  from: NodeId,
  slot: number,
): number {
  const told = watchers.map((watcher) => Math.max(mapGet(stable, watcher) ?? 0, watcher === from ? slot : 0));
  return closeBy === 0 ? 0 : told.sort((a, b) => b - a)[closeBy - 1]!;
}

/** The last slot that this process needs no more itself. */
const ownStable = ({ self }: NodeConfig, { floor, stable }: Readonly<NodeState>): number =>
  Math.max(floor, mapGet(stable, self) ?? 0);

/** Lets go of slots; a watcher to whom decisions are lost by it says so. */
function letGo(config: NodeConfig, state: NodeState, floor: number, out: Out): void {
  const needed = ownStable(config, state);
  const held = state.slots.keys.filter(
    (number) => number > needed && number <= floor && isDecided(config, state, number),
  );
  const lost = config.watchers.includes(config.self) && held.length < floor - needed;
  raiseFloor(state, floor, out);
  if (lost) out.output({ kind: "trimmed", floor });
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
        slot > (mapGet(state.stable, from) ?? 0)
          ? { from, slot, floor: retired(config, state, from, slot) }
          : null,
      (config, state, { from, slot, floor }, out) => {
        mapSet(state.stable, from, slot);
        if (floor > state.floor) letGo(config, state, floor, out);
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
  state: Readonly<NodeState>,
  from: NodeId,
  floor: number,
): number {
  const told = (process: NodeId): number =>
    process === config.self
      ? state.floor
      : Math.max(mapGet(state.closed, process) ?? 0, process === from ? floor : 0);
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
        floor > (mapGet(state.closed, from) ?? 0)
          ? { from, floor, gone: gone(config, setup, state, from, floor) }
          : null,
      (config, state, { from, floor, gone: through }, out) => {
        mapSet(state.closed, from, floor);
        if (through > state.floor) letGo(config, state, through, out);
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
    if (command.slot <= ownStable(config, state)) return;
    // An acceptor on this process goes on to serve those who need the slots.
    if (setup.voice < 0) raiseFloor(state, command.slot, out);
    else {
      const floor = retired(config, state, config.self, command.slot);
      mapSet(state.stable, config.self, command.slot);
      if (floor > state.floor) letGo(config, state, floor, out);
    }
  } else state.reading = { nonce: command.nonce, top: state.floor, heard: [] };
  remind(config, setup, state, processesOf(config), out);
}

/** Says again what may have been lost: what is needed no more, and the question that is open. */
export function remind(
  config: NodeConfig,
  { law }: Setup,
  state: Readonly<NodeState>,
  to: readonly NodeId[],
  out: Out,
): void {
  const { reading } = state;
  const slot = ownStable(config, state);
  if (slot >= config.fromSlot) out.send(to, { kind: "stable", law, slot });
  if (reading !== null)
    out.send(
      to.filter((process) => !reading.heard.includes(process)),
      { kind: "highest", law, nonce: reading.nonce },
    );
}
