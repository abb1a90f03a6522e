import type { NodeId } from "@eunomia/engine";
import type { Limits } from "../answers.ts";
import type { Engines } from "../engines.ts";
import { type Intersection, intersection } from "./intersection.ts";
import type { FederatedSystem } from "./system.ts";

/** What goes wrong. Nodes may be named in both: then they lie. */
export interface Faults {
  readonly byzantine?: Iterable<NodeId>;
  readonly crashed?: Iterable<NodeId>;
}

/** What is left of a federated system after faults. Ids ascending. */
export interface Aftermath {
  /** Can those that are honest and up still be made to disagree? */
  readonly intersection: Intersection;
  /** They go on deciding, even if the liars fall silent. */
  readonly live: readonly NodeId[];
  /** They went on before and are honest and up, but have nobody left to agree with. */
  readonly halted: readonly NodeId[];
}

/**
 * What would happen to safety and liveness if these nodes were faulty.
 *
 * @example
 * afterFaults(system, { crashed: ["validator-1", "validator-2"] }).halted;
 * @throws QuorumError `id` for a node that is not in the system.
 */
export function afterFaults(
  system: FederatedSystem,
  { byzantine = [], crashed = [] }: Faults,
  limits: Limits = {},
  engines: Engines = {},
): Aftermath {
  const lying = new Set(byzantine);
  const silent = new Set(crashed);
  const honest = system.byzantine(lying).crash([...silent].filter((id) => !lying.has(id)));
  const faulty = new Set([...lying, ...silent]);
  const live = system.crash(faulty).contract();
  const going = new Set(live);
  return {
    intersection: intersection(honest, limits, engines),
    live,
    halted: system.contract().filter((id) => !faulty.has(id) && !going.has(id)),
  };
}
