import type { LearnerGraph, NodeId } from "@eunomia/engine";
import { derive } from "../evaluate/derive.ts";
import { GraphView } from "../graph-view.ts";
import type { Scheme, Sign } from "../scheme.ts";
import { checkNodeConfig, lawOf } from "./config.ts";
import type { NodeConfig } from "./types.ts";

/** What an engine is given beside its configuration: functions of what they are asked, without memory. */
export interface Tools {
  readonly graph: LearnerGraph;
  readonly scheme: Scheme;
  /**
   * May this value be decided in this slot? Asked before anything about it is taken. `later`: an acceptor puts out `judge`,
   * and votes for it once the command `judged` says that it is fit. [yes]
   */
  readonly accepts?: (slot: number, value: Uint8Array) => boolean | "later";
}

/** Everything that follows from configuration and tools. */
export interface Setup {
  readonly view: GraphView;
  readonly graph: LearnerGraph;
  readonly scheme: Scheme;
  readonly accepts: (slot: number, value: Uint8Array) => boolean | "later";
  readonly law: Uint8Array;
  /** Number of the acceptor that this process is; -1: none. */
  readonly voice: number;
  readonly sign: Sign;
  /** All processes but this one. */
  readonly others: readonly NodeId[];
  readonly judge: typeof derive;
}

/** @throws HeteroPaxosError */
export function setupOf(config: NodeConfig, tools: Tools, sign: Sign = () => new Uint8Array()): Setup {
  checkNodeConfig(config, tools.graph);
  const { acceptors, watchers, self } = config;
  return {
    view: new GraphView(tools.graph),
    graph: tools.graph,
    scheme: tools.scheme,
    accepts: tools.accepts ?? (() => true),
    law: lawOf(tools.scheme, config),
    voice: acceptors.findIndex(({ process }) => process === self),
    sign,
    others: [...new Set([...acceptors.map(({ process }) => process), ...watchers])].filter(
      (process) => process !== self,
    ),
    judge: derive,
  };
}
