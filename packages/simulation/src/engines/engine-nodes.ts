import { type AnyEngine, Driver, type NodeId } from "@eunomia/engine";
import type { Life, NodeSpec, RunningNode, Scene } from "../types.ts";

/** One process of a set of plain engines. */
export interface EngineProcess {
  readonly engine: AnyEngine;
  readonly config: unknown;
  /** Processes of one node crash together and share one disk. Default: a node of its own, named as the process. */
  readonly node?: NodeId;
}

export interface EngineNodesOptions {
  /** The instance that all of them run in, such as an epoch. Default "0". */
  readonly instance?: string;
  /** Journals are rewritten once they have grown by so much. Default 64 KiB. */
  readonly compactAboveBytes?: number;
}

/**
 * Nodes that run plain engines on the production `Driver`: what a system needs that has no host of its own. Outputs reach the
 * watches once whatever the node wrote before them is durable.
 *
 * @example
 * const { nodes, nodeOf } = engineNodes(scene, { a: { engine, config: { self: "a" } } });
 */
export function engineNodes(
  scene: Pick<Scene, "substitute">,
  processes: Readonly<Record<NodeId, EngineProcess>>,
  options: EngineNodesOptions = {},
): { readonly nodes: readonly NodeSpec[]; nodeOf(process: NodeId): NodeId | null } {
  const { instance = "0", compactAboveBytes = 65_536 } = options;
  const homes = new Map<NodeId, NodeId>();
  const members = new Map<NodeId, { readonly process: NodeId; readonly spec: EngineProcess }[]>();
  for (const [process, given] of Object.entries(processes)) {
    const node = given.node ?? process;
    const spec = { ...given, engine: scene.substitute(given.engine) };
    homes.set(process, node);
    const list = members.get(node);
    if (list === undefined) members.set(node, [{ process, spec }]);
    else list.push({ process, spec });
  }
  const nodeOf = (process: NodeId): NodeId | null => homes.get(process) ?? null;
  const start = (life: Life, node: NodeId): RunningNode | null => {
    const replay = life.ports.journal.replay();
    if (replay.kind === "unreadable") return null;
    const driver = new Driver(life.ports, {
      nodeOf,
      onOutput: ({ process }, output) => driver.afterDurable(() => life.output(process, output)),
      onSpawn: (_from, engine) => life.fault(new Error(`"${engine}" expected a host that spawns engines`)),
      onFault: (error) => life.fault(error),
      step: life.step,
      compactAboveBytes,
    });
    driver.open(replay.kind === "records" ? replay.records : []);
    for (const { process, spec } of members.get(node)!)
      driver.spawn({ process, instance }, spec.engine, spec.config);
    return {
      command: (process, command) => driver.command({ process, instance }, command),
      peek: (process) => driver.peek({ process, instance }),
      refusals: () => driver.refusals(),
      stop: () => driver.stop(),
    };
  };
  return {
    nodes: [...members.keys()].map((id) => ({ id, start: (life) => start(life, id) })),
    nodeOf,
  };
}
