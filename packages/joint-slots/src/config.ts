import { doc, type Infer, list, nat, orderedId, record } from "@eunomia/codec";
import { ChainName } from "./block.ts";
import { JointError, mustBeInteger } from "./errors.ts";

const ProcessId = orderedId("process");

/** When joint slots open on a chain, and how long it waits for them: the same at everybody who follows the chain. */
export const ChainPlan = record({
  chain: ChainName,
  first: doc(nat(), "No joint slot opens below this height."),
  every: doc(nat(), "At least so many heights from one opening to the next."),
  patience: doc(
    nat(),
    "Heights after the opening in which the chain takes the block by itself. After that it has passed the slot.",
  ),
});
/** When joint slots open on a chain, and how long it waits for them. */
export type ChainPlan = Infer<typeof ChainPlan>;

/** Plain data, made by `jointConfig`. `chains`, `lead`, `epochLag` and `holdHeights` are the same at every node. */
export const JointConfig = record({
  self: ProcessId,
  chains: doc(list(ChainPlan, 64), "The chains that share joint slots, ascending by name."),
  follows: doc(list(ChainName, 64), "Chains whose logs this node has: all that it validates. Ascending."),
  proposes: doc(list(ChainName, 64), "Chains that this node makes base blocks for. Ascending."),
  proposers: doc(
    list(record({ chain: ChainName, processes: list(ProcessId, 1024) }), 64),
    "Where entries of a chain are sent that this node makes no blocks for.",
  ),
  lead: doc(
    nat(),
    "At most so many joint slots are open at once on a chain: slot s opens once all through s - lead are settled.",
  ),
  epochLag: doc(nat(), "Heights from the base block that brings a new epoch to the first one under it."),
  holdHeights: doc(
    nat(),
    "Heights after a chain left in which what is locked for slots that were open waits to be settled.",
  ),
  paceMs: doc(nat(), "Time between two looks whether there is something to propose."),
  entriesMax: doc(nat(), "Entries of one base block."),
  pendingMax: doc(nat(), "Entries that wait for a base block, per chain."),
});
/** Plain data, made by `jointConfig`. */
export type JointConfig = Infer<typeof JointConfig>;

/** What `jointConfig` takes. Defaults in brackets. */
export interface JointOptions {
  readonly self: string;
  readonly chains: readonly ChainPlan[];
  /** [all chains] */
  readonly follows?: readonly string[];
  /** [those it follows] */
  readonly proposes?: readonly string[];
  /** By chain. [none] */
  readonly proposers?: Readonly<Record<string, readonly string[]>>;
  /** [4] */
  readonly lead?: number;
  /** [16] */
  readonly epochLag?: number;
  /** [64] */
  readonly holdHeights?: number;
  /** [50] */
  readonly paceMs?: number;
  /** [1024] */
  readonly entriesMax?: number;
  /** [16384] */
  readonly pendingMax?: number;
}

/**
 * A checked configuration with its defaults.
 *
 * @throws JointError
 * @example
 * const plan = { first: 4, every: 8, patience: 4 };
 * const config = jointConfig({ self: "s1", chains: [{ chain: "blue", ...plan }, { chain: "red", ...plan }] });
 */
export function jointConfig(options: JointOptions): JointConfig {
  const ascending = (names: readonly string[]): string[] => [...names].sort();
  const chains = [...options.chains]
    .sort((a, b) => (a.chain < b.chain ? -1 : 1))
    .map((plan) => ({ ...plan }));
  const follows = ascending(options.follows ?? chains.map(({ chain }) => chain));
  const proposers = Object.entries(options.proposers ?? {});
  const config: JointConfig = {
    self: options.self,
    chains,
    follows,
    proposes: ascending(options.proposes ?? follows),
    proposers: proposers
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([chain, processes]) => ({ chain, processes: [...processes] })),
    lead: options.lead ?? 4,
    epochLag: options.epochLag ?? 16,
    holdHeights: options.holdHeights ?? 64,
    paceMs: options.paceMs ?? 50,
    entriesMax: options.entriesMax ?? 1024,
    pendingMax: options.pendingMax ?? 16_384,
  };
  checkJointConfig(config);
  return config;
}

/** @throws JointError */
export function checkJointConfig(config: JointConfig): void {
  const { chains, follows, proposes, proposers } = config;
  if (chains.length < 2) throw new JointError("chain", "chains", "two chains or more", String(chains.length));
  const names = chains.map(({ chain }) => chain);
  mustBeAscending("chains", names);
  mustBeAscending("follows", follows);
  mustBeAscending("proposes", proposes);
  mustBeAscending(
    "proposers",
    proposers.map(({ chain }) => chain),
  );
  mustBeAmong("follows", follows, names);
  mustBeAmong("proposes", proposes, follows);
  mustBeAmong(
    "proposers",
    proposers.map(({ chain }) => chain),
    names,
  );
  if (follows.length === 0) throw new JointError("chain", "follows", "a chain", "none");
  for (const plan of chains) {
    const field = (name: string): string => `chains.${plan.chain}.${name}`;
    mustBeInteger(field("first"), plan.first, 1);
    mustBeInteger(field("every"), plan.every, 1, 1_000_000_000);
    mustBeInteger(field("patience"), plan.patience, 1, 1_000_000_000);
  }
  mustBeInteger("lead", config.lead, 1, 1024);
  mustBeInteger("epochLag", config.epochLag, 1, 1_000_000_000);
  mustBeInteger("holdHeights", config.holdHeights, 0, 1_000_000_000);
  mustBeInteger("paceMs", config.paceMs, 1, 3_600_000);
  mustBeInteger("entriesMax", config.entriesMax, 1, 65_536);
  mustBeInteger("pendingMax", config.pendingMax, 1, 1_000_000);
}

function mustBeAscending(field: string, names: readonly string[]): void {
  const at = names.findIndex((name, i) => i > 0 && name <= names[i - 1]!);
  if (at > 0) throw new JointError("chain", field, "every chain once, ascending", names.join(", "));
}

function mustBeAmong(field: string, names: readonly string[], all: readonly string[]): void {
  const stranger = names.find((name) => !all.includes(name));
  if (stranger !== undefined) throw new JointError("chain", field, `only ${all.join(", ")}`, stranger);
}

/** What of a configuration a chain goes by: the same at everybody who follows it. */
export interface Rules {
  readonly plan: ChainPlan;
  /** All chains of the group. */
  readonly chains: readonly string[];
  readonly lead: number;
  readonly epochLag: number;
  readonly holdHeights: number;
}

/**
 * What a chain goes by.
 *
 * @example
 * applyBlock(rulesOf(config, "red"), assets, ledger, state, decodeBase(value));
 */
export const rulesOf = (config: JointConfig, chain: string): Rules => ({
  plan: config.chains.find((plan) => plan.chain === chain)!,
  chains: config.chains.map((plan) => plan.chain),
  lead: config.lead,
  epochLag: config.epochLag,
  holdHeights: config.holdHeights,
});
