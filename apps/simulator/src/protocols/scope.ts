import type { AnerisParams } from "./aneris/model.ts";
import type { HeteroParams } from "./hetero-paxos/model.ts";
import type { PaxosParams } from "./paxos/model.ts";
import type { TwoThirdsParams } from "./two-thirds/model.ts";
import type { ByzantineParams } from "./two-thirds-byzantine/model.ts";

/**
 * When a scope is checked: with every pull request, on the main branch, every night; `endless` ones have not been searched to
 * the end so far, and are for hunts and walks.
 */
export type Tier = "pull" | "main" | "nightly" | "endless";

/** A reduction of the checker, by name. */
export type ReductionName = "inert" | "symmetry" | "quorum" | "eager";

/** One scope: a protocol, its bounds, and what its verdict is worth. Plain JSON. */
export type Scope = {
  readonly tier: Tier;
  readonly shows: string;
  /** What is left out where nothing else is asked for. [nothing] */
  readonly reductions?: readonly ReductionName[];
} & (
  | { readonly protocol: "paxos"; readonly params: PaxosParams }
  | { readonly protocol: "two-thirds"; readonly params: TwoThirdsParams }
  | { readonly protocol: "two-thirds-byzantine"; readonly params: ByzantineParams }
  | { readonly protocol: "hetero-paxos"; readonly params: HeteroParams }
  | { readonly protocol: "aneris"; readonly params: AnerisParams }
);
