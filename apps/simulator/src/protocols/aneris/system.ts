import type { ReplicaState } from "@eunomia/aneris-switch";
import type { NodeId } from "@eunomia/engine";
import type { Cluster, Draw, Scene, System, Watch } from "@eunomia/simulation";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { BoundsWatch, type Sizes } from "../bounds.ts";
import { crashBudget } from "../consensus-system.ts";
import { Broadcast, stranger, writers } from "./broadcast.ts";
import { startNode } from "./node.ts";
import { plainOracles } from "./parts.ts";
import { type AnerisRun, directoryOf, nodesOf, replicaOf } from "./shape.ts";
import { StreamsWatch } from "./streams.ts";

/** An epoch ends once the logs of f + 1 replicas hold it: whoever lags learns it from one of them. */
function retiredEpochs(run: AnerisRun, scene: Scene): Watch {
  const durable = new Map<NodeId, number>();
  const note = (process: NodeId, slot: number): void =>
    void durable.set(process, Math.max(slot, durable.get(process) ?? 0));
  return {
    property: "an epoch ends when f + 1 logs hold it",
    step({ process, engine, event, effects }) {
      if (engine !== "aneris-replica") return null;
      if (event.kind === "commands")
        for (const command of event.commands as { kind: string; slot: number }[])
          if (command.kind === "stable") note(process, command.slot);
      for (const effect of effects as { kind: string; output?: { kind: string; delivered: number } }[]) {
        if (effect.output?.kind === "restored") note(process, effect.output.delivered);
        if (effect.output?.kind !== "retire") continue;
        const last = ((scene.peek(process, "") as ReplicaState | undefined)?.epochs[0]?.from ?? 1) - 1;
        const holders = [...durable.values()].filter((slot) => slot >= last).length;
        if (holders < run.f + 1)
          return `${process} ends an epoch through slot ${last}, which ${holders} logs hold`;
      }
      return null;
    },
  };
}

/** What a replica keeps: of slots beyond the next one, of entries that wait, of commands executed out of order. */
function sizesIn(run: AnerisRun): Sizes {
  const { maxPending, maxAhead, sessionWindow, alpha } = replicaOf(run, "n0");
  return ({ engine, state }) => {
    if (engine !== "aneris-replica") return [];
    const { pending, known, inflight, sessions } = state as ReplicaState;
    let done = 0;
    let reach = 0;
    let runs = 0;
    for (const session of sessions.values) {
      done = Math.max(done, session.done.length);
      reach = Math.max(reach, (session.done.at(-1) ?? session.low) - session.low);
      runs = Math.max(runs, session.runs.length);
    }
    return [
      ["entries that wait", pending.length, maxPending + alpha * run.maxBatch],
      ["decisions ahead", known.keys.length, maxAhead + 1],
      ["slots in flight", inflight.keys.length, alpha],
      ["commands out of order", done, sessionWindow],
      ["numbers ahead of a session", reach, sessionWindow],
      ["places of a session", runs, sessionWindow],
    ];
  };
}

/** The whole broadcast: nodes as on real machines, clients and subscribers as applications use them, swaps under load. */
export function anerisSystem(substitution: Partial<Substitution> = {}): System<AnerisRun> {
  const { oracles } = { ...unchanged, ...substitution };
  return {
    name: "aneris",
    wire: "bytes",
    promises: true,
    draw: drawRun,
    build(run, scene): Cluster {
      const nodes = nodesOf(run);
      const broadcast = new Broadcast(run, scene, oracles(plainOracles));
      return {
        nodes: nodes.map((id) => ({ id, start: (life) => startNode(life, run, broadcast) })),
        nodeOf: directoryOf(run),
        clients: [
          ...writers.map((id, i) => ({ id, act: (draw: Draw) => broadcast.write(i, draw) })),
          ...writers.map((id, i) => ({
            id: `${id} controls`,
            act: (draw: Draw) => broadcast.control(i, draw),
          })),
          ...broadcast.lookers.clients(),
          { id: stranger, act: (draw: Draw) => broadcast.stray(draw) },
        ],
        watches: [
          retiredEpochs(run, scene),
          new StreamsWatch(),
          new BoundsWatch(sizesIn(run)),
          {
            property: "broadcast",
            fate: ({ atMs, node, kind }) => {
              if (kind === "crashed" || kind === "stopped")
                broadcast.note({ kind: "crash", at: atMs, who: node });
              return null;
            },
            end: (settled) => broadcast.finish(settled),
          },
        ],
        budget: crashBudget(nodes, run.f),
        patienceMs: 30_000,
        done: () => broadcast.settled,
        describe: () => broadcast.describe(),
      };
    },
  };
}

function drawRun(draw: Draw): AnerisRun {
  const nodes = draw.pick([4, 3, 5]);
  return {
    nodes,
    f: nodes === 3 ? 0 : 1,
    initial: draw.pick(["paxos", "two-thirds"] as const),
    ...(nodes === 4
      ? draw.pick([
          { phase1: 3, phase2: 2 },
          { phase1: 2, phase2: 3 },
        ])
      : { phase1: nodes === 3 ? 2 : 3, phase2: nodes === 3 ? 2 : 3 }),
    graceMs: draw.pick([20, 0]),
    alpha: draw.pick([2, 1, 4, 8]),
    mode: draw.pick(["cut", "window"] as const),
    fifo: draw.chance(0.5),
    maxBatch: draw.pick([64, 1, 3]),
    controlGap: draw.pick([1, 1, 3]),
    dutySpan: draw.pick([0, 0, 2]),
    digestAboveBytes: draw.pick([null, 300]),
    logSyncDelayMs: draw.pick([50, 5, 250]),
    compactAboveBytes: draw.pick([65_536, 4096]),
    commands: draw.pick([40, 100, 10]),
    controls: draw.pick([3, 6, 2]),
    sessionWindow: draw.pick([1024, 8]),
    creditBytes: draw.pick([1 << 20, 4096]),
    reads: draw.pick([40, 100, 10]),
  };
}
