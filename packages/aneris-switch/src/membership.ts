import { setHas } from "@eunomia/codec";
import type { Effects } from "@eunomia/engine";
import { epochAt } from "./epochs.ts";
import type { Checkpoint, Epoch, ReplicaConfig, ReplicaState, ReplicaTypes } from "./state.ts";
import type { Member, Membership } from "./wire.ts";

type Out = Effects<ReplicaTypes>;

/** What a replica asks its host to run of a consensus protocol: the `config` of its `spawn`. */
export interface EpochConfig {
  readonly from: number;
  readonly params: Uint8Array;
  /** Replicas, in the order of the membership. */
  readonly members: readonly string[];
  /** What the order says of each of them. */
  readonly infos: readonly Uint8Array[];
  readonly f: number;
}

export const replicasOf = ({ members }: Membership): string[] => members.map(({ replica }) => replica);

export const isMember = ({ members }: Membership, process: string): boolean =>
  members.some(({ replica }) => replica === process);

/** The members of all epochs that are not over, each as the latest of them has it. */
export function peersOf(state: Readonly<Pick<Checkpoint, "epochs">>): Member[] {
  const peers = new Map<string, Member>();
  for (const { membership } of state.epochs)
    for (const member of membership.members) peers.set(member.replica, member);
  return [...peers.values()];
}

/** Whose word counts here: members of an epoch that is not over, and whom the configuration vouches for. */
export const isPeer = (
  config: ReplicaConfig,
  state: Readonly<Pick<Checkpoint, "epochs">>,
  process: string,
): boolean =>
  state.epochs.some(({ membership }) => isMember(membership, process)) || config.contacts.includes(process);

/** Whose entries are taken in: what waits at one that was removed is not lost. */
export const mayHandOn = (
  config: ReplicaConfig,
  state: Readonly<Pick<Checkpoint, "epochs" | "retired">>,
  process: string,
): boolean => isPeer(config, state, process) || setHas(state.retired, process);

/** One that was removed, while it slept perhaps, and with which nobody needs to speak any more. */
export const mayBeDismissed = (
  config: ReplicaConfig,
  state: Readonly<Pick<ReplicaState, "epochs" | "retired" | "held">>,
  process: string,
): boolean =>
  setHas(state.retired, process) && !isPeer(config, state, process) && state.held >= state.epochs[0]!.id;

/** Everybody that hears how far this replica is. */
export function audienceOf(config: ReplicaConfig, state: Readonly<Pick<Checkpoint, "epochs">>): string[] {
  const others = new Set([...peersOf(state).map(({ replica }) => replica), ...config.contacts]);
  others.delete(config.self);
  return [...others];
}

/** Is this replica none of the members from the next slot on, and never again? Then its part is done: it delivers nothing more. */
export function hasLeft(config: ReplicaConfig, state: Readonly<Checkpoint>): boolean {
  if (!setHas(state.retired, config.self)) return false;
  const current = epochAt(state, state.slotOut).id;
  return !state.epochs.some(({ id, membership }) => id >= current && isMember(membership, config.self));
}

/** Why a membership cannot be in force with any protocol; null if it can. */
export function membershipProblem(membership: Membership): string | null {
  const replicas = replicasOf(membership);
  if (replicas.length === 0) return "membership: expected at least one member";
  const twice = replicas.find((replica, i) => replicas.indexOf(replica) !== i);
  if (twice !== undefined) return `membership: a member is listed twice: ${twice}`;
  return membership.f < replicas.length
    ? null
    : `membership: expected f of at most ${replicas.length - 1}, got ${membership.f}`;
}

/** Asks for the engines of an epoch, where this replica is a member of it. */
export function spawnEpoch(config: ReplicaConfig, out: Out, epoch: Epoch): void {
  const { id, from, protocol, membership } = epoch;
  if (!isMember(membership, config.self)) return;
  const asked: EpochConfig = {
    from,
    params: protocol.params,
    members: replicasOf(membership),
    infos: membership.members.map(({ info }) => info),
    f: membership.f,
  };
  out.spawn(protocol.name, String(id), asked);
}

export const tellPeers = (state: Readonly<Pick<Checkpoint, "epochs">>, out: Out): void =>
  out.output({ kind: "peers", members: peersOf(state) });
