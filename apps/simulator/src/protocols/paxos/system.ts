import type { AcceptorState, LeaderState, LearnerState, PaxosMessage } from "@eunomia/paxos";
import type { Profile, Scene, System, ValuePacket, Watch } from "@eunomia/simulation";
import type { Sizes } from "../bounds.ts";
import { consensusCluster } from "../consensus-system.ts";
import { textOf } from "../values.ts";
import { acceptorPart, leaderPart, learnerPart, type Part, type PaxosShape, paxosNames } from "./parts.ts";

/** What varies between runs of Paxos. Plain JSON. */
export interface PaxosRun {
  readonly nodes: number;
  readonly q1: number;
  readonly q2: number;
  readonly announce: "value" | "reference";
  readonly proposeTo: "all" | "active";
  readonly skipPhase1: boolean;
  readonly pageBytes: number;
  readonly maxAhead: number;
  readonly window: number;
  readonly trims: boolean;
  /** Are leaders told to start ballots, again and again? */
  readonly commanded: boolean;
  readonly slots: number;
  /** So many nodes have leaders, the first ones. */
  readonly leaders: number;
  /** The replicas of so many nodes offer nothing. */
  readonly silent: number;
  /** Few slots, leaders that will not wait, nodes that come and go: see `surroundings`. */
  readonly contended: boolean;
}

const shapeOf = (run: PaxosRun): PaxosShape => ({
  acceptors: run.nodes,
  leaders: run.leaders,
  learners: run.nodes,
  q1: run.q1,
  q2: run.q2,
  f: run.nodes - Math.max(run.q1, run.q2),
  announce: run.announce,
  proposeTo: run.proposeTo,
  skipPhase1: run.skipPhase1,
  pageBytes: run.pageBytes,
  maxAhead: run.maxAhead,
});

/** A ballot proposes one value per slot, whatever its leader went through. */
function oneValuePerBallot(): Watch {
  const values = new Map<string, string>();
  return {
    property: "one value per ballot and slot",
    sent({ message }: ValuePacket) {
      const sent = message as PaxosMessage;
      if (sent.kind !== "p2a") return null;
      const { round, leader } = sent.ballot;
      const key = `slot ${sent.slot} under [${round}, ${leader}]`;
      const text = textOf(sent.value);
      const known = values.get(key) ?? text;
      values.set(key, known);
      return known === text ? null : `${key} is ${known} and ${text}`;
    },
  };
}

/** Names a run that went through what ballots are there for. */
function marksOf(scene: Scene): Watch {
  const open = new Set<string>();
  return {
    property: "marks",
    step({ fired, process }) {
      for (const { action, found } of fired) {
        if (action === "adopt the ballot (4.5)" && (found as { accepted: unknown[] }).accepted.length > 0)
          scene.mark("a ballot begins with values of another");
        if (action === "restart (4.7)" && open.has(process)) scene.mark("recovered with an open ballot");
        if (action.startsWith("start a ballot")) open.add(process);
        if (action === "raise the floor (4.6)") scene.mark("a slot is retired");
        if (action === "ask for the next page (4.5)") scene.mark("a report comes in pages");
      }
      return null;
    },
  };
}

/** What is kept of slots is kept of those above the floor, and of so many of them at most. */
const sizesIn =
  ({ maxAhead }: PaxosRun): Sizes =>
  ({ engine, state }) => {
    if (engine === "paxos acceptor") {
      const { accepted, floor } = state as AcceptorState;
      const below = accepted.keys.filter((slot) => slot <= floor).length;
      return [
        ["accepted slots", accepted.keys.length, maxAhead],
        ["accepted slots below the floor", below, 0],
      ];
    }
    if (engine === "paxos leader") {
      const { proposals, decided, acks } = state as LeaderState;
      return [
        ["proposals", proposals.keys.length, maxAhead],
        ["decided slots", decided.keys.length, maxAhead],
        ["open slots", acks.keys.length, maxAhead],
      ];
    }
    return [["slots to trim", (state as LearnerState).decided.keys.length, maxAhead]];
  };

/**
 * What makes two leaders get in each other's way: nodes that are down for a moment only, acceptances that take long, links that
 * carry nothing in one direction for a while.
 */
const contention = (drawn: Profile): Profile => ({
  ...drawn,
  network: { ...drawn.network, delayMeanMs: 30, heavyTail: true },
  rates: { ...drawn.rates, crash: 0.06, restart: 0.2, partition: 0.03, clog: 0.05, heal: 0.08, diskError: 0 },
  disk: { ...drawn.disk, syncMaxMs: 10, damaged: 0, absent: 0, rolledBack: 0 },
  midStep: true,
});

/** A Paxos cluster: every node is acceptor, leader and learner, and has a replica that offers values for contested slots. */
export const paxosSystem: System<PaxosRun> = {
  name: "paxos",
  draw(draw) {
    const contended = draw.chance(0.25);
    const nodes = contended ? 3 : draw.pick([3, 3, 4, 5]);
    const majority = Math.floor(nodes / 2) + 1;
    const slots = contended ? draw.pick([1, 2]) : draw.pick([12, 6, 24]);
    const maxAhead = draw.pick([64, 6, 12]);
    const q2 = contended ? majority : draw.pick([majority, majority, Math.max(1, majority - 1)]);
    const q1 = q2 === majority ? majority : nodes + 1 - q2;
    const f = nodes - Math.max(q1, q2);
    return {
      nodes,
      q1,
      q2,
      announce: draw.pick(["value", "reference"] as const),
      proposeTo: draw.pick(["all", "active"] as const),
      skipPhase1: draw.chance(0.5),
      pageBytes: draw.pick([1 << 20, 1, 100]),
      maxAhead,
      window: draw.pick([2, 1, 4]),
      // Without trims nobody gets beyond the window.
      trims: (!contended && draw.chance(0.7)) || maxAhead < slots,
      commanded: contended || draw.chance(0.4),
      slots,
      // One more than may be gone: the last leader has nobody who would take over from it.
      leaders: draw.pick([nodes, nodes, Math.min(nodes, f + 1)]),
      silent: draw.pick([0, 1, nodes - 1]),
      contended,
    };
  },
  surroundings: ({ contended }, drawn) => (contended ? contention(drawn) : drawn),
  build(run, scene) {
    const shape = shapeOf(run);
    const { acceptors, leaders, learners } = paxosNames(shape);
    const nodes = acceptors.map((_, i) => `n${i}`);
    const processes: Record<string, Part & { node: string }> = {};
    for (const [i, node] of nodes.entries()) {
      processes[acceptors[i]!] = { ...acceptorPart(shape, acceptors[i]!), node };
      const leader = leaders[i];
      if (leader !== undefined) processes[leader] = { ...leaderPart(shape, leader), node };
      processes[learners[i]!] = { ...learnerPart(shape, learners[i]!), node };
    }
    return consensusCluster(
      {
        nodes,
        processes,
        doorOf: (node) => learners[nodes.indexOf(node)]!,
        f: shape.f!,
        slots: run.slots,
        window: run.window,
        trims: run.trims,
        silent: nodes.slice(nodes.length - run.silent),
        sizes: sizesIn(run),
        command: (node, draw) => {
          const leader = leaders[nodes.indexOf(node)];
          const lead = run.commanded && leader !== undefined && scene.core === null;
          return lead && draw.chance(run.contended ? 0.4 : 0.12)
            ? { process: leader, command: { kind: "lead" }, type: "lead" }
            : null;
        },
        watches: [oneValuePerBallot(), marksOf(scene)],
        patienceMs: 30_000,
      },
      scene,
    );
  },
};
