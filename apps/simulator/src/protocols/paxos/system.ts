import type { PaxosMessage } from "@eunomia/paxos";
import type { Scene, System, ValuePacket, Watch } from "@eunomia/simulation";
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
}

const shapeOf = (run: PaxosRun): PaxosShape => ({
  acceptors: run.nodes,
  leaders: run.nodes,
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

/** A Paxos cluster: every node is acceptor, leader and learner, and has a replica that offers values for contested slots. */
export const paxosSystem: System<PaxosRun> = {
  name: "paxos",
  draw(draw) {
    const nodes = draw.pick([3, 3, 4, 5]);
    const majority = Math.floor(nodes / 2) + 1;
    const slots = draw.pick([12, 6, 24]);
    const maxAhead = draw.pick([64, 6, 12]);
    const q2 = draw.pick([majority, majority, Math.max(1, majority - 1)]);
    return {
      nodes,
      q1: q2 === majority ? majority : nodes + 1 - q2,
      q2,
      announce: draw.pick(["value", "reference"] as const),
      proposeTo: draw.pick(["all", "active"] as const),
      skipPhase1: draw.chance(0.5),
      pageBytes: draw.pick([1 << 20, 1, 100]),
      maxAhead,
      window: draw.pick([2, 1, 4]),
      // Without trims nobody gets beyond the window.
      trims: draw.chance(0.7) || maxAhead < slots,
      commanded: draw.chance(0.4),
      slots,
    };
  },
  build(run, scene) {
    const shape = shapeOf(run);
    const { acceptors, leaders, learners } = paxosNames(shape);
    const nodes = acceptors.map((_, i) => `n${i}`);
    const processes: Record<string, Part & { node: string }> = {};
    for (const [i, node] of nodes.entries()) {
      processes[acceptors[i]!] = { ...acceptorPart(shape, acceptors[i]!), node };
      processes[leaders[i]!] = { ...leaderPart(shape, leaders[i]!), node };
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
        command: (node, draw) =>
          run.commanded && scene.core === null && draw.chance(0.12)
            ? { process: leaders[nodes.indexOf(node)]!, command: { kind: "lead" }, type: "lead" }
            : null,
        watches: [oneValuePerBallot(), marksOf(scene)],
        patienceMs: 30_000,
      },
      scene,
    );
  },
};
