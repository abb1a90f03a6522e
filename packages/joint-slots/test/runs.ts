import { World, type WorldOptions } from "./world.ts";

/** What a run came to. */
export interface RunResult {
  readonly world: World;
  /** What is wrong, at the first moment it was seen; null: nothing. */
  readonly problem: string | null;
  /** Joint slots that ended so on every chain. */
  readonly included: number;
  readonly abandoned: number;
  readonly moved: number;
}

function problemOf(world: World): string | null {
  const { ok, lost, doubled, forged, slots } = world.verdict();
  if (ok) return null;
  const split = slots.filter((slot) => slot.split).map((slot) => slot.fates);
  return JSON.stringify({ lost, doubled, forged, split });
}

/** One step of everybody: all that was decided is heard, all timers fire, whatever can be decided is. */
function round(world: World): void {
  for (const id of world.nodes.keys()) world.deliver(id, true);
  for (const id of world.nodes.keys()) world.fire(id);
  for (const slot of world.joint.keys())
    for (const chain of world.names) world.decideJoint(slot, chain, true);
  for (const chain of world.names) world.decideBase(chain, true);
}

/**
 * A run: `steps` of faults, lies and delays, then rounds without any until nothing is to be done any more. Joint slots that are never
 * decided stay so.
 */
export function run(options: WorldOptions, steps = 1200, rounds = 200): RunResult {
  const world = new World(options);
  const ids = [...world.nodes.keys()];
  let problem: string | null = null;
  for (let i = 0; i < steps && problem === null; i++) {
    const die = world.random.below(20);
    if (die < 2) world.wish();
    else if (die < 6) world.fire(world.pick(ids));
    else if (die < 12) world.deliver(world.pick(ids));
    else if (die < 16) world.decideBase(world.pick(world.names));
    else if (die < 18 && world.joint.size > 0)
      world.decideJoint(world.pick([...world.joint.keys()]), world.pick(world.names));
    else if (die === 18) world.restart(world.pick(ids));
    else if ((options.byzantine ?? []).length > 0) world.lie();
    if (i % 20 === 0) problem = problemOf(world);
  }
  for (let i = 0; i < rounds && problem === null && (i < 5 || world.busy); i++) {
    round(world);
    if (i % 10 === 0) problem = problemOf(world);
  }
  problem ??= problemOf(world) ?? (world.alarms.length > 0 ? "alarm" : null);
  if (problem === null && world.busy) problem = "not settled";
  const { slots } = world.verdict();
  const all = (fate: string) =>
    slots.filter(({ fates }) => Object.values(fates).every((one) => one === fate));
  return {
    world,
    problem,
    included: all("included").length,
    abandoned: all("abandoned").length,
    moved: all("included").reduce((sum, { moves }) => sum + moves, 0),
  };
}
