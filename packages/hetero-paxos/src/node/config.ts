import { encode, record, text } from "@eunomia/codec";
import type { LearnerGraph, LearnerId, NodeId } from "@eunomia/engine";
import { HeteroPaxosError, mustBeInteger } from "../errors.ts";
import { Rules } from "../evaluate/rules.ts";
import { Hash, refsLimit } from "../messages.ts";
import type { Scheme } from "../scheme.ts";
import type { NodeConfig } from "./types.ts";

/** What `nodeConfig` takes. What is left out has the default in brackets. */
export interface NodeOptions {
  readonly self: NodeId;
  readonly graph: LearnerGraph;
  /** Digest of the graph: `graphDigest` of `@eunomia/learner-graph`. */
  readonly graphDigest: Uint8Array;
  /** Process of each acceptor, where that is not its name. [its name] */
  readonly processOf?: (acceptor: NodeId) => NodeId;
  /** Processes that learn or propose. [none] */
  readonly watchers?: readonly NodeId[];
  /** [""] */
  readonly chain?: string;
  /** [never] */
  readonly unlock?: "never" | "refute";
  /** [2n + 2] */
  readonly refsMax?: number;
  /** [65536] */
  readonly depthMax?: number;
  /** Learners that this process acts for. [all] */
  readonly learners?: readonly LearnerId[];
  /** [1] */
  readonly fromSlot?: number;
  /** [1024] */
  readonly maxAhead?: number;
  /** 0: ballots are due at once, so that a far one starves those below it. [20] */
  readonly tickMs?: number;
  /** Ticks ahead of the clock that a ballot is held; without ticks, numbers above the highest known. [3000] */
  readonly earlyMax?: number;
  /** [200] */
  readonly retryMs?: number;
  /** [256] */
  readonly waitingMax?: number;
  /** Processes that propose, in the order of their windows. [the watchers] */
  readonly order?: readonly NodeId[];
  /** More than there are faulty ones among the watchers, so that somebody holds the decisions. [0: only the host closes] */
  readonly closeBy?: number;
  /**
   * Opens a first ballot without waiting for its window: quick where mostly one proposes in a slot. With several learners, ballots
   * that cross may bind acceptors for good. [false]
   */
  readonly eager?: boolean;
  /** At least three times the usual delay of a message. [100] */
  readonly spacingMs?: number;
}

/**
 * The configuration of a process, with the defaults filled in.
 *
 * @throws HeteroPaxosError
 * @example
 * nodeConfig({ self: "p1", graph, graphDigest: graphDigest(graph), watchers: ["r"] });
 */
export function nodeConfig(options: NodeOptions): NodeConfig {
  const { graph, processOf = (acceptor) => acceptor, watchers = [] } = options;
  const config: NodeConfig = {
    self: options.self,
    acceptors: graph.acceptors.map((id) => ({ id, process: processOf(id) })),
    watchers: [...watchers].sort(),
    chain: options.chain ?? "",
    graph: options.graphDigest,
    rules: {
      unlock: options.unlock ?? "never",
      refsMax: options.refsMax ?? 2 * graph.acceptors.length + 2,
      depthMax: options.depthMax ?? 65_536,
    },
    learners: [...(options.learners ?? graph.learners)].sort(),
    fromSlot: options.fromSlot ?? 1,
    maxAhead: options.maxAhead ?? 1024,
    tickMs: options.tickMs ?? 20,
    earlyMax: options.earlyMax ?? 3000,
    retryMs: options.retryMs ?? 200,
    waitingMax: options.waitingMax ?? Math.min(256, waitingLimit(graph.acceptors.length)),
    order: [...(options.order ?? watchers)],
    closeBy: options.closeBy ?? 0,
    eager: options.eager ?? false,
    spacingMs: options.spacingMs ?? 100,
  };
  checkNodeConfig(config, graph);
  return config;
}

/** Characters of a name that a message carries. */
const nameMax = 256;
/** What waits may all come free in one step, and a step has a bound. */
const waitingLimit = (acceptors: number): number => Math.max(1, Math.floor(30_000 / acceptors));

/** @throws HeteroPaxosError */
function mustBeDistinct(field: string, processes: readonly NodeId[]): void {
  const twice = processes.find((process, i) => processes.indexOf(process) !== i);
  if (twice !== undefined)
    throw new HeteroPaxosError("process", field, "every process once", `"${twice}" twice`);
}

/** @throws HeteroPaxosError */
export function checkNodeConfig(config: NodeConfig, graph: LearnerGraph): void {
  const { acceptors, watchers, self, learners, order, rules } = config;
  const ids = acceptors.map(({ id }) => id).join();
  if (ids !== graph.acceptors.join())
    throw new HeteroPaxosError("acceptor", "acceptors", graph.acceptors.join(), ids);
  const voices = acceptors.map(({ process }) => process);
  mustBeDistinct("acceptors", voices);
  mustBeDistinct("watchers", watchers);
  const processes = [...voices, ...watchers];
  if (!processes.includes(self))
    throw new HeteroPaxosError("process", "self", "a process of an acceptor, or a watcher", `"${self}"`);
  const stranger = order.find((process) => !watchers.includes(process));
  if (stranger !== undefined) throw new HeteroPaxosError("process", "order", "watchers", `"${stranger}"`);
  const unknown = learners.find((learner) => !graph.learners.includes(learner));
  if (unknown !== undefined)
    throw new HeteroPaxosError("learner", "learners", graph.learners.join(", "), `"${unknown}"`);
  for (const name of [config.chain, ...graph.learners, ...processes])
    if (name.length > nameMax)
      throw new HeteroPaxosError(
        "name",
        "chain, learners and processes",
        `names of ${nameMax} characters at most`,
        name,
      );
  if (config.graph.length !== 32)
    throw new HeteroPaxosError("digest", "graph", "32 bytes", `${config.graph.length}`);
  // An acceptor refers to its last message, to a 1a, and to one message of each other acceptor.
  mustBeInteger("refsMax", rules.refsMax, acceptors.length + 2, refsLimit);
  mustBeInteger("depthMax", rules.depthMax, 2);
  mustBeInteger("fromSlot", config.fromSlot, 1);
  mustBeInteger("maxAhead", config.maxAhead, 1, 2 ** 20);
  mustBeInteger("tickMs", config.tickMs, 0);
  mustBeInteger("earlyMax", config.earlyMax, 1);
  mustBeInteger("retryMs", config.retryMs, 0);
  mustBeInteger("waitingMax", config.waitingMax, 1, waitingLimit(acceptors.length));
  mustBeInteger("closeBy", config.closeBy, 0, watchers.length);
  mustBeInteger("spacingMs", config.spacingMs, 1);
}

const Law = record({ chain: text(256), graph: Hash, rules: Rules });

/**
 * Digest of what all nodes of a chain hold in common: its name, the learner graph, the rules. It stands in everything that
 * is signed, so that what one law makes true is never heard under another.
 */
export const lawOf = (scheme: Pick<Scheme, "digest">, { chain, graph, rules }: NodeConfig): Uint8Array =>
  scheme.digest(encode(Law, { chain, graph, rules }));
