import type { NodeId } from "@eunomia/engine";
import { type Expr, or } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { sameExpr } from "../expressions/order.ts";
import { support } from "../expressions/transform.ts";
import { isNamed } from "./classes.ts";
import { componentsOf } from "./components.ts";
import { alwaysMet } from "./gates.ts";
import type { FederatedSystem } from "./system.ts";

/**
 * A part of a federated system that holds quorums of its own, cut out: nodes that depend on each other, all others never answer. Every
 * minimal quorum lies in one such core.
 */
export interface Core {
  readonly system: FederatedSystem;
  /**
   * Not null: all nodes of the core share this one condition, and it names just them. Then a set of them contains a quorum exactly if it
   * meets the condition, so that every question about ordinary quorums can be asked of it.
   */
  readonly cluster: Expr | null;
}

/**
 * The cores of a system; none if there is no quorum at all. Two cores: two quorums without a common member (but for free nodes).
 *
 * @example
 * const [core] = coresOf(federatedSystem(importStellar(text).nodes));
 * core?.cluster; // the condition of the top tier of the network, if all its nodes agree on it
 */
export function coresOf(system: FederatedSystem): readonly Core[] {
  const cores: Core[] = [];
  const open = [system];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const quorum = next.contract();
    if (quorum.length === 0) continue;
    const part = quorum.length === next.ids.length ? next : next.only(quorum);
    // Free nodes depend on nobody; they may serve any component.
    const components = componentsOf(part.gates, part.known);
    const [only] = components;
    if (components.length === 1 && only!.length === part.ids.length)
      cores.push({ system: part, cluster: clusterOf(part) });
    else if (components.length === 1) {
      const core = part.only(withFree(part, only!));
      cores.push({ system: core, cluster: null });
    } else {
      for (const component of components)
        if (part.unknownPolicy === "free" || component.length > 1 || isNamed(part, component[0]!))
          open.push(part.only(withFree(part, component)));
        // Whom nobody names, not even itself, rests upon others; but for one who asks nobody.
        else if (part.gates.root[component[0]!] === alwaysMet)
          open.push(part.only([part.ids[component[0]!]!]));
    }
  }
  return cores.sort((a, b) => (a.system.ids[0]! < b.system.ids[0]! ? -1 : 1));
}

/** The nodes of a component and those free nodes that they name. */
function withFree(
  { ids, conditions, known, gates }: FederatedSystem,
  component: readonly number[],
): NodeId[] {
  const named = new Set(component.flatMap((v) => support(conditions[v]!)));
  const free = [...named].filter((id) => known[gates.universe.indexOf.get(id)!] === 0);
  return [...component.map((v) => ids[v]!), ...free];
}

/** The condition that all nodes share and that names just them; null if there is none. */
function clusterOf({ conditions, ids }: FederatedSystem): Expr | null {
  const first = conditions[0]!;
  if (!conditions.every((condition) => condition === first || sameExpr(condition, first))) return null;
  const named = support(first);
  return named.length === ids.length ? first : null;
}

/**
 * The quorums of all cores as one ordinary expression, if each core is a cluster: a set contains a quorum of the system exactly if it
 * meets the expression. Null if some core is none. Never met: there is no quorum.
 */
export function ordinaryOf(cores: readonly Core[]): Expr | null {
  const clusters = cores.flatMap(({ cluster }) => (cluster === null ? [] : [cluster]));
  return clusters.length === cores.length ? normalize(or(...clusters)) : null;
}
