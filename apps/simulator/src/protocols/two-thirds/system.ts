import type { NodeId } from "@eunomia/engine";
import type { Profile, Scene, System, Watch } from "@eunomia/simulation";
import type { LearnerState, MemberState } from "@eunomia/two-thirds";
import type { Sizes } from "../bounds.ts";
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
  /** The replicas of so many nodes offer nothing. */
  readonly silent: number;
  /** Few slots, and nodes that come and go. */
  readonly contended: boolean;
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

/** What is kept of slots is kept of those above the floor, and of so many of them at most. */
const sizesIn =
  ({ maxAhead }: TwoThirdsRun): Sizes =>
  ({ engine, state }) => {
    if (engine !== "two-thirds member")
      return [["slots to trim", (state as LearnerState).decided.keys.length, maxAhead]];
    const { slots, floor } = state as MemberState;
    const below = slots.keys.filter((slot) => slot <= floor).length;
    return [
      ["slots", slots.keys.length, maxAhead],
      ["slots below the floor", below, 0],
    ];
  };

const contention = (drawn: Profile): Profile => ({
  ...drawn,
  network: { ...drawn.network, delayMeanMs: 10, heavyTail: true },
  rates: { ...drawn.rates, crash: 0.06, restart: 0.2, clog: 0.05, heal: 0.08, diskError: 0 },
  disk: { ...drawn.disk, syncMaxMs: 10, damaged: 0, absent: 0, rolledBack: 0 },
  midStep: true,
});

/** A cluster of 2/3-consensus: every node is member and learner, and has a replica that offers values for contested slots. */
export const twoThirdsSystem: System<TwoThirdsRun> = {
  name: "two-thirds",
  draw(draw) {
    const contended = draw.chance(0.25);
    const slots = contended ? draw.pick([2, 1, 12]) : draw.pick([12, 6, 24]);
    const maxAhead = draw.pick([64, 6, 12]);
    const digestAboveBytes = draw.pick([null, null, 4]);
    const members = contended ? draw.pick([4, 5]) : draw.pick([4, 4, 5, 7]);
    const headMs = draw.pick([200, 100, 0]);
    return {
      members,
      graceMs: draw.pick([20, 0]),
      headMs,
      relay: draw.pick(["eager", "lazy"] as const),
      order: digestAboveBytes === null ? draw.pick(["digest", "bytes"] as const) : "digest",
      digestAboveBytes,
      maxAhead,
      window: draw.pick([2, 1, 4]),
      // Without trims nobody gets beyond the window.
      trims: (!contended && draw.chance(0.7)) || maxAhead < slots,
      slots,
      // Who offers nothing hears only by gossip that there is something to ask for.
      silent: headMs === 0 || contended ? 0 : draw.pick([0, 0, 1, members - 1]),
      contended,
    };
  },
  surroundings: ({ contended }, drawn) => (contended ? contention(drawn) : drawn),
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
    const openAt = (node: NodeId): number =>
      (scene.peek(members[nodes.indexOf(node)]!) as MemberState | undefined)?.open.length ?? 0;
    return consensusCluster(
      {
        nodes,
        processes,
        doorOf: (node) => learners[nodes.indexOf(node)]!,
        f: Math.floor((count - 1) / 3),
        slots: run.slots,
        window: run.window,
        trims: run.trims,
        silent: nodes.slice(nodes.length - run.silent),
        sizes: sizesIn(run),
        unfinished: (core) => {
          const voting = core.find((node) => openAt(node) !== 0);
          return voting === undefined ? null : `${voting} still votes in ${openAt(voting)} slots`;
        },
        watches: [marksOf(scene)],
        patienceMs: 30_000,
      },
      scene,
    );
  },
};
