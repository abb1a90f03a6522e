import type { Progress } from "./progress.ts";
import type { Step } from "./story.ts";

export interface PerformedStep {
  readonly title: string;
  readonly atSeconds: number;
  readonly tookSeconds: number;
  readonly outcome: string;
}

export interface Steps {
  /** How far (0 to 1) the input may be handed in: not past a step that has not begun. */
  allowed(): number;
  readonly finished: Promise<readonly PerformedStep[]>;
  /** A step could not be taken: nothing more need be handed in. */
  failed(): boolean;
}

/** Takes the steps one after the other, each once `progressed` has come as far as it says. */
export function performSteps(
  steps: readonly Step[],
  progressed: () => number,
  elapsedSeconds: () => number,
  progress: Progress,
): Steps {
  let next = 0;
  let failed = false;
  const perform = async (): Promise<PerformedStep[]> => {
    const performed: PerformedStep[] = [];
    for (const step of steps) {
      while (progressed() < step.at) await new Promise((resolve) => setTimeout(resolve, 5));
      const atSeconds = elapsedSeconds();
      const outcome = await step.run();
      next += 1;
      performed.push({ title: step.title, atSeconds, tookSeconds: elapsedSeconds() - atSeconds, outcome });
      progress.say(`${atSeconds.toFixed(1).padStart(5)} s  ${step.title}: ${outcome}`);
    }
    return performed;
  };
  const finished = perform();
  finished.catch(() => {
    failed = true;
  });
  // A little beyond the next step, so that it does come due; while a step runs, half of the way to the one after it.
  const allowed = (): number => {
    const upcoming = steps[next];
    if (upcoming === undefined) return 1;
    const after = steps[next + 1]?.at ?? 1;
    return progressed() < upcoming.at ? upcoming.at + 0.01 : (upcoming.at + after) / 2;
  };
  return { allowed, finished, failed: () => failed };
}
