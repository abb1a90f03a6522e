import type { Scene, System, Watch } from "@eunomia/simulation";
import { consensusCluster } from "../consensus-system.ts";
import { learnerPart, memberPart, type TwoThirdsShape, twoThirdsNames } from "./parts.ts";

/** What varies between runs of 2/3-consensus. Plain JSON. */
export interface TwoThirdsRun {
  readonly members: number;
  readonly graceMs: number;
  readonly headMs: number;
  readonly relay: "eager" | "lazy";
  readonly order: "bytes" | "digest";
  readonly digestAboveBytes: number | null;
  readonly maxAhead: number;
  readonly window: number;
  readonly trims: boolean;
  readonly slots: number;
}

function marksOf(scene: Scene): Watch {
  return {
    property: "marks",
    step({ fired }) {
      for (const { action, found } of fired) {
        if (action === "advance (2.4)") scene.mark("a round ends without a decision");
        if (action === "vote: jump (2.4)" && (found as { round: number }).round > 1)
          scene.mark("a jump over rounds");
        if (action === "stable: raise the floor (1)") scene.mark("a slot is retired");
        if (action === "ask for a value (8)") scene.mark("a value is asked for");
      }
      return null;
    },
  };
}

/** A cluster of 2/3-consensus: every node is member and learner, and has a replica that offers values for contested slots. */
export const twoThirdsSystem: System<TwoThirdsRun> = {
  name: "two-thirds",
  draw(draw) {
    const slots = draw.pick([12, 6, 24]);
    const maxAhead = draw.pick([64, 6, 12]);
    const digestAboveBytes = draw.pick([null, null, 4]);
    return {
      members: draw.pick([4, 4, 5, 7]),
      graceMs: draw.pick([20, 0]),
      headMs: draw.pick([200, 100]),
      relay: draw.pick(["eager", "lazy"] as const),
      order: digestAboveBytes === null ? draw.pick(["digest", "bytes"] as const) : "digest",
      digestAboveBytes,
      maxAhead,
      window: draw.pick([2, 1, 4]),
      // Without trims nobody gets beyond the window.
      trims: draw.chance(0.7) || maxAhead < slots,
      slots,
    };
  },
  build(run, scene) {
    const { members: count, graceMs, headMs, relay, order, maxAhead, digestAboveBytes } = run;
    const shape: TwoThirdsShape = {
      members: count,
      learners: count,
      graceMs,
      headMs,
      relay,
      order,
      maxAhead,
      digestAboveBytes,
      retryMs: 100,
    };
    const { members, learners } = twoThirdsNames(shape);
    const nodes = members.map((_, i) => `n${i}`);
    const processes: Record<string, ReturnType<typeof memberPart> & { node: string }> = {};
    for (const [i, node] of nodes.entries()) {
      const colocatedLearner = learners[i]!;
      processes[members[i]!] = { ...memberPart({ ...shape, colocatedLearner }, members[i]!), node };
      processes[learners[i]!] = { ...learnerPart(shape, learners[i]!), node };
    }
    return consensusCluster(
      {
        nodes,
        processes,
        doorOf: (node) => learners[nodes.indexOf(node)]!,
        f: Math.floor((count - 1) / 3),
        slots: run.slots,
        window: run.window,
        trims: run.trims,
        watches: [marksOf(scene)],
        patienceMs: 30_000,
      },
      scene,
    );
  },
};
