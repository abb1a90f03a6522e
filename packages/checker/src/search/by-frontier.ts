import { Ints } from "../machine/intern.ts";
import type { Machine } from "../machine/machine.ts";
import { Expander } from "./expand.ts";
import { breath, type Found } from "./found.ts";
import type { Settings } from "./options.ts";
import { pathByParents } from "./path.ts";
import { States, whyNoMemory } from "./states.ts";

/** States that were found and not looked into: the newest of the highest rank comes first. */
class Frontier {
  readonly #ranks = new Map<number, number[]>();
  /** Ranks that are not empty, ascending. */
  readonly #order: number[] = [];
  size = 0;

  add(rank: number, index: number): void {
    let stack = this.#ranks.get(rank);
    if (stack === undefined) {
      stack = [];
      this.#ranks.set(rank, stack);
    }
    if (stack.length === 0) this.#order.splice(this.#order.findLastIndex((one) => one < rank) + 1, 0, rank);
    stack.push(index);
    this.size += 1;
  }

  take(): number {
    const rank = this.#order.at(-1)!;
    const stack = this.#ranks.get(rank)!;
    const index = stack.pop()!;
    if (stack.length === 0) this.#order.pop();
    this.size -= 1;
    return index;
  }
}

/** Newest first (`dfs`), or highest score first (`best-first`). Exhaustive like breadth-first search, if it ends. */
export function byFrontier(machine: Machine, settings: Settings): Found {
  const states = new States(machine.width, true, settings.memory);
  const expander = new Expander(machine, states, states);
  const frontier = new Frontier();
  const depths = new Ints();
  const { score } = settings;
  let deepest = 0;
  // What violates something ends the search; of a broken engine a score may see nothing.
  const rankOf = (index: number) =>
    score === null || expander.violating.length > 0
      ? 0
      : machine.views.rate(viewOf(machine, states, index), score);
  const gather = (from: number, depth: number) => {
    for (let index = from; index < states.count; index++) {
      depths.push(depth);
      frontier.add(rankOf(index), index);
    }
    if (states.count > from) deepest = Math.max(deepest, depth);
  };
  expander.begin();
  gather(0, 0);
  let why: string | null = null;
  let asked = false;
  let looked = 0;
  try {
    while (frontier.size > 0 && expander.violating.length === 0) {
      if (states.count >= settings.states) [why, asked] = [`${settings.states} states`, true];
      if (why !== null) break;
      const index = frontier.take();
      const from = states.count;
      expander.expand(index);
      expander.flush();
      gather(from, depths.values[index]! + 1);
      if (++looked % breath !== 0) continue;
      states.otherBytes = machine.bytes + depths.values.byteLength;
      const { transitions } = expander;
      const progress = {
        states: states.count,
        transitions,
        depth: depths.values[index]!,
        frontier: frontier.size,
      };
      why = settings.stopped(progress);
    }
  } catch (error) {
    why = whyNoMemory(error);
    if (why === null) throw error;
  }
  const [violating] = expander.violating;
  return {
    states: states.count,
    transitions: expander.transitions,
    depth: deepest,
    bytes: states.bytes + machine.bytes + depths.values.byteLength,
    truncated: why === null ? null : { why, frontier: states.count - looked, estimatedStates: null },
    asked,
    path: violating === undefined ? null : pathByParents(states, violating),
  };
}

function viewOf(machine: Machine, states: States, index: number): number {
  return machine.views.view(states.segmentOf(index), states.baseOf(index), machine.seen.values);
}
