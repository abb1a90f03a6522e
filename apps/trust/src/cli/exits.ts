import { inspect } from "node:util";

/** What the program ends with. */
export const exits = {
  /** All questions are answered, and the answers are good. */
  good: 0,
  /** What was asked about does not hold, or nobody can say. */
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
 * Makes an action of a command out of one that answers an exit code or throws. A mistake of the user is told in one line, as
 * JSON where `--json` was given; a bug comes with its stack.
 */
export function guarded<A extends unknown[]>(
  action: (...given: A) => Promise<number> | number,
): (...given: A) => Promise<void> {
  return async (...given) => {
    try {
      process.exitCode = await action(...given);
    } catch (error) {
      process.exitCode = exits.impossible;
      if (!isTyped(error)) return console.error(inspect(error));
      const json = given.some((part) => (part as { json?: unknown } | null)?.json === true);
      const { code, message } = error;
      console.error(json ? JSON.stringify({ error: { code, message } }) : `error: ${message}`);
    }
  };
}
