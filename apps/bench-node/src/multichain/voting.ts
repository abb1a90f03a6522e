import type { AnyEngine, NodeId } from "@eunomia/engine";
import {
  acceptorEngine,
  type NodeOptions,
  nodeConfig,
  proposerEngine,
  type Scheme,
  type Sign,
} from "@eunomia/hetero-paxos";
import { graphDigest, type ValidGraph } from "@eunomia/learner-graph";
import type { Setup } from "./setup.ts";
import { chains, type Laws } from "./stake.ts";

export const lawNames = ["red", "blue", "joint"] as const;
export type Law = (typeof lawNames)[number];

/** The processes of a validator: one votes under a law, the other proposes and learns from the votes. */
const processOf = (id: string, law: Law, role: "vote" | "log"): NodeId => `${id}/${law}/${role}`;

export const nodeOf = (process: NodeId): string => process.slice(0, process.indexOf("/"));

/** A ballot number is a time since genesis in units of this. */
const tickMs = 100;

/** What a validator runs under one law. */
export interface Voting {
  readonly voter: NodeId;
  /** Null where it does not propose: there the voter puts out what is decided. */
  readonly watcher: NodeId | null;
  readonly processes: readonly {
    readonly process: NodeId;
    readonly engine: AnyEngine;
    readonly config: unknown;
  }[];
}

/** What a validator is given to vote with. */
export interface Ballots {
  readonly setup: Pick<Setup, "cluster"> & { readonly laws: Laws };
  readonly self: string;
  readonly scheme: Scheme;
  readonly sign: Sign;
  /** May this value be decided? The same answer at everybody and at every time. */
  readonly accepts: (law: Law, slot: number, value: Uint8Array) => boolean;
}

/**
 * Who proposes under a law, in the order of their turns: of a chain all its validators, of joint blocks those of both chains, which alone
 * know what moves on either of them.
 */
const proposersOf = (laws: Laws, law: Law): readonly string[] =>
  law === "joint" ? laws.red.acceptors.filter((id) => laws.blue.acceptors.includes(id)) : laws[law].acceptors;

/** Whose turn it is first to propose for a slot. */
export function firstProposer(laws: Laws, law: Law, slot: number): string {
  const order = proposersOf(laws, law);
  return order[slot % order.length]!;
}

/** Configuration of every process of a law but for its name; also what certificates are checked against. */
export function lawOptions(
  { cluster, laws }: Ballots["setup"],
  law: Law,
): Omit<NodeOptions, "self"> & { graph: ValidGraph } {
  const graph = laws[law];
  return {
    graph,
    graphDigest: graphDigest(graph),
    processOf: (acceptor) => processOf(acceptor, law, "vote"),
    watchers: proposersOf(laws, law).map((id) => processOf(id, law, "log")),
    chain: `${cluster}/${law}`,
    tickMs,
    retryMs: 2000,
    spacingMs: 750,
  };
}

/** The engines of a validator under one law; null where it has no vote. */
export function votingOf({ setup, self, scheme, sign, accepts }: Ballots, law: Law): Voting | null {
  const options = lawOptions(setup, law);
  const { graph } = options;
  if (!graph.acceptors.includes(self)) return null;
  const tools = { graph, scheme, accepts: (slot: number, value: Uint8Array) => accepts(law, slot, value) };
  const own = chains.filter(
    (chain) => graph.learners.includes(chain) && setup.laws[chain].acceptors.includes(self),
  );
  const proposes = proposersOf(setup.laws, law).includes(self);
  const voter = nodeConfig({
    ...options,
    self: processOf(self, law, "vote"),
    learners: proposes ? [] : own,
  });
  const voting = { process: voter.self, engine: acceptorEngine(voter, tools, sign), config: voter };
  if (!proposes) return { voter: voter.self, watcher: null, processes: [voting] };
  const watcher = nodeConfig({ ...options, self: processOf(self, law, "log"), learners: own });
  const watching = { process: watcher.self, engine: proposerEngine(watcher, tools), config: watcher };
  return { voter: voter.self, watcher: watcher.self, processes: [voting, watching] };
}

/** The number of a ballot that is due now. */
export const ticksSince = (genesis: number, now: number): number =>
  Math.max(1, Math.floor((now - genesis) / tickMs));
