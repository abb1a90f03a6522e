import type { Machine } from "../machine/machine.ts";
import { Expander } from "./expand.ts";
import { breath, estimateStates, type Found } from "./found.ts";
import type { Settings } from "./options.ts";
import { leastOf, shortestPath } from "./path.ts";
import { States, whyNoMemory } from "./states.ts";

/** Level by level. A level in which something is violated is finished, so that the least violation can be told. */
export function breadthFirst(machine: Machine, settings: Settings): Found {
  const states = new States(machine.width, false, settings.memory);
  const expander = new Expander(machine, states, states);
  const levels = [0];
  let looked = 0;
  let why: string | null = null;
  let asked = false;
  expander.begin();
  while (why === null && expander.violating.length === 0 && looked < states.count) {
    if (levels.length > settings.depth) {
      [why, asked] = [`depth ${settings.depth}`, true];
      break;
    }
    const end = states.count;
    levels.push(end);
    try {
      while (looked < end) {
        expander.expand(looked++);
        if (looked % breath !== 0 && looked < end) continue;
        expander.flush();
        states.otherBytes = machine.bytes;
        const frontier = states.count - looked;
        const { transitions } = expander;
        why = settings.stopped({ states: states.count, transitions, depth: levels.length - 1, frontier });
        if (states.count >= settings.states) [why, asked] = [`${settings.states} states`, true];
        if (why !== null && looked < states.count) break;
        why = null;
      }
    } catch (error) {
      why = whyNoMemory(error);
      if (why === null) throw error;
      looked -= 1;
    }
  }
  if (why === null && states.count === levels.at(-1)) levels.pop();
  const violating = expander.violating;
  return {
    states: states.count,
    transitions: expander.transitions,
    depth: levels.length - 1,
    bytes: states.bytes + machine.bytes,
    truncated:
      why === null
        ? null
        : { why, frontier: states.count - looked, estimatedStates: estimateStates(levels, states.count) },
    asked,
    path:
      violating.length === 0
        ? null
        : shortestPath(machine, states, levels, leastOf(machine, states, violating)),
  };
}
