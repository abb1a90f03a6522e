import type { NodeId } from "@eunomia/engine";
import type { Answer } from "../answers.ts";
import { exprOf, type Quorums } from "../expressions/expr.ts";
import { normalize } from "../expressions/normal.ts";
import { Budget } from "../limits.ts";
import { type ChanceOptions, checkUnits, maxStepsDefault, onlyCase } from "./answer.ts";
import type { Chances } from "./chances.ts";
import { chanceBetween, chanceFrom, withoutEach } from "./distribution.ts";
import { cost, evaluate, partsOf, type SlotChances, vertexChances } from "./evaluation.ts";
import { chancesWith, withGroups } from "./groups.ts";
import { planOf, type Step } from "./plan.ts";

/** Between which values lies the chance that a part decides. */
type Interval = readonly [low: number, high: number];

/**
 * Which node matters: per node (and per group) the chance that it decides, that is, that the others have a quorum with it and
 * none without it. It is the derivative of the unavailability by the node's chance to fail (Birnbaum, 1969). One pass up and
 * one down; exact or in bounds as `unavailability`.
 *
 * @example
 * birnbaum(parse("a & (b | c)"), 0.1); // a 0.99, b 0.09, c 0.09
 * @throws QuorumError as `availability`.
 */
export function birnbaum(
  system: Quorums,
  failing: Chances,
  options: ChanceOptions = {},
): Answer<ReadonlyMap<NodeId, number>> {
  const { groups = [], units } = options;
  const normal = normalize(withGroups(exprOf(system), groups));
  const budget = new Budget(options, maxStepsDefault);
  if (normal.t === "const") return { kind: "exact", value: new Map(), method: "constant" };
  const plan = planOf(normal, "holds", checkUnits(units), budget);
  const nodes = plan && onlyCase(plan.ids, chancesWith(failing, groups));
  const low = plan && evaluate(plan, nodes!, "low", budget);
  const high = plan && evaluate(plan, nodes!, "high", budget);
  if (plan === null || low === null || high === null) return { kind: "unknown", reason: "limit" };

  const decides: Interval[] = new Array<Interval>(plan.slots).fill([0, 0]);
  decides[plan.slots - 1] = [1, 1];
  for (const step of [...plan.steps].reverse()) {
    if (step.kind === "always") continue;
    if (!budget.spend(cost(step) * (1 + Math.log2(step.parts.length))))
      return { kind: "unknown", reason: "limit" };
    const [least, most] = decides[step.slot]!;
    criticals(step, low, high, plan.exact).forEach(([below, above], part) => {
      decides[step.parts[part]!] = [least * below, most * above];
    });
  }
  const byNode = (side: 0 | 1) => new Map(plan.ids.map((id, slot) => [id, decides[slot]![side]]));
  if (plan.exact) return { kind: "exact", value: byNode(0), method: plan.method };
  return { kind: "bounds", low: byNode(0), high: byNode(1), method: plan.method };
}

/** For each part of a step the chance that the step's module depends on it. */
function criticals(
  step: Exclude<Step, { kind: "always" }>,
  low: SlotChances,
  high: SlotChances,
  exact: boolean,
): readonly Interval[] {
  if (step.kind === "gate") return exact ? gateCriticals(step, low) : gateBounds(step, low, high);
  return exact ? graphCriticals(step, low) : graphBounds(step, low, high);
}

type GateStep = Step & { kind: "gate" };
type GraphStep = Step & { kind: "graph" };

function gateCriticals({ parts, plan }: GateStep, chances: SlotChances): Interval[] {
  const gate = plan.low;
  const found = new Array<Interval>(parts.length);
  withoutEach(partsOf(parts, gate, chances), gate.cap, (part, others) => {
    const decides = chanceBetween(others, gate.cap - gate.weights[part]!, gate.cap);
    found[part] = [decides, decides];
  });
  return found;
}

/**
 * The others come within a part's weight of the bound, but not to it. Rounded up they come at least as often to either, rounded
 * down at most as often, and both stay true when the part's weight, rounded alike, is taken from the bound.
 */
function gateBounds({ parts, plan }: GateStep, low: SlotChances, high: SlotChances): Interval[] {
  const upSide = plan.low.side === "up";
  const tails = (gate: typeof plan.low, chances: SlotChances): readonly Interval[] => {
    const found = new Array<Interval>(parts.length);
    withoutEach(partsOf(parts, gate, chances), gate.cap, (part, others) => {
      found[part] = [chanceFrom(others, gate.cap - gate.weights[part]!), chanceFrom(others, gate.cap)];
    });
    return found;
  };
  const less = upSide ? tails(plan.low, low) : tails(plan.high, high);
  const more = upSide ? tails(plan.high, high) : tails(plan.low, low);
  return less.map(([near, there], part) => [
    Math.max(0, near - more[part]![1]),
    Math.min(1, more[part]![0] - there),
  ]);
}

function graphCriticals({ parts, graph }: GraphStep, chances: SlotChances): Interval[] {
  const { leaf, low, high } = graph;
  const { up, down } = vertexChances(parts, graph, chances);
  const reach = new Float64Array(leaf.length);
  const decides = new Float64Array(parts.length);
  reach[leaf.length - 1] = 1;
  for (let vertex = leaf.length - 1; vertex > 1; vertex--) {
    const [l, h] = [low[vertex]!, high[vertex]!];
    const slot = parts[leaf[vertex]!]!;
    // The difference of the smaller of the two tails has more right digits.
    const gain = down[l]! < up[h]! ? down[l]! - down[h]! : up[h]! - up[l]!;
    decides[leaf[vertex]!]! += reach[vertex]! * Math.max(0, gain);
    reach[l]! += reach[vertex]! * chances.down[slot]!;
    reach[h]! += reach[vertex]! * chances.up[slot]!;
  }
  return Array.from(decides, (chance) => [chance, chance]);
}

function graphBounds({ parts, graph }: GraphStep, low: SlotChances, high: SlotChances): Interval[] {
  const fixed = ({ up, down }: SlotChances, part: number, holds: 0 | 1): number => {
    const slot = parts[part]!;
    const changed = { up: up.with(slot, holds), down: down.with(slot, 1 - holds) };
    return vertexChances(parts, graph, changed).up.at(-1)!;
  };
  return Array.from(parts, (_, part) => [
    Math.max(0, fixed(low, part, 1) - fixed(high, part, 0)),
    Math.min(1, fixed(high, part, 1) - fixed(low, part, 0)),
  ]);
}
