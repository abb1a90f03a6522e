import { emptyMap, mapHas } from "@eunomia/codec";
import type { Action, Engine, QuorumSystem } from "@eunomia/engine";
import { quorumSystem, readWriteIntersection } from "@eunomia/quorum-algebra";
import { sameBallot } from "./ballot.ts";
import { mustBeDistinct, mustBeInteger, PaxosConfigError } from "./errors.ts";
import { detectionActions } from "./leader-detection.ts";
import type { LeaderPlan } from "./leader-moves.ts";
import { beginningActions, phase1Actions } from "./leader-phase1.ts";
import { acceptanceActions, proposeActions } from "./leader-phase2.ts";
import { timerActions } from "./leader-timers.ts";
import {
  LeaderCommand,
  LeaderConfig,
  LeaderOutput,
  LeaderRecord,
  LeaderState,
  type LeaderTypes,
} from "./leader-types.ts";
import { PaxosMessage } from "./message.ts";
import { retiringSets } from "./stability.ts";

function checkNumbers(config: LeaderConfig): void {
  mustBeInteger("fromSlot", config.fromSlot, 1);
  mustBeInteger("maxAhead", config.maxAhead, 1);
  mustBeInteger("heartbeatMs", config.heartbeatMs, 1);
  mustBeInteger("retryMs", config.retryMs, 1);
  mustBeInteger("suspectMinMs", config.suspectMinMs, 1);
  mustBeInteger("suspectMaxMs", config.suspectMaxMs, config.suspectMinMs);
  mustBeInteger("shrinkMs", config.shrinkMs, 0);
  mustBeInteger("stallMs", config.stallMs, 1);
}

/** Every phase-1 quorum must meet every phase-2 quorum: that is all the safety of Paxos needs (4.1, 4.10). */
function checkIntersection(config: LeaderConfig): void {
  const verdict = readWriteIntersection(config.phase1, config.phase2);
  if (verdict.holds === true) return;
  if (verdict.holds === null)
    throw new PaxosConfigError(
      "quorums-not-checked",
      "phase2",
      "quorums small enough to check that they meet",
      `no answer within ${verdict.steps} steps; write both phases in the same shape`,
    );
  const { phase1Quorum, phase2Quorum } = verdict.witness;
  throw new PaxosConfigError(
    "quorums-do-not-intersect",
    "phase2",
    "every phase-2 quorum to meet every phase-1 quorum",
    `{${[...phase1Quorum].join(", ")}} for phase 1 and {${[...phase2Quorum].join(", ")}} for phase 2, which share no acceptor; enlarge one`,
    { phase1Quorum: [...phase1Quorum], phase2Quorum: [...phase2Quorum] },
  );
}

/** Checks a configuration and derives what actions need of it. */
function planOf(config: LeaderConfig, phase1: QuorumSystem, phase2: QuorumSystem): LeaderPlan {
  const index = config.leaders.indexOf(config.self);
  if (index < 0) throw new PaxosConfigError("not-a-leader", "self", "one of the leaders", `"${config.self}"`);
  mustBeDistinct("leaders", config.leaders);
  checkNumbers(config);
  const others = config.leaders.filter((leader) => leader !== config.self);
  return {
    index,
    leaders: config.leaders,
    acceptors: [...new Set([...phase1.members, ...phase2.members])].sort(),
    phase1,
    phase2,
    retiring: retiringSets(config.learners, config.f),
    audience: [...others, ...config.learners].sort(),
  };
}

/** The leader over given quorum systems, whether or not they intersect: broken twins in tests are made of it. */
export function leaderOver(
  config: LeaderConfig,
  phase1: QuorumSystem,
  phase2: QuorumSystem,
): Engine<LeaderTypes> {
  const plan = planOf(config, phase1, phase2);
  const actions: Action<LeaderTypes>[] = [
    ...beginningActions(plan),
    ...phase1Actions(plan),
    ...detectionActions(plan),
    ...proposeActions,
    ...acceptanceActions(plan),
    ...timerActions(plan),
  ];
  return {
    name: "paxos leader",
    schema: {
      config: LeaderConfig as Engine<LeaderTypes>["schema"]["config"],
      state: LeaderState,
      command: LeaderCommand,
      message: PaxosMessage,
      record: LeaderRecord,
      output: LeaderOutput,
      timers: ["heartbeat", "retry", "stall", "suspect"],
    },
    self: ({ self }) => self,
    init: initialLeader,
    actions,
    compact: ({ fromSlot }, { roundHi, floorDurable }) => [
      ...(roundHi >= 0 ? [{ kind: "roundHi" as const, round: roundHi }] : []),
      ...(floorDurable >= fromSlot ? [{ kind: "floor" as const, floor: floorDurable }] : []),
    ],
    observe: (_config, { roundHi, phase, ballot, floor, decided, suspectMs }) => ({
      roundHi,
      active: phase === "active",
      ballot,
      floor,
      decided,
      suspectMs,
    }),
    inert: (_config, state, message) => isInert(plan, state, message),
    phase: (_config, { phase, probing }) => (probing ? "probing" : phase),
    collects: [
      "count a promise (4.5)",
      "count an acceptance (4.5)",
      "count a probe answer (4.8)",
      "keep a proposal until phase 1 is over (4.5)",
      "note a stable report (4.6)",
    ],
    fairness: Object.fromEntries(
      actions.map(({ name }) => [
        name,
        name === "start a ballot on command (4.5)" ? ("none" as const) : ("weak" as const),
      ]),
    ),
  };
}

/**
 * Answers that never count again. Rounds only grow, across restarts too, so those to an earlier ballot of ours do not; those to
 * the last ballot count while it lasts: refusals always, promises in phase 1, acceptances while their slot is open.
 */
function isInert(plan: LeaderPlan, state: Readonly<LeaderState>, message: PaxosMessage): boolean {
  if (message.kind !== "p1b" && message.kind !== "p2b") return false;
  const { ballot, promised } = message;
  if (ballot.leader !== plan.index || ballot.round > state.roundHi) return false;
  if (ballot.round < state.roundHi || state.phase === "passive") return true;
  if (!sameBallot(promised, ballot) || state.phase === "phase1") return false;
  return message.kind === "p1b" || message.slot <= state.floor || mapHas(state.decided, message.slot);
}

function initialLeader(config: LeaderConfig): LeaderState {
  const floor = config.fromSlot - 1;
  return {
    roundHi: -1,
    seen: null,
    phase: "passive",
    ballot: null,
    floor,
    floorDurable: floor,
    heard: [],
    cursors: emptyMap(),
    reportedFloor: floor,
    pmax: emptyMap(),
    proposals: emptyMap(),
    acks: emptyMap(),
    decided: emptyMap(),
    commitThrough: floor,
    heardThrough: floor,
    stable: emptyMap(),
    suspectMs: config.suspectMinMs,
    probing: false,
    nonce: 0,
    reached: [],
    stallMarked: false,
  };
}

/**
 * A leader: gets ballots adopted by a phase-1 quorum, proposes, decides when a phase-2 quorum accepted, steps aside for
 * higher ballots. Durable: the highest round it ever used (ordered-broadcast definition, sections 4.5 to 4.8).
 *
 * @throws PaxosConfigError, with two disjoint quorums as witness if the phases do not intersect
 * @example
 * const engine = leaderEngine(leaderConfig);
 * const state = engine.init(leaderConfig);
 */
export function leaderEngine(config: LeaderConfig): Engine<LeaderTypes> {
  checkIntersection(config);
  return leaderOver(config, quorumSystem(config.phase1), quorumSystem(config.phase2));
}
