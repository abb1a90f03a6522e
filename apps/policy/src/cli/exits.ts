import { inspect } from "node:util";

/** What the program ends with. */
export const exits = {
  /** The deployment is accepted, or what was asked for is there. */
  good: 0,
  /** The deployment is rejected, or no choice keeps all limits. */
  bad: 1,
  /** Could not be carried out: usage, files, their content. */
  impossible: 2,
} as const;

/** Something that was asked for and cannot be done: said in one line with what to do. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** An error with a code of its own is somebody's mistake; anything else is a bug of ours. */
const isTyped = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && typeof (error as { code?: unknown }).code === "string";

/**
 * Makes an action of a command out of one that answers an exit code or throws. A mistake of the user is told in one line; a bug
 * comes with its stack.
 */
export function guarded<A extends unknown[]>(
  action: (...given: A) => Promise<number> | number,
): (...given: A) => Promise<void> {
  return async (...given) => {
    try {
      process.exitCode = await action(...given);
    } catch (error) {
      process.exitCode = isTyped(error) && error.code === "infeasible" ? exits.bad : exits.impossible;
      console.error(isTyped(error) ? `error: ${error.message}` : inspect(error));
    }
  };
}
