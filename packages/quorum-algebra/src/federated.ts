/** Federated systems, as Stellar's: every node has its own quorums. */
export { type Core, coresOf } from "./federated/cluster.ts";
export { type Intersection, intersection } from "./federated/intersection.ts";
export {
  type FederatedNode,
  type FederatedOptions,
  FederatedSystem,
  federatedSystem,
  standardForm,
  type UnknownPolicy,
} from "./federated/system.ts";
