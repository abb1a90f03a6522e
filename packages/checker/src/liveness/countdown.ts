import { CheckerError } from "../error.ts";
import type { StepLabel } from "../label.ts";
import { ask, askWhether, seenText, viewText } from "../machine/ask.ts";
import { labelOf } from "../machine/describe.ts";
import { Machine } from "../machine/machine.ts";
import { anyText } from "../machine/plain.ts";
import type { Model } from "../model.ts";
import { coresOf, mustBeCountdown, mustTellTimersApart } from "./countdown/asked.ts";
import { GivenStates } from "./countdown/given.ts";
import { Lockstep, type NextPeriod, stepsOf } from "./countdown/lockstep.ts";
import { type Endless, LongestRuns } from "./countdown/longest.ts";
import type {
  CountdownGoal,
  CountdownOptions,
  CountdownPeriod,
  CountdownReport,
  CountdownRun,
} from "./countdown/types.ts";
import { Exploration, type Listener, wayTo } from "./explore.ts";
import { onVectors } from "./on-vectors.ts";
import { boundsOf, hashOf, Vectors } from "./vectors.ts";

/** More combinations of timers than this at one start are a mistake of the scope. */
const timersMax = 12;

/** Hears of the steps of an exploration, and keeps nothing. */
const deaf: Listener = { state: () => {}, step: () => {}, bytes: 0 };

/** The goal as a predicate on locals of the machine, asked once for each. */
function goalOn(machine: Machine, { process, reached }: CountdownGoal): (local: number) => boolean {
  const { locals, words, evaluators, plan } = machine.parts;
  const component = plan.byKey.get(process)!;
  const { engine, config } = plan.processes[component]!;
  const observed = (state: unknown) =>
    ask(
      `"observe" of the engine "${engine.name}"`,
      () => anyText(state),
      () => engine.observe(config, state as never),
    );
  const known = new Map<number, boolean>();
  return (id) => {
    let answer = known.get(id);
    if (answer === undefined) {
      const { state, history } = locals.value(id);
      const up = state >= 0;
      const observation = up ? observed(evaluators[component]!.read(state)) : null;
      const seen = { observation, history: words.readHistory(component, history), up };
      answer = askWhether(
        '"reached" of the goal',
        () => seenText(seen),
        () => reached(seen),
      );
      known.set(id, answer);
    }
    return answer;
  };
}

/** The states to start from, and why there may be others. */
function startsOf(
  machine: Machine,
  options: CountdownOptions,
): { vectors: Vectors; truncated: string | null } {
  const bounds = boundsOf(options.memory, options.states);
  if (options.starts === undefined) {
    const exploration = new Exploration(machine);
    const { vectors } = exploration;
    const { within = () => true } = options;
    const asked = onVectors(machine, vectors, (view) =>
      askWhether(
        '"within"',
        () => viewText(view),
        () => within(view),
      ),
    );
    return { vectors, truncated: exploration.run(bounds, deaf, asked) };
  }
  const vectors = new Vectors(machine.width);
  const given = new GivenStates(machine);
  for (const state of options.starts) {
    const vector = given.vector(state);
    vectors.index(vector, hashOf(vector, machine.words.values), -1);
  }
  return { vectors, truncated: "states that were given" };
}

/** The worst start that one core has. */
interface WorstStart {
  readonly core: readonly number[];
  readonly starts: number;
  readonly liveStates: number;
  /** -1 as long as there was no start. */
  readonly periods: number | Endless;
  readonly index: number;
  readonly settled: NextPeriod | null;
  readonly run: readonly NextPeriod[];
}

function worstStart(
  machine: Machine,
  vectors: Vectors,
  core: readonly number[],
  goal: (local: number) => boolean,
  component: number,
  options: CountdownOptions,
): WorstStart {
  const { inputs = true, timersLeft = "full", liveStates = 1_000_000 } = options;
  const lockstep = new Lockstep(machine, core, inputs);
  const longest = new LongestRuns(lockstep, (state) => goal(lockstep.localOf(state, component)), liveStates);
  const begun = new Set<number>();
  let starts = 0;
  let worst = { periods: -1, index: -1, settled: null as NextPeriod | null };
  const end = (periods: number | Endless, run: readonly NextPeriod[]): WorstStart => ({
    ...worst,
    core,
    starts,
    liveStates: lockstep.size,
    periods,
    run,
  });
  for (let index = 0; index < vectors.count; index += 1) {
    const vector = vectors.vector(index);
    const armed = timersLeft === "any" ? lockstep.armedIn(vector) : 0;
    if (armed > timersMax)
      throw new CheckerError(
        "option",
        `"timersLeft" any expected at most ${timersMax} armed timers in a core, got ${armed}; use "full"`,
      );
    for (let due = 0; due < 1 << armed; due += 1) {
      const begin = lockstep.begin(vector, (timer) => ((due >> timer) & 1) === 1);
      if (begin === null) break;
      starts += 1;
      if (begun.has(begin)) continue;
      begun.add(begin);
      for (const settled of lockstep.settle(begin)) {
        const periods = longest.from(settled.state);
        if (typeof periods === "number" && periods <= worst.periods) continue;
        worst = { periods: typeof periods === "number" ? periods : -1, index, settled };
        if (typeof periods !== "number") return end(periods, periods.run);
      }
    }
  }
  return end(worst.periods, worst.settled === null ? [] : longest.worst(worst.settled.state));
}

