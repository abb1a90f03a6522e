import { Violation } from "./parts.ts";
import type { Move, ScheduleFailure, ScheduleOptions } from "./types.ts";
import type { World } from "./world.ts";

/** Replays moves; the violation they lead to, or null, and the moves that could be done. */
function replay(world: () => World, moves: readonly Move[]): { violation: Violation | null; done: Move[] } {
  const done: Move[] = [];
  try {
    const run = world();
    for (const move of moves) {
      const named = run.named(move);
      done.push(named);
      if (!run.apply(named)) done.pop();
    }
    run.end();
    return { violation: null, done };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { violation: error, done };
  }
}

/** Drops moves greedily, halves first, as long as the same property still fails. A missing decision (liveness) is not made smaller. */
export function shrink(
  options: ScheduleOptions,
  seed: number,
  moves: readonly Move[],
  violation: Violation,
  newWorld: (log: string[] | null) => World,
): ScheduleFailure {
  let best = moves;
  let reason = violation.message;
  let left = options.shrinkReplays ?? 1000;
  const fails = (candidate: readonly Move[]): boolean => {
    left -= 1;
    const { violation: found, done } = replay(() => newWorld(null), candidate);
    if (found === null || found.property !== violation.property) return false;
    best = done;
    reason = found.message;
    return true;
  };
  /** One pass from the end to the front; true if something could go. */
  const pass = (size: number): boolean => {
    const before = best.length;
    for (let at = best.length - size; left > 0 && at > -size; at -= size)
      fails([...best.slice(0, Math.max(0, at)), ...best.slice(at + size)]);
    return best.length < before;
  };
  if (violation.property !== "liveness" && left > 0 && fails(moves)) {
    for (let size = Math.ceil(best.length / 2); size > 1 && left > 0; size = Math.ceil(size / 2)) pass(size);
    // Dropping one move may make others superfluous that were tried before it.
    while (left > 0 && pass(1));
  }
  const transcript: string[] = [];
  replay(() => newWorld(transcript), best);
  return {
    seed,
    property: violation.property,
    reason,
    moves: moves.length,
    shrunkMoves: best.length,
    transcript,
  };
}

/** A failure as text: the property, the seed that shows it again, and the transcript. */
export function describeFailure(failure: ScheduleFailure): string {
  const { property, reason, seed, moves, shrunkMoves, transcript } = failure;
  const lines =
    transcript.length > 200
      ? [...transcript.slice(0, 200), `… ${transcript.length - 200} lines more`]
      : transcript;
  return `${property}: ${reason}\nseed ${seed}, ${moves} moves, ${shrunkMoves} after shrinking\n${lines.join("\n")}`;
}
