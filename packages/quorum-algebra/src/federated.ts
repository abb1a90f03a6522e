/** Federated systems, as Stellar's: every node has its own quorums. */
export { smallestBlockingSet } from "./federated/blocking.ts";
export { type Core, coresOf, ordinaryOf } from "./federated/cluster.ts";
export { type Intersection, intersection } from "./federated/intersection.ts";
export { listBlockingSets, listQuorums, listSplittingSets } from "./federated/listing.ts";
export type { BlockingSet, Smallest, SmallestOptions } from "./federated/smallest.ts";
export { type SplittingSet, smallestSplittingSet } from "./federated/splitting.ts";
export {
  type FederatedNode,
  type FederatedOptions,
  FederatedSystem,
  federatedSystem,
  standardForm,
  type UnknownPolicy,
} from "./federated/system.ts";
export { federatedTopTier } from "./federated/top-tier.ts";
export { type Aftermath, afterFaults, type Faults } from "./federated/what-if.ts";
