import { fromHex, setAdd, setHas } from "@eunomia/codec";
import { type Bits, hasBit, isEmpty } from "../bits.ts";
import type { GraphView } from "../graph-view.ts";
import type { Setup } from "../node/setup.ts";
import type { Out } from "../node/slots.ts";
import type { NodeConfig, SlotState } from "../node/types.ts";
import {
  afterBallot,
  boundFor,
  type Prospect,
  prospectOf,
  servedBy,
  type Unlock,
  votedValues,
} from "./prospect.ts";

/** A value that nobody has voted for: a digest has other digits. */
const newValue = "new";
/** Ballots that are tried. When they do not suffice nobody is called stuck. */
const triesMax = 256;

/**
 * Learners that some sequence of ballots would serve, each of them joined by all uncaught acceptors with all that is known
 * here. Whoever is not among them waits in vain, unless messages that have not come yet tell of other votes.
 *
 * @returns null when too many sequences would have to be tried
 */
function reachable(view: GraphView, unlock: Unlock, now: Prospect): Bits | null {
  let tries = 0;
  let reached: Bits = view.noLearner;
  const seen = new Set<string>();
  const explore = (prospect: Prospect, depth: number): boolean => {
    const voted = votedValues(prospect);
    const number = (voted[0]?.number ?? 0) + 1;
    for (const value of [...voted.map((one) => one.value), newValue]) {
      if (++tries > triesMax) return false;
      const served = servedBy(view, unlock, prospect, value);
      reached = reached.map((word, i) => word | served[i]!);
      if (isEmpty(served) || depth === view.learners.length) continue;
      const next = afterBallot(prospect, { number, value }, served);
      const key = JSON.stringify([
        next.top.map(({ first, second }) => [first?.value, second?.value]),
        next.voices.map((voice) => voice?.own.map((vote) => vote?.value)),
      ]);
      if (seen.has(key)) continue;
      seen.add(key);
      if (!explore(next, depth + 1)) return false;
    }
    return true;
  };
  return explore(now, 0) ? reached : null;
}

/** Reports, once, each learner of this process that no ballot can serve: which votes bind, and what would free it (section 8.3). */
export function reportStuck(
  config: NodeConfig,
  setup: Setup,
  number: number,
  slot: SlotState,
  out: Out,
): void {
  const { view } = setup;
  const prospect = prospectOf(view, slot);
  const reached = reachable(view, config.rules.unlock, prospect);
  if (reached === null) return;
  for (const learner of config.learners) {
    const a = view.learner(learner);
    if (hasBit(reached, a) || slot.decided.keys.includes(learner) || setHas(slot.stuck, learner)) continue;
    setAdd(slot.stuck, learner);
    const byRefuting = config.rules.unlock === "never" ? reachable(view, "refute", prospect) : null;
    out.output({
      kind: "stuck",
      slot: number,
      learner,
      bound: boundFor(view, prospect, a).map((vote) => ({
        acceptor: view.acceptors[vote.acceptor]!,
        learner: view.learners[vote.learner]!,
        ballot: { number: vote.ballot.number, value: fromHex(vote.ballot.value) },
      })),
      wayOut: byRefuting !== null && hasBit(byRefuting, a) ? "refute" : "graph",
    });
  }
}
