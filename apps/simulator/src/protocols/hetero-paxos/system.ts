import type { NodeId } from "@eunomia/engine";
import { lawOf } from "@eunomia/hetero-paxos";
import type { ValidGraph } from "@eunomia/learner-graph";
import { engineNodes, type FaultBudget, type Scene, type System } from "@eunomia/simulation";
import { BoundsWatch } from "../bounds.ts";
import { DurabilityWatch } from "../durability.ts";
import { graphNames, graphOf } from "./graphs.ts";
import { type HeteroShape, heteroNames, heteroPart, type Part, sealScheme } from "./parts.ts";
import { type LogPlan, Logs } from "./replicas.ts";
import { resigning } from "./resign.ts";
import { decidedWell, marks, neverWrong, pairAgreement, safeIn, saysLittle, sizesIn } from "./watches.ts";

/** What varies between runs of Heterogeneous Paxos. Plain JSON. */
export interface HeteroRun {
  /** A name of `graphs.ts`. */
  readonly graph: string;
  /** Tells random graphs apart. */
  readonly number: number;
  readonly unlock: "never" | "refute";
  readonly proposers: number;
  readonly learners: number;
  readonly tickMs: number;
  readonly retryMs: number;
  readonly spacingMs: number;
  readonly maxAhead: number;
  readonly window: number;
  readonly trims: boolean;
  /** So many watchers let go of a slot before acceptors do; 0: none ever does. */
  readonly closeBy: number;
  readonly slots: number;
  /** Liars leave a core that can go on without them; otherwise they are as many as leave something to agree on. */
  readonly fewLiars: boolean;
}

/** A core that owes nothing is looked at for so long: what it does not do then is counted. */
const lookMs = 8_000;

/** Minimal quorums of all learners. */
function quorumsOf(graph: ValidGraph): NodeId[][] {
  const { acceptors, learners } = graph;
  const sets = Array.from({ length: 1 << acceptors.length }, (_, bits) =>
    acceptors.filter((_acceptor, i) => ((bits >> i) & 1) === 1),
  );
  const isMinimal = (set: NodeId[], learner: string): boolean =>
    graph.isQuorum(learner, set) &&
    set.every(
      (one) =>
        !graph.isQuorum(
          learner,
          set.filter((other) => other !== one),
        ),
    );
  return sets.filter((set) => learners.some((learner) => isMinimal(set, learner)));
}

/** Does section 8 of the definition, or the rule `refute`, promise that whoever has a live quorum decides? */
export const isPromised = ({ termination }: ValidGraph, unlock: HeteroRun["unlock"]): boolean =>
  termination.promise === "published" || (termination.promise === "refute" && unlock === "refute");

/**
 * Liars as long as some learner is left that must agree with itself, perhaps one proposer among them; others may be gone as long as
 * some core is left. Nobody may lose its records: that would be a liar.
 */
function heteroBudget(run: HeteroRun, graph: ValidGraph, plan: LogPlan, cores: NodeId[][]): FaultBudget {
  return {
    tolerates: ({ dead, amnesiac, byzantine }) => {
      const safe = graph.acceptors.filter((acceptor) => !byzantine.has(acceptor));
      const watching = plan.watchers.filter((watcher) => byzantine.has(watcher));
      return (
        amnesiac.size === 0 &&
        graph.learners.some((learner) => graph.isSafeSet(learner, learner, safe)) &&
        watching.every((watcher) => plan.proposers.includes(watcher)) &&
        watching.length <= (run.fewLiars ? 0 : 1) &&
        cores.some((core) => core.every((node) => !dead.has(node) && !(run.fewLiars && byzantine.has(node))))
      );
    },
    cores,
  };
}

