import { SeededRandom } from "../support/random.ts";
import { type Counts, newCounts, Violation } from "./parts.ts";
import { shrink } from "./shrink.ts";
import type { Move, ScheduleFailure, ScheduleFaults, ScheduleOptions, ScheduleReport } from "./types.ts";
import { World } from "./world.ts";

/** Seeds of the world and of the schedule differ, so that dropping a move does not shift what the world draws. */
const worldOf = (options: ScheduleOptions, seed: number, counts: Counts, log: string[] | null): World =>
  new World(options, new SeededRandom(seed * 2 + 1), counts, log);

/**
 * Explores random schedules of a set of engines: inputs at any moment, messages lost, repeated and out of order, timers at
 * any moment, crashes between any two effects, restarts from durable records; then a fair suffix without faults in which
 * `done` must come true. A run is a function of its seed.
 *
 * @example
 * const report = runSchedules({ engines, inputs, seeds: { count: 1000 }, faults: { loss: 0.1, crash: 0.01 }, properties, done });
 * if (report.failures.length > 0) throw new Error(describeFailure(report.failures[0]!));
 */
export function runSchedules(options: ScheduleOptions): ScheduleReport {
  const from = options.seeds.from ?? 1;
  const counts = newCounts();
  const failures: ScheduleFailure[] = [];
  let runs = 0;
  let done = 0;
  for (let seed = from; seed < from + options.seeds.count; seed += 1) {
    runs += 1;
    const moves: Move[] = [];
    try {
      if (runOne(options, seed, counts, moves)) done += 1;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      failures.push(shrink(options, seed, moves, error, (log) => worldOf(options, seed, newCounts(), log)));
      if (failures.length >= (options.failuresMax ?? 1)) break;
    }
  }
  return { runs, done, ...counts, failures };
}

function runOne(options: ScheduleOptions, seed: number, counts: Counts, moves: Move[]): boolean {
  const random = new SeededRandom(seed * 2);
  const world = worldOf(options, seed, counts, null);
  const take = (move: Move): boolean => {
    moves.push(move);
    return world.apply(move);
  };
  const stepsMax = options.stepsMax ?? 200;
  for (let at = 0; at < stepsMax; at += 1) faultyMove(world, random, options.faults ?? {}, moves, take);
  let done: boolean;
  if (options.fairSuffix === false) done = options.done?.(world) ?? true;
  else {
    done = fairSuffix(world, random, options, moves, take);
    if (!done) throw new Violation("liveness", "the fair suffix ended before it was done");
  }
  world.end();
  return done;
}

/** One decision while there are faults. */
function faultyMove(
  world: World,
  random: SeededRandom,
  faults: ScheduleFaults,
  moves: Move[],
  take: (move: Move) => boolean,
): void {
  const { nodes } = world;
  const down = nodes.flatMap((node, at) => (node.up ? [] : [at]));
  if (random.chance(faults.crash ?? 0) && down.length < (faults.downMax ?? 1)) {
    take({ kind: "crash", node: random.below(nodes.length) });
    return;
  }
  if (down.length > 0 && random.chance(faults.restart ?? 0.05)) {
    take({ kind: "restart", node: random.pick(down) });
    return;
  }
  if (random.chance(faults.compact ?? 0)) {
    take({ kind: "compact", process: random.below(world.all.length) });
    return;
  }
  const lot = random.below(100);
  if (lot < 25) {
    const node = random.below(nodes.length);
    if (nodes[node]!.queue.length > 0) {
      take({ kind: "release", node });
      return;
    }
  }
  if (lot < 32 && world.waiting.size > 0) {
    take({ kind: "input", input: random.pick([...world.waiting]) });
    return;
  }
  if (lot < 38) {
    const process = random.below(world.all.length);
    const timers = [...world.all[process]!.timers.keys()];
    if (timers.length > 0) take({ kind: "timer", process, timer: random.pick(timers) });
    return;
  }
  if (world.bag.length > 0) deliverSome(world, random, faults, moves);
  else {
    const busy = nodes.findIndex((node) => node.queue.length > 0);
    if (busy >= 0) take({ kind: "release", node: busy });
  }
}

/** Delivers, loses or copies a message: any one, or the oldest of its link where links keep their order. */
function deliverSome(world: World, random: SeededRandom, faults: ScheduleFaults, moves: Move[]): void {
  let at = random.below(world.bag.length);
  if (faults.reorder === false) at = world.bag.findIndex((item) => item.link === world.bag[at]!.link);
  const { link, nth } = world.bag[at]!;
  const kind = random.chance(faults.loss ?? 0)
    ? "lose"
    : random.chance(faults.duplication ?? 0)
      ? "duplicate"
      : "deliver";
  moves.push({ kind, link, nth });
  world.message(kind, at);
}

/** No more faults: everything arrives, timers fire by their delays. True once `done`; then what is in flight still arrives. */
function fairSuffix(
  world: World,
  random: SeededRandom,
  options: ScheduleOptions,
  moves: Move[],
  take: (move: Move) => boolean,
): boolean {
  const budget = {
    virtualMs: 60_000,
    stepsMax: 20_000,
    ...(options.fairSuffix === false ? {} : options.fairSuffix),
  };
  const calm: ScheduleFaults = { reorder: options.faults?.reorder ?? true };
  let stays = options.faults?.staysDownMax ?? 0;
  for (const [node, { up }] of world.nodes.entries())
    if (!up && stays-- <= 0) take({ kind: "restart", node });
  // Timers were armed on a clock that stood still: they are due at some moment within their delay.
  for (const process of world.all)
    for (const [timer, due] of process.timers)
      process.timers.set(timer, world.nowMs + random.below(Math.max(1, due - world.nowMs)));
  const untilMs = world.nowMs + budget.virtualMs;
  let left = budget.stepsMax;
  const settle = (): void => {
    for (const input of [...world.waiting]) if (world.accepts(input)) take({ kind: "input", input });
    for (; left > 0; left -= 1) {
      const busy = world.nodes.findIndex((node) => node.up && node.queue.length > 0);
      if (busy >= 0) take({ kind: "release", node: busy });
      else if (world.bag.length > 0) deliverSome(world, random, calm, moves);
      else return;
    }
  };
  settle();
  while (left > 0 && world.nowMs < untilMs) {
    if (options.done === undefined || options.done(world)) {
      settle();
      return true;
    }
    const next = earliest(world);
    if (next === null) return false;
    world.nowMs = Math.max(world.nowMs, next.due);
    take({ kind: "timer", process: next.process, timer: next.timer });
    left -= 1;
    settle();
  }
  return options.done?.(world) ?? true;
}

function earliest(world: World): { process: number; timer: string; due: number } | null {
  let best: { process: number; timer: string; due: number } | null = null;
  for (const [process, { timers }] of world.all.entries())
    for (const [timer, due] of timers) if (best === null || due < best.due) best = { process, timer, due };
  return best;
}
