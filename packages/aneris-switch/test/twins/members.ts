import { mapGet, mapSet } from "@eunomia/codec";
import { readBatch, readOperation } from "../../src/messages.ts";
import type { ReplicaState } from "../../src/state.ts";
import type { Make } from "../support/lab.ts";
import { spoiled } from "./replicas.ts";

type Epochs = ReplicaState["epochs"];
const replicasOf = ({ membership }: Epochs[number]): string[] =>
  membership.members.map(({ replica }) => replica);

/** Has it that somebody found all epochs before this one to be over. */
function believe(state: ReplicaState, { id }: Epochs[number]): void {
  for (const replica of state.epochs.flatMap(replicasOf)) {
    const peer = mapGet(state.peers, replica) ?? { delivered: 0, stable: 0, held: 0, silentTicks: 0 };
    mapSet(state.peers, replica, { ...peer, held: Math.max(peer.held, id) });
  }
}

/** Whom the control commands of a batch make members. */
function membersIn(batch: Uint8Array): string[] {
  return (readBatch(batch) ?? []).flatMap((entry) => {
    const operation = entry.kind === "control" ? readOperation(entry.operation) : null;
    return operation?.kind === "reconfigure"
      ? operation.membership.members.map(({ replica }) => replica)
      : [];
  });
}

const stashes = new WeakMap<ReplicaState, string[]>();

/** Ways to be wrong about who is a member, and when. */
export const memberTwins: Readonly<Record<string, Make>> = {
  "members change before their slot": spoiled({
    after: (state, was) => {
      const [before, newest] = state.epochs.slice(-2);
      if (newest !== undefined && newest.id > was.epochs.at(-1)!.id) before!.membership = newest.membership;
    },
  }),
  "an epoch ends before the new members hold what went before": spoiled({
    before: (state) => believe(state, state.epochs.at(-1)!),
  }),
  "the old members are counted in the new epoch": spoiled({
    before: (state, config) => {
      const [old, next] = state.epochs;
      if (next === undefined) return;
      const stable = (replica: string): number =>
        replica === config.self ? state.stable : (mapGet(state.peers, replica)?.stable ?? 0);
      const holders = replicasOf(old!).filter((replica) => stable(replica) >= next.from - 1);
      if (holders.length > old!.membership.f) believe(state, next);
    },
  }),
  "one that left may come back": spoiled({
    command: (state, command, { self }) => {
      if (!stashes.has(state)) stashes.set(state, [...state.retired]);
      const values = state.known.values.flatMap((decisions) => decisions.map(({ value }) => value));
      if (command.kind === "decided") values.push(command.value);
      const named = values.flatMap(membersIn);
      state.retired = state.retired.filter((replica) => replica === self || !named.includes(replica));
      return command;
    },
    after: (state) => {
      state.retired = [...new Set([...(stashes.get(state) ?? []), ...state.retired])].sort();
      stashes.delete(state);
    },
  }),
  "one that left goes on": spoiled({
    before: (state, { self }) => {
      state.retired = state.retired.filter((replica) => replica !== self);
    },
  }),
};
