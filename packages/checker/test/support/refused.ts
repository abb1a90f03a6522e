import { CheckerError } from "../../src/index.ts";

/** Every refusal is of this kind: whose code or which field, what was expected, what was got. */
export function refused(run: () => unknown): CheckerError {
  try {
    run();
  } catch (error) {
    if (error instanceof CheckerError) return error;
    throw new Error(`escapes raw: ${String(error)}`);
  }
  throw new Error("expected to be refused");
}
