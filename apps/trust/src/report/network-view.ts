import type { Expr } from "@eunomia/quorum-algebra";
import { coresOf, type FederatedSystem, federatedSystem } from "@eunomia/quorum-algebra/federated";
import type { StellarNetwork } from "@eunomia/quorum-algebra/import";
import { type Names, namesOf } from "./names.ts";

/** A federated network with names, and its core: the nodes that quorums consist of. */
export interface NetworkView {
  readonly system: FederatedSystem;
  readonly names: Names;
  /** The nodes of all cores. */
  readonly core: FederatedSystem;
  /** The one condition that all nodes of the core share; null if there is none. */
  readonly cluster: Expr | null;
}

/** Gives a network its names: organisations by name or home domain. */
export function networkView({ nodes }: StellarNetwork): NetworkView {
  const system = federatedSystem(nodes);
  const names = namesOf(
    nodes.map(({ id, name, organization, homeDomain }) => ({ id, name, group: organization ?? homeDomain })),
  );
  const cores = coresOf(system);
  const core = system.only(cores.flatMap((part) => part.system.ids));
  return { system, names, core, cluster: cores.length === 1 ? cores[0]!.cluster : null };
}

/** The organisations that run these nodes. */
export const groupsOf = (nodes: readonly string[], names: Names): readonly string[] => [
  ...new Set(nodes.map((id) => names.groupOf(id))),
];
