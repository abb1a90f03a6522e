import { compareBytes, equalBytes, mapGet } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import { roundMax } from "../message.ts";
import { lockIn } from "./evidence.ts";
import { coordinatorOf, type Rules } from "./member-moves.ts";
import type { ByzantineMemberConfig, ByzantineMemberState, ByzantineSlot } from "./member-types.ts";
import type { Certificate, StatusReport } from "./message.ts";
import { leastQuorum, vouched } from "./quorums.ts";

type Config = ByzantineMemberConfig;

/** What the rules of section 3.3 find to do for a slot without a message. */
export type Finding =
  | {
      readonly kind: "decide";
      readonly slot: number;
      readonly value: Uint8Array;
      readonly certificate: Certificate;
    }
  /** Round 0: f + 1 members voted for a value, so an honest one did. */
  | { readonly kind: "second"; readonly slot: number; readonly value: Uint8Array }
  | { readonly kind: "jump"; readonly slot: number; readonly round: number }
  | {
      readonly kind: "lead";
      readonly slot: number;
      readonly value: Uint8Array;
      readonly statuses: StatusReport[];
    }
  | { readonly kind: "arm"; readonly slot: number };

interface Share {
  readonly value: Uint8Array;
  readonly digest: Uint8Array;
  readonly voters: NodeId[];
}

/** Values with who stands behind them. */
function shares(
  supports: readonly {
    readonly from: NodeId;
    readonly value: Uint8Array;
    readonly digest: Uint8Array;
  }[],
): Share[] {
  const found: Share[] = [];
  for (const { from, value, digest } of supports) {
    const share = found.find((one) => equalBytes(one.digest, digest));
    if (share === undefined) found.push({ value, digest, voters: [from] });
    else share.voters.push(from);
  }
  return found;
}

const votesOf = (slot: Readonly<ByzantineSlot>, round: number) => {
  const votes = mapGet(slot.votes, round);
  return votes === undefined ? [] : votes.keys.map((from, i) => ({ from, ...votes.values[i]! }));
};

/** The smallest valid value that a vouching set stands behind. */
function smallestVouched({ quorums, oracles }: Rules, config: Config, slot: number, all: readonly Share[]) {
  const key = ({ value, digest }: Share) => (config.order === "bytes" ? value : digest);
  return all
    .filter(({ value, voters }) => quorums.vouch.has(voters) && oracles.valid(slot, value))
    .reduce<Share | null>(
      (least, share) => (least === null || compareBytes(key(share), key(least)) < 0 ? share : least),
      null,
    );
}

function decision({ quorums }: Rules, number: number, slot: Readonly<ByzantineSlot>): Finding | null {
  for (const round of slot.votes.keys) {
    const votes = votesOf(slot, round);
    if (!quorums.decide.has(votes.map(({ from }) => from))) continue;
    for (const { value, digest, voters } of shares(votes)) {
      if (!quorums.decide.has(voters)) continue;
      const proof = votes
        .filter((vote) => equalBytes(vote.digest, digest))
        .map(({ from, signature }) => ({ from, signature }));
      return { kind: "decide", slot: number, value, certificate: { round, votes: proof } };
    }
  }
  return null;
}

function seconding(
  rules: Rules,
  config: Config,
  number: number,
  slot: Readonly<ByzantineSlot>,
): Finding | null {
  if (slot.round > 0 || slot.voted >= 0 || slot.proposal !== null) return null;
  const share = smallestVouched(rules, config, number, shares(votesOf(slot, 0)));
  return share === null ? null : { kind: "second", slot: number, value: share.value };
}

/** The (f+1)-th largest round: one honest member is there at least. A lone STATUS moves nobody. */
function jump({ quorums }: Rules, number: number, { round, statuses }: Readonly<ByzantineSlot>) {
  const rounds = { keys: statuses.keys, values: statuses.values.map((status) => status.round) };
  const to = vouched(quorums.vouch, rounds);
  return to > round && to < roundMax ? ({ kind: "jump", slot: number, round: to } as const) : null;
}

/** The coordinator of the round, once: it votes in the round as it leads it. */
function lead(rules: Rules, config: Config, number: number, slot: Readonly<ByzantineSlot>): Finding | null {
  const { round, voted, statuses } = slot;
  if (round < 1 || voted >= round || coordinatorOf(config, number, round) !== config.self) return null;
  const there = statuses.keys.filter((_, i) => statuses.values[i]!.round === round);
  if (!rules.quorums.decide.has(there)) return null;
  const signers = leastQuorum(rules.quorums.decide, there);
  const reports = signers.map((from) => ({ from, ...mapGet(statuses, from)! }));
  const passed = reports.map(({ from, lastRound, est, signature }) => ({
    ...{ from, lastRound, signature },
    est: est === null ? null : est.digest,
  }));
  const supported = shares(reports.flatMap(({ from, est }) => (est === null ? [] : [{ from, ...est }])));
  const locked = lockIn(rules.quorums, passed);
  const chosen =
    locked === null
      ? smallestVouched(rules, config, number, supported)
      : supported.find(({ digest }) => equalBytes(digest, locked))!;
  const value = chosen?.value ?? slot.proposal ?? slot.est;
  if (value === null || !rules.oracles.valid(number, value)) return null;
  return { kind: "lead", slot: number, value, statuses: passed };
}

/**
 * The timer of round 0 runs once there is a proposal, or votes of f+1 members: a lone vote starts nothing. That of a later round
 * runs once q members are in it, or beyond: nobody runs ahead of the others (3.4).
 */
function arm({ quorums }: Rules, number: number, slot: Readonly<ByzantineSlot>): Finding | null {
  const { round, voted, proposal, roundTicks, statuses } = slot;
  if (roundTicks > 0) return null;
  const there =
    round === 0
      ? voted >= 0 || proposal !== null || quorums.vouch.has(votesOf(slot, 0).map(({ from }) => from))
      : quorums.decide.has(statuses.keys.filter((_, i) => statuses.values[i]!.round >= round));
  return there ? { kind: "arm", slot: number } : null;
}

/** The first slot that this step touched and that has something to do. */
export function firstFinding(
  rules: Rules,
  config: Config,
  state: Readonly<ByzantineMemberState>,
): Finding | null {
  for (const number of state.ready) {
    const slot = mapGet(state.slots, number);
    if (slot === undefined || slot.decided !== null) continue;
    const finding =
      decision(rules, number, slot) ??
      seconding(rules, config, number, slot) ??
      jump(rules, number, slot) ??
      lead(rules, config, number, slot) ??
      arm(rules, number, slot);
    if (finding !== null) return finding;
  }
  return null;
}
