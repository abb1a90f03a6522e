import type { NodeId } from "@eunomia/engine";
import type { FaultBudget, Scene, System, ValuePacket, Watch } from "@eunomia/simulation";
import type {
  ByzantineLearnerState,
  ByzantineMemberState,
  ByzantineMessage,
} from "@eunomia/two-thirds/byzantine";
import type { Sizes } from "../bounds.ts";
import { consensusCluster, subsets } from "../consensus-system.ts";
import { signedText } from "../seal.ts";
import {
  type ByzantineShape,
  byzantineLearnerPart,
  byzantineMemberPart,
  byzantineNames,
  resealed,
} from "./parts.ts";

/** What varies between runs of Byzantine 2/3-consensus. Plain JSON. */
export interface ByzantineRun {
  readonly members: number;
  readonly roundMs: number;
  readonly headMs: number;
  readonly relay: "eager" | "lazy";
  readonly order: "bytes" | "digest";
  readonly maxAhead: number;
  readonly window: number;
  readonly trims: boolean;
  readonly slots: number;
  /** The replicas of so many nodes offer nothing. */
  readonly silent: number;
}

function marksOf(scene: Scene): Watch {
  return {
    property: "marks",
    step({ fired }) {
      for (const { action } of fired) {
        if (action === "lead (3.3)") scene.mark("a coordinator leads a round");
        if (action === "newround: follow (3.3)") scene.mark("a coordinator is followed");
        if (action === "jump (3.3)") scene.mark("members pull another along");
        if (action === "stable: raise the floor (1)") scene.mark("a slot is retired");
      }
      return null;
    },
  };
}

/** Within the budget no lie makes two decisions, and nobody honest is ever accused. */
function neverWrong(nodeOf: (process: string) => NodeId, scene: Scene): Watch {
  return {
    property: "no alarm, and no innocent accused",
    output({ process, output }) {
      const { kind, from } = output as { readonly kind: string; readonly from: string };
      if (kind === "alarm") return `${process} raises an alarm`;
      return kind === "evidence" && !scene.faulty.byzantine.has(nodeOf(from))
        ? `${process} puts out evidence against ${from}, which is honest`
        : null;
    },
  };
}

/** Liars, and those that are gone for good, are f together at most; nobody else may lose its records. */
function byzantineBudget(nodes: readonly NodeId[], f: number): FaultBudget {
  return {
    tolerates: ({ dead, amnesiac, byzantine }) =>
      amnesiac.size === 0 && new Set([...dead, ...byzantine]).size <= f,
    cores: subsets(nodes, nodes.length - f),
  };
}

/** What is kept of slots is kept of those above the floor, and of so many of them at most; of rounds near the own one. */
const sizesIn =
  ({ maxAhead, members }: ByzantineRun): Sizes =>
  ({ engine, state }) => {
    if (engine !== "byzantine two-thirds member")
      return [["slots to trim", (state as ByzantineLearnerState).decided.keys.length, maxAhead]];
    const { slots, floor } = state as ByzantineMemberState;
    const rounds = Math.max(0, ...slots.values.map(({ votes }) => votes.keys.length));
    return [
      ["slots", slots.keys.length, maxAhead],
      ["slots below the floor", slots.keys.filter((slot) => slot <= floor).length, 0],
      ["rounds with votes", rounds, 17],
      ["statuses", Math.max(0, ...slots.values.map(({ statuses }) => statuses.keys.length)), members],
    ];
  };

/** A cluster of Byzantine 2/3-consensus: every node is member and learner, and has a replica that offers values for contested slots. */
export const byzantineSystem: System<ByzantineRun> = {
  name: "two-thirds-byzantine",
  draw(draw) {
    const slots = draw.pick([6, 3, 12]);
    const maxAhead = draw.pick([64, 6, 12]);
    const members = draw.pick([6, 6, 7, 11]);
    const headMs = draw.pick([200, 100, 0]);
    return {
      members,
      roundMs: draw.pick([100, 50, 200]),
      headMs,
      relay: draw.pick(["eager", "lazy"] as const),
      order: draw.pick(["digest", "bytes"] as const),
      maxAhead,
      window: draw.pick([2, 1, 4]),
      // Without trims nobody gets beyond the window.
      trims: draw.chance(0.7) || maxAhead < slots,
      slots,
      // Who offers nothing hears only by gossip that there is something to ask for.
      silent: headMs === 0 ? 0 : draw.pick([0, 0, 1, members - 2]),
    };
  },
  build(run, scene) {
    const { members: count, roundMs, headMs, relay, order, maxAhead } = run;
    const shape: ByzantineShape = {
      ...{ members: count, learners: count },
      ...{ roundMs, headMs, relay, order, maxAhead, retryMs: 100 },
    };
    const { members, learners } = byzantineNames(shape);
    const nodes = members.map((_, i) => `n${i}`);
    const processes: Record<string, ReturnType<typeof byzantineMemberPart> & { node: string }> = {};
    for (const [i, node] of nodes.entries()) {
      const [member, learner] = [members[i]!, learners[i]!];
      const beside = { ...shape, colocatedLearner: learner };
      processes[member] = { ...byzantineMemberPart(beside, member), node };
      processes[learner] = { ...byzantineLearnerPart(shape, learner, member), node };
    }
    // What lies alone have opened nobody owes.
    const openAt = (node: NodeId): number =>
      (scene.peek(members[nodes.indexOf(node)]!) as ByzantineMemberState | undefined)?.open.filter(
        (slot) => slot <= run.slots,
      ).length ?? 0;
    const f = Math.floor((count - 1) / 5);
    const isLiar = (process: string): boolean => scene.faulty.byzantine.has(processes[process]?.node ?? "");
    const cluster = consensusCluster(
      {
        nodes,
        processes,
        doorOf: (node) => learners[nodes.indexOf(node)]!,
        f,
        slots: run.slots,
        window: run.window,
        trims: run.trims,
        silent: nodes.slice(nodes.length - run.silent),
        sizes: sizesIn(run),
        signed: signedText,
        unfinished: (core) => {
          const voting = core.find((node) => openAt(node) !== 0);
          return voting === undefined ? null : `${voting} still votes in ${openAt(voting)} slots`;
        },
        watches: [marksOf(scene), neverWrong((process) => processes[process]!.node, scene)],
        patienceMs: 60_000,
      },
      scene,
    );
    return {
      ...cluster,
      budget: byzantineBudget(nodes, f),
      resign: (packet: ValuePacket) => ({
        ...packet,
        message: resealed(packet.message as ByzantineMessage, packet.from, isLiar),
      }),
    };
  },
};