/** Does a core still owe something? What is owed is said in words, null: nothing. */
function owing(
  run: HeteroRun,
  graph: ValidGraph,
  plan: LogPlan,
  logs: Logs,
  scene: Scene,
): () => string | null {
  const promised = isPromised(graph, run.unlock);
  let since: number | null = null;
  return () => {
    const all = [...graph.acceptors, ...plan.watchers];
    const core = scene.core ?? all;
    since ??= scene.core === null ? null : scene.nowMs();
    for (const watcher of plan.watchers.filter((one) => core.includes(one)))
      for (let slot = 1; slot <= run.slots; slot += 1)
        for (const learner of graph.learners) {
          const fate = logs.fateOf(watcher, slot, learner);
          if (fate === "decided" || !graph.isQuorum(learner, core)) continue;
          if (!promised && fate === "stuck") continue;
          const open = `${watcher}: ${learner} has ${fate ?? "nothing"} in slot ${slot}`;
          // Somebody is missing, and nothing is promised: it may wait for ever, and nobody can say so.
          const nothingOwed = !promised && core.length < all.length;
          if (!nothingOwed || since === null || scene.nowMs() - since < lookMs) return open;
          scene.mark("a learner stays undecided where nothing is promised");
        }
    return null;
  };
}

/** A cluster of Heterogeneous Paxos: acceptors, proposers that watch, and one that only watches, each on a node of its own. */
export const heteroSystem: System<HeteroRun> = {
  name: "hetero-paxos",
  draw(draw) {
    const random = draw.chance(0.5);
    const slots = draw.pick([2, 1, 4]);
    const maxAhead = draw.pick([64, 3]);
    const trims = draw.chance(0.5) || maxAhead < slots;
    return {
      graph: random ? "random" : draw.pick(graphNames.filter((name) => name !== "random")),
      number: random ? draw.below(65_536) : 0,
      unlock: draw.pick(["never", "never", "refute"] as const),
      proposers: 2,
      learners: 1,
      tickMs: draw.pick([0, 10]),
      retryMs: draw.pick([100, 50]),
      spacingMs: draw.pick([60, 100]),
      maxAhead,
      window: draw.pick([2, 1]),
      trims,
      closeBy: trims ? draw.pick([3, 2]) : 0,
      slots,
      fewLiars: draw.chance(0.6),
    };
  },
  build(run, scene) {
    const { graph: name, number, slots, window, trims, fewLiars: _, ...rest } = run;
    const graph = graphOf(name, number);
    const shape: HeteroShape = { ...rest, graph };
    const { acceptors, proposers, learners } = heteroNames(shape);
    const watchers = [...proposers, ...learners];
    const processes: Record<NodeId, Part> = {};
    for (const self of [...acceptors, ...watchers]) processes[self] = heteroPart(shape, self);
    const plan: LogPlan = { graph, proposers, watchers, slots, window, trims };
    const logs = new Logs(plan, scene);
    const owed = owing(run, graph, plan, logs, scene);
    const { nodes, nodeOf } = engineNodes(scene, processes, { compactAboveBytes: 4_000 });
    const durability = new DurabilityWatch();
    const quorums = quorumsOf(graph).flatMap((quorum) =>
      proposers.map((proposer) => [...quorum, proposer, ...learners]),
    );
    // With every learner's quorum honest, no lie makes anything look gone.
    const isLeaky = (): boolean =>
      !graph.learners.every((learner) => graph.isQuorum(learner, safeIn(graph, scene)));
    const law = lawOf(sealScheme, processes[acceptors[0]!]!.config);
    return {
      nodes: durability.nodes(nodes, scene),
      nodeOf,
      clients: logs.clients(),
      watches: [
        pairAgreement(graph, scene),
        decidedWell(graph, scene, law, (slot) => logs.proposed(slot)),
        neverWrong(graph, scene),
        saysLittle(graph),
        logs.watch(isLeaky),
        durability,
        new BoundsWatch(sizesIn(run.maxAhead, acceptors.length)),
        marks(scene),
      ],
      budget: heteroBudget(run, graph, plan, [[...acceptors, ...watchers], ...quorums]),
      resign: resigning(shape, scene),
      patienceMs: 60_000,
      done: () => owed() === null,
      describe: () =>
        [
          ...watchers.map((watcher) => `${watcher} has ${logs.through(watcher)} of ${slots} slots whole`),
          owed() ?? "nothing is owed",
        ].join("\n"),
    };
  },
};
