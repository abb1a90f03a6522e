import type { LoadCertificate } from "./certificate.ts";
import type { Effort } from "./effort.ts";
import { certificatesOf, judge, type LoadPlan, strategiesOf } from "./judge.ts";
import { isCountingTree, type Pricing } from "./pricing.ts";
import { isLimited, type Problem, type Side } from "./question.ts";
import { compare, gcd, toNumber } from "./rational.ts";
import { type Choice, setChoice, unitsMax } from "./strategy.ts";
import { Throughput, uniformChoice, uniformUnit } from "./throughput.ts";
import { unitsFor } from "./units.ts";

/**
 * What needs no solver. The network or latency alone: one set. The load of reads alone or writes alone in a tree: sort and scan.
 * Symmetric systems: every gate uses its children alike. Where none of these is proved to be best, the best of them with its
 * bounds; null if there is nothing to try.
 */
export function withoutSolver(
  problem: Problem,
  pricings: readonly Pricing[],
  effort: () => Effort,
): LoadPlan | null {
  if (problem.objective !== "load") return isLimited(problem) ? null : oneSet(problem, pricings, effort);
  return problem.failures > 0 ? null : candidates(problem, pricings, effort);
}

/** Whether it is worth while to look for such an answer before a solver is asked. */
export function isPromising({ objective, sides }: Problem): boolean {
  const alike = ({ burden }: Side): boolean => burden.every((each) => compare(each, burden[0]!) === 0);
  return objective !== "load" || sides.length === 1 || sides.every(alike);
}

/** The smallest set, or the smallest of the fastest. */
function oneSet(problem: Problem, pricings: readonly Pricing[], effort: () => Effort): LoadPlan | null {
  const { universe, levels, objective } = problem;
  const den = levels.reduce((product, level) => (product * level.den) / gcd(product, level.den), 1n);
  // Time counts for more than all nodes together.
  const timeUnit = objective === "latency" ? BigInt(universe.ids.length + 1) : 0n;
  const late = levels.map((level) => (timeUnit * level.num * den) / level.den);
  const choices = pricings.map((pricing): readonly Choice[] => {
    const found = pricing(
      universe.ids.map(() => 1n),
      late,
      effort(),
    );
    return found === null
      ? []
      : [
          {
            use: 1,
            of: [
              setChoice(
                1,
                found.nodes.map((v) => universe.ids[v]!),
              ),
            ],
          },
        ];
  });
  const certificate: LoadCertificate = {
    weights: problem.shares.map(() => []),
    prices: {
      load: [0, 1],
      network: objective === "network" ? [1, 1] : [0, 1],
      latency: objective === "latency" ? [1, 1] : [0, 1],
    },
  };
  const method = objective === "network" ? "smallest quorum" : "fastest quorum";
  return judge(problem, pricings, method, strategiesOf(problem, choices), [certificate], effort);
}

/** Choices and weights that are best for one kind of operations, put together. */
function candidates(problem: Problem, pricings: readonly Pricing[], effort: () => Effort): LoadPlan | null {
  const perSide = problem.sides.map((side) => sideCandidates(problem, side));
  const even = problem.universe.ids.map(() => 1);
  // For a mixed workload: look at each kind of operations as often as it occurs.
  const mixed = problem.shares.map((_, entry) =>
    even.map((one, v) =>
      problem.sides.reduce(
        (sum, { parts }, s) =>
          sum + toNumber(parts[entry]!) * (perSide[s]!.weights?.[v] ?? one / even.length),
        0,
      ),
    ),
  );
  const weights = [even, ...perSide.map((side) => side.weights ?? even)];
  if (perSide.length === 1) weights.reverse();
  const certificates = [...weights.map((each) => problem.shares.map(() => each)), mixed].flatMap((perEntry) =>
    certificatesOf(problem, perEntry, { load: 1, network: 0, latency: 0 }),
  );
  const method = perSide.length === 1 && perSide[0]!.weights !== null ? "throughput" : "even use";
  return judge(
    problem,
    pricings,
    method,
    strategiesOf(
      problem,
      perSide.map(({ choices }) => (perSide.length === 1 ? [...choices].reverse() : choices)),
    ),
    certificates,
    effort,
  );
}

interface SideCandidates {
  readonly choices: readonly Choice[];
  readonly weights: readonly number[] | null;
}

function sideCandidates({ universe }: Problem, side: Side): SideCandidates {
  const way = (choice: Choice): Choice => ({ use: choice.use, of: [choice] });
  if (side.circuit.constant === true) return { choices: [way(setChoice(1, []))], weights: null };
  const unit = uniformUnit(side.expr, unitsMax);
  const uniform = unit === null ? [] : [way(uniformChoice(side.expr, unit))];
  if (!isCountingTree(side)) return { choices: uniform, weights: null };
  const capacities = side.burden.map((burden) => 1 / toNumber(burden));
  const throughput = new Throughput(side.expr, universe, capacities);
  const units = unitsFor(throughput.ratios());
  return {
    choices: [...uniform, ...units.map((each) => way(throughput.choice(each)))],
    weights: throughput.weights(),
  };
}
