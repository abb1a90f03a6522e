import type { QuorumSystem } from "@eunomia/engine";
import { type Expr, quorumSystem } from "@eunomia/quorum-algebra";

const systems = new WeakMap<object, QuorumSystem>();

function systemOf(expr: Expr): QuorumSystem {
  const known = systems.get(expr);
  if (known !== undefined) return known;
  const system = quorumSystem(expr);
  systems.set(expr, system);
  return system;
}

/** One member more would make a quorum: a threshold that is one short. */
export function almost(expr: Expr, nodes: readonly string[]): boolean {
  const system = systemOf(expr);
  return system.has(nodes) || system.members.some((member) => system.has([...nodes, member]));
}

/** A quorum that bears the loss of any member: a threshold that is one too high. All members always suffice. */
export function needing(expr: Expr, nodes: readonly string[]): boolean {
  const system = systemOf(expr);
  const present = system.members.filter((member) => nodes.includes(member));
  return (
    present.length === system.members.length ||
    present.every((member) => system.has(present.filter((other) => other !== member)))
  );
}

/** Does the set contain a quorum? */
export const enough = (expr: Expr, nodes: readonly string[]): boolean => systemOf(expr).has(nodes);
