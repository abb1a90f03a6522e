import { isCallersMistake } from "../refusal.ts";

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
      const { message, stack } = error as Error;
      console.error(`error: ${isCallersMistake(error) ? message : (stack ?? message)}`);
      process.exitCode = 2;
    }
  };
}
