import { askedProperty } from "./asked.ts";
import type { FairnessConstraint, LivenessGraph } from "./graph.ts";
import { type LivenessProperty, stutter, type Violation, violationOf } from "./property.ts";

/** Transitions on demand: an explicit graph, or a search in the making. */
export interface Transitions<State> {
  readonly initial: readonly State[];
  /** May grow while steps are asked for: a constraint must be here before one of its steps is given. */
  readonly constraints: readonly FairnessConstraint[];
  next(state: State): readonly { readonly label: number; readonly target: State }[];
  /** Equal states have equal keys, different ones have different keys. */
  key(state: State): string | number;
  /** False where an enabled step is missing from `next`. */
  complete(state: State): boolean;
}

/** A state of the product: a state of the system, and what has been seen since another one was saved. */
export interface Watched<State> {
  readonly state: State;
  /** The run is in the part that avoids the goal. */
  readonly asked: boolean;
  /** The state that is to be seen again; null as long as nothing was saved. */
  readonly saved: State | null;
  /** The loop was left at least once, be it by stuttering. */
  readonly moved: boolean;
  /** Bit `c`: constraint `c` was taken in the loop. */
  readonly taken: bigint;
  /** Bit `c`: it was enabled in every state of the loop so far (weak), or in some (strong), and so has to be taken. */
  readonly owed: bigint;
  readonly visited: boolean;
}

/** A liveness property as a safety property of a larger system. */
export interface Product<State> {
  readonly initial: readonly Watched<State>[];
  next(watched: Watched<State>): readonly { readonly label: number; readonly target: Watched<State> }[];
  key(watched: Watched<State>): string;
  /** The saved state is seen again, every constraint was kept in between, and the goal was avoided. */
  bad(watched: Watched<State>): boolean;
}

/** An explicit graph as transitions on demand. */
export function transitionsOf(graph: LivenessGraph): Transitions<number> {
  const { initial, constraints, offsets, targets, labels, incomplete } = graph;
  return {
    initial,
    constraints,
    next: (state) =>
      Array.from({ length: offsets[state + 1]! - offsets[state]! }, (_, at) => {
        const edge = offsets[state]! + at;
        return { label: labels[edge]!, target: targets[edge]! };
      }),
    key: (state) => state,
    complete: (state) => incomplete === null || incomplete[state] === 0,
  };
}

/** The bits of the constraints that are enabled in a state. */
function enabledIn<State>(system: Transitions<State>, state: State): bigint {
  const key = system.key(state);
  let bits = 0n;
  for (const { label, target } of system.next(state))
    if (system.key(target) !== key) bits |= takenBy(system.constraints, label);
  return bits;
}

/** What is owed after one more state of the loop: weak constraints that were never disabled, strong ones once enabled. */
function owedAfter<State>(system: Transitions<State>, owed: bigint, state: State): bigint {
  const enabled = enabledIn(system, state);
  let strong = 0n;
  system.constraints.forEach(({ kind }, constraint) => {
    if (kind === "strong") strong |= 1n << BigInt(constraint);
  });
  return (owed & enabled & ~strong) | ((owed | enabled) & strong);
}

/** The bits of the constraints that a step takes. */
function takenBy(constraints: readonly FairnessConstraint[], label: number): bigint {
  let bits = 0n;
  constraints.forEach(({ labels }, constraint) => {
    if (labels.includes(label)) bits |= 1n << BigInt(constraint);
  });
  return bits;
}

/** The steps of the part of a run that nothing was saved in: move on, or save the state one is in. */
function beforeSaving<State>(
  system: Transitions<State>,
  { starts, avoids, visits }: Violation<State>,
  from: Watched<State>,
): { readonly label: number; readonly target: Watched<State> }[] {
  const steps: { label: number; target: Watched<State> }[] = [];
  for (const { label, target } of system.next(from.state)) {
    const at = { ...from, state: target };
    if (!from.asked) steps.push({ label, target: at });
    const enters = from.asked || starts === null || starts(target);
    if (enters && (avoids === null || !avoids(target))) steps.push({ label, target: { ...at, asked: true } });
  }
  if (from.asked && system.complete(from.state)) {
    const visited = visits === null || visits(from.state);
    const target = { ...from, saved: from.state, owed: enabledIn(system, from.state), visited };
    steps.push({ label: stutter, target });
  }
  return steps;
}

/**
 * Liveness as safety (Biere, Artho and Schuppan's transformation): at any moment of the part that avoids the goal the state
 * may be saved; the property is broken when the saved state comes again after all constraints were kept *in between*.
 * Fairness is a part of the condition that closes the loop and no assumption beside it, which would leave no loop at all as
 * soon as two constraints are kept in different steps.
 *
 * @throws CheckerError with code `option` for what is no property; later with code `model` where one of its functions does not
 * answer.
 * @example
 * const product = toSafety(transitionsOf(graph), { kind: "eventually", goal: (state) => state === 3 });
 * // Search `product` for a state that is `bad`; none reachable means that the property holds.
 */
export function toSafety<State>(
  system: Transitions<State>,
  property: LivenessProperty<State>,
): Product<State> {
  const key = (state: State): string | number => system.key(state);
  const violation = violationOf(askedProperty(property, (state) => `state ${key(state)}`));
  const { starts, avoids, visits } = violation;
  const fresh = { saved: null, moved: false, taken: 0n, owed: 0n, visited: false };
  const initial: Watched<State>[] = [];
  for (const state of system.initial) {
    if (starts !== null) initial.push({ ...fresh, state, asked: false });
    if ((starts === null || starts(state)) && (avoids === null || !avoids(state)))
      initial.push({ ...fresh, state, asked: true });
  }
  const inLoop = (from: Watched<State>): { label: number; target: Watched<State> }[] => {
    const steps = [{ label: stutter, target: { ...from, moved: true } }];
    for (const { label, target } of system.next(from.state)) {
      if ((avoids?.(target) ?? false) || !system.complete(target)) continue;
      const changes = key(target) !== key(from.state);
      steps.push({
        label,
        target: {
          ...from,
          state: target,
          moved: true,
          taken: from.taken | (changes ? takenBy(system.constraints, label) : 0n),
          owed: owedAfter(system, from.owed, target),
          visited: from.visited || visits === null || visits(target),
        },
      });
    }
    return steps;
  };
  return {
    initial,
    next: (watched) => (watched.saved === null ? beforeSaving(system, violation, watched) : inLoop(watched)),
    key: ({ state, asked, saved, moved, taken, owed, visited }) =>
      [key(state), asked, saved === null ? "" : key(saved), moved, taken, owed, visited].join("|"),
    bad: (watched) =>
      watched.saved !== null &&
      watched.moved &&
      watched.visited &&
      key(watched.saved) === key(watched.state) &&
      (watched.owed & ~watched.taken) === 0n,
  };
}
