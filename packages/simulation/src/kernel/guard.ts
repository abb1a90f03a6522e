import { SimulationError } from "../errors.ts";
import type { RunEyes } from "../run-types.ts";
import type { World } from "./world.ts";

/**
 * Calls what whoever described the run has written. If it throws, the run ends under its name: it must not look like a fault of
 * the node that happens to be at work.
 *
 * @param whose such as `the client "a"`.
 * @param otherwise what stands for its answer then.
 */
export function guarded<R>(world: World, whose: string, otherwise: R, call: () => R): R {
  try {
    return call();
  } catch (error) {
    world.violated(`${whose} never throws`, String(error));
    return otherwise;
  }
}

/**
 * The eyes of a caller, whose own errors are none of the run: the first is handed over, whoever is at work then.
 *
 * @param failed ends the run.
 */
export function callersEyes(eyes: RunEyes, failed: (error: SimulationError) => void): RunEyes {
  const guard =
    <A extends unknown[]>(name: string, look: (...seen: A) => void) =>
    (...seen: A): void => {
      try {
        look.apply(eyes, seen);
      } catch (error) {
        const what = `"${name}" of the eyes of a run expected to look, but it throws ${String(error)}: correct it`;
        failed(new SimulationError("bad-option", what, { cause: error }));
      }
    };
  const { onStep, onMove, onNote, coverage, checkEvery } = eyes;
  return {
    ...(onStep !== undefined && { onStep: guard("onStep", onStep) }),
    ...(onMove !== undefined && { onMove: guard("onMove", onMove) }),
    ...(onNote !== undefined && { onNote: guard("onNote", onNote) }),
    ...(coverage !== undefined && { coverage }),
    ...(checkEvery !== undefined && { checkEvery }),
  };
}
