import type { NodeId } from "@eunomia/engine";
import type { Method, Unknown } from "../answers.ts";

/**
 * A smallest set of its kind. `none`: there is no such set, of whatever size. `bounds`: a limit was reached when no set of less than
 * `low` groups was possible; nothing is known above.
 */
export type Smallest<T> =
  | { readonly kind: "exact"; readonly size: number; readonly value: T; readonly method: Method }
  | { readonly kind: "none"; readonly method: Method }
  | { readonly kind: "bounds"; readonly low: number; readonly high: number; readonly method: Method }
  | { readonly kind: "unknown"; readonly reason: Unknown };

/** How the members of a set are counted. */
export interface SmallestOptions {
  /** Nodes of one group (organisation, ISP, country) fail together and count as one; by default each node alone. */
  readonly groupBy?: (id: NodeId) => string;
}

/** Nodes without which no quorum is left, ids ascending, and the groups they are made of. */
export interface BlockingSet {
  readonly nodes: readonly NodeId[];
  /** Without `groupBy` each node is a group. */
  readonly groups: readonly string[];
}