function runOf(machine: Machine, vectors: Vectors, worst: WorstStart): CountdownRun | null {
  const { settled, run, periods, core } = worst;
  if (settled === null) return null;
  const steps = (period: NextPeriod): StepLabel[] =>
    stepsOf(period).map(({ component, move }) => labelOf(machine, component, move));
  const shown: CountdownPeriod[] = run.map((period) => ({ kind: period.kind, steps: steps(period) }));
  const loop = typeof periods !== "number" && periods.kind === "livelock" ? periods.from : null;
  return {
    core: core.map((component) => machine.plan.processes[component]!.key),
    start: worst.index,
    before: wayTo(machine, vectors, worst.index),
    periods: [{ kind: "settle", steps: steps(settled) }, ...shown],
    loop: loop === null ? null : loop + 1,
  };
}

function verdictOf(
  goal: CountdownGoal,
  worst: WorstStart,
  starts: number,
  truncated: string | null,
): Pick<CountdownReport, "result" | "detail" | "periods"> {
  const { periods } = worst;
  if (typeof periods !== "number") {
    if (periods.kind === "too large")
      return {
        result: "unknown",
        detail: 'too many states after stabilisation: raise "liveStates", or take a smaller scope',
        periods: null,
      };
    const how = periods.kind === "stuck" ? `gets stuck: ${periods.why}` : "comes back to where it was";
    return {
      result: "violated",
      detail: `no number of periods is enough: a synchronous run without "${goal.name}" ${how}`,
      periods: null,
    };
  }
  if (periods < 0)
    return { result: "vacuous", detail: "no state that was reached has a core that is up", periods: null };
  const from = `from each of ${starts} starts${truncated === null ? "" : ` that were seen (${truncated})`}`;
  return {
    result: truncated === null ? "holds" : "sampled",
    detail: `${goal.name} within ${periods} synchronous period${periods === 1 ? "" : "s"} ${from}, and not always sooner`,
    periods,
  };
}

/**
 * Liveness as a countdown after stabilisation: from every reachable state of the scope, and for every core, the world becomes
 * synchronous, and the goal must be reached within a number of periods. Finds the least number that is enough, with a start
 * and a run that need it; or a run that never reaches the goal.
 *
 * In one period everything that is in flight between live processes arrives, in any order at each; what is sent meanwhile
 * arrives in the next. If nothing is in flight, a period lets the earliest timers fire. Nothing is lost, and nobody outside the
 * core takes a step. See `Lockstep` for what is assumed of timers.
 *
 * @throws CheckerError with code `model`, `option` or `memory`.
 * @example
 * const goal = { name: "l decides", process: "l", reached: ({ observation }: Seen) => observation.length > 0 };
 * checkCountdown(model, goal, { cores: [["a0", "a1", "p1", "l"]] }).detail;
 * // "l decides within 5 synchronous periods from each of 3921 starts, and not always sooner"
 */
export function checkCountdown(
  model: Model,
  goal: CountdownGoal,
  options: CountdownOptions,
): CountdownReport {
  mustBeCountdown(goal, options);
  const machine = new Machine(model);
  if (model.network.order === "soup")
    throw new CheckerError(
      "model",
      '"network.order" expected bag or fifo for a countdown, got soup: its messages never stop arriving',
    );
  mustTellTimersApart(machine);
  const cores = coresOf(machine, goal, options.cores);
  const { vectors, truncated } = startsOf(machine, options);
  const reached = goalOn(machine, goal);
  const component = machine.plan.byKey.get(goal.process)!;
  const all = cores.map((core) => worstStart(machine, vectors, core, reached, component, options));
  const endless = all.find(({ periods }) => typeof periods !== "number");
  const worst = endless ?? all.reduce((a, b) => ((b.periods as number) > (a.periods as number) ? b : a));
  const starts = all.reduce((sum, one) => sum + one.starts, 0);
  const verdict = verdictOf(goal, worst, starts, truncated);
  return {
    model: model.name,
    property: goal.name,
    method: "countdown",
    ...verdict,
    timerPeriods: verdict.periods === null ? null : worst.run.filter(({ kind }) => kind === "timers").length,
    states: vectors.count,
    starts,
    liveStates: all.reduce((sum, one) => sum + one.liveStates, 0),
    truncated,
    cores: all.map((one) => ({
      core: one.core.map((at) => machine.plan.processes[at]!.key),
      periods: typeof one.periods === "number" && one.periods >= 0 ? one.periods : null,
    })),
    worst: runOf(machine, vectors, worst),
  };
}
