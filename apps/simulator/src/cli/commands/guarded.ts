import { Refusal } from "../refusal.ts";

/** Errors of packages that tell a caller's mistake: their message says what to do. */
const callersMistakes = ["Refusal", "CheckerError", "SimulationError", "ReplayError"];

/**
 * Runs a command and sets the exit code: what it answers; 2 with one line for what the user can mend; 2 with a stack for
 * anything else, which is a bug of this program.
 */
export function guarded<A extends readonly unknown[]>(
  command: (...args: A) => number | Promise<number>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = await command(...args);
    } catch (error) {
      const { name, message, stack } = error as Error;
      const known = error instanceof Refusal || callersMistakes.includes(name);
      console.error(`error: ${known ? message : (stack ?? message)}`);
      process.exitCode = 2;
    }
  };
}
