import { clone } from "@eunomia/codec";
import type { Action, Effects, Engine } from "@eunomia/engine";
import {
  type ReplicaCommand,
  type ReplicaConfig,
  type ReplicaMessage,
  type ReplicaOracles,
  type ReplicaTypes,
  replicaEngine,
} from "../../src/index.ts";
import { readBatch } from "../../src/messages.ts";
import { ReplicaState } from "../../src/state.ts";
import type { Make } from "../support/lab.ts";

/** Ways to spoil the replica from outside: before and after each of its actions, and in what it says. */
interface Spoil {
  command?(state: ReplicaState, command: ReplicaCommand, config: ReplicaConfig): ReplicaCommand | null;
  before?(state: ReplicaState, config: ReplicaConfig): void;
  /** `was` is a copy of the state before the action. */
  after?(
    state: ReplicaState,
    was: ReplicaState,
    config: ReplicaConfig,
    said: Said,
    out: Effects<ReplicaTypes>,
  ): void;
  /** False: the effect is swallowed. */
  says?(effect: Said[number]): boolean;
  sends?(message: ReplicaMessage): boolean;
  oracles?(oracles: ReplicaOracles): ReplicaOracles;
}
type Said = Parameters<Effects<ReplicaTypes>["output"]>[0][];

export function spoiled(spoil: Spoil): Make {
  return (config, oracles) => {
    const engine = replicaEngine(config, spoil.oracles?.(oracles) ?? oracles);
    const actions = (engine.actions as readonly Action<ReplicaTypes>[]).map((action) => ({
      ...action,
      act: (own: ReplicaConfig, state: ReplicaState, found: unknown, out: Effects<ReplicaTypes>) => {
        const was = spoil.after === undefined ? state : clone(ReplicaState, state);
        const said: Said = [];
        // A class instance: its methods are not own properties, so it is wrapped and not spread.
        const watched: Effects<ReplicaTypes> = {
          persist: (record) => out.persist(record),
          send: (to, message) => void ((spoil.sends?.(message) ?? true) && out.send(to, message)),
          arm: (timer, delayMs, jitterMs) => out.arm(timer, delayMs, jitterMs),
          disarm: (timer) => out.disarm(timer),
          spawn: (name, key, given) => out.spawn(name, key, given),
          output: (output) => {
            said.push(output);
            if (spoil.says?.(output) ?? true) out.output(output);
          },
        };
        spoil.before?.(state, own);
        const commands =
          action.on === "commands"
            ? (found as ReplicaCommand[]).flatMap(
                (command) => spoil.command?.(state, command, own) ?? (spoil.command ? [] : command),
              )
            : found;
        action.act(own, state, commands, watched);
        spoil.after?.(state, was, own, said, out);
      },
    }));
    return { ...engine, actions } as Engine<ReplicaTypes>;
  };
}

const epochOf = (state: ReplicaState, slot: number): number =>
  state.epochs.findLast((epoch) => epoch.from <= slot)?.id ?? 0;

function shifted(by: number): Make {
  return spoiled({
    after: (state, was) => {
      const newest = state.epochs.at(-1)!;
      if (newest.id > was.epochs.at(-1)!.id) newest.from = Math.max(1, newest.from + by);
    },
  });
}

/** The number that the next decided control bears is taken for the expected one. */
const anyNumber: Spoil["before"] = (state) => {
  for (const decisions of state.known.values)
    for (const { value } of decisions)
      for (const entry of readBatch(value) ?? []) if (entry.kind === "control") state.nextControl = entry.n;
};

/** The mutation classes of the replica (definition, section 10.4). */
export const replicaTwins: Readonly<Record<string, Make>> = {
  "highest number de-duplication": spoiled({
    after: (state) => {
      for (const session of state.sessions.values) {
        session.low = Math.max(session.low, ...session.done);
        session.done = [];
      }
    },
  }),
  "duplicate executed": spoiled({
    before: (state) => {
      for (const session of state.sessions.values) Object.assign(session, { low: 0, done: [] });
    },
  }),
  "swap one slot early": shifted(-1),
  "swap one slot late": shifted(1),
  "decision of the wrong epoch accepted": spoiled({
    command: (state, command) =>
      command.kind === "decided" ? { ...command, epoch: epochOf(state, command.slot) } : command,
  }),
  "decision of a coming epoch refused": spoiled({
    command: (state, command) =>
      command.kind === "decided" && command.epoch !== epochOf(state, command.slot) ? null : command,
  }),
  "entries in flight lost at a swap": spoiled({
    after: (state, was) => {
      if (state.epochs.at(-1)!.id === was.epochs.at(-1)!.id) return;
      const flying = new Set(
        was.inflight.values.flatMap(({ entries }) => entries.map((e) => `${e.kind}/${e.client}/${e.seq}`)),
      );
      const lost = (e: { kind: number; client: number; seq: number }): boolean =>
        flying.has(`${e.kind}/${e.client}/${e.seq}`);
      state.pending = state.pending.filter((e) => !lost(e));
      for (const one of state.inflight.values) one.entries = one.entries.filter((e) => !lost(e));
    },
  }),
  "no window flush": spoiled({
    says: (output) => output.kind !== "propose" || output.value.length > 1,
    after: (state, was) => {
      const first = state.inflight.keys.find((_slot, i) => state.inflight.values[i]!.entries.length === 0);
      if (first !== undefined && !was.inflight.keys.includes(first))
        state.slotIn = Math.min(state.slotIn, first);
      for (const slot of [...state.inflight.keys]) {
        const at = state.inflight.keys.indexOf(slot);
        if (state.inflight.values[at]!.entries.length > 0) continue;
        state.inflight.keys.splice(at, 1);
        state.inflight.values.splice(at, 1);
      }
      state.flushTo = 0;
      state.highestSeen = 0;
    },
  }),
  "control out of turn blocks the queue": spoiled({
    before: (state) => {
      const at = state.pending.findIndex((entry) => entry.kind === 1 && entry.seq > state.nextControl);
      if (at >= 0) stashes.set(state, state.pending.splice(at));
    },
    after: (state) => {
      state.pending.push(...(stashes.get(state) ?? []));
      stashes.delete(state);
    },
  }),
  "slot not advanced on an empty vector": spoiled({
    after: (state, was, _config, said) => {
      const empty = said.find((output) => output.kind === "deliver" && output.count === 0);
      if (empty?.kind !== "deliver") return;
      for (const [key, value] of Object.entries(was)) (state as Record<string, unknown>)[key] = value;
      const at = state.known.keys.indexOf(empty.slot);
      if (at >= 0) {
        state.known.keys.splice(at, 1);
        state.known.values.splice(at, 1);
      }
    },
    says: (output) => output.kind !== "deliver" || output.count > 0,
  }),
  "signature check missing at delivery": spoiled({ oracles: (own) => ({ ...own, verify: () => true }) }),
  "registry check missing at delivery": spoiled({ oracles: (own) => ({ ...own, validate: () => null }) }),
  "number check missing at delivery": spoiled({
    before: anyNumber,
    command: (state, command) => {
      if (command.kind === "decided" && command.slot === state.slotOut)
        for (const entry of readBatch(command.value) ?? [])
          if (entry.kind === "control") state.nextControl = entry.n;
      return command;
    },
  }),
};

const stashes = new WeakMap<ReplicaState, ReplicaState["pending"]>();
