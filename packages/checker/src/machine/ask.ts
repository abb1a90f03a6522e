import { check, EncodeError, encode, type Schema } from "@eunomia/codec";
import { CheckerError, type CheckerErrorCode } from "../error.ts";
import type { Seen, View } from "../model.ts";
import { anyText, textOf } from "./plain.ts";

/**
 * Asks a function that belongs to the caller. It depends on its arguments only, so an error that shows them can be made again.
 *
 * @param whose such as `"holds" of the invariant "agreement"`.
 * @param given the arguments in words.
 * @throws CheckerError with what was thrown as its cause.
 */
export function ask<R>(
  whose: string,
  given: () => string,
  call: () => R,
  code: CheckerErrorCode = "model",
): R {
  try {
    return call();
  } catch (error) {
    if (error instanceof CheckerError) throw error;
    throw new CheckerError(
      code,
      `${whose} expected to answer, but it throws ${String(error)} when given ${given()}; correct it`,
      { cause: error },
    );
  }
}

/** Refuses an answer of a function of the caller. */
export function refuseAnswer(
  whose: string,
  given: () => string,
  expected: string,
  got: unknown,
  code: CheckerErrorCode = "model",
): never {
  throw new CheckerError(
    code,
    `${whose} expected to answer ${expected}, got ${anyText(got)} when given ${given()}; correct it`,
  );
}

/** Asks a predicate. A promise, or nothing at all, is no answer. */
export function askWhether(whose: string, given: () => string, call: () => unknown): boolean {
  const answer = ask(whose, given, call);
  return typeof answer === "boolean" ? answer : refuseAnswer(whose, given, "true or false", answer);
}

/**
 * A value of the caller as bytes.
 *
 * @throws CheckerError with code `model` if it does not fit.
 */
export function encoded<T>(what: string, schema: Schema<T>, value: T): string {
  try {
    check(schema, value);
    return textOf(encode(schema, value));
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    throw new CheckerError(
      "model",
      `${what} expected a value that fits its schema: ${error.message}; got ${anyText(value)}`,
      { cause: error },
    );
  }
}

/** What is seen of one process, in words. */
export function seenText({ observation, history, up }: Seen): string {
  const ghost = history === null ? "" : ` with history ${anyText(history)}`;
  return `${up ? anyText(observation) : "down"}${ghost}`;
}

/** What a property is given, in words. */
export function viewText(view: View): string {
  return view.processes.map((key) => `${key}: ${seenText(view.of(key))}`).join(", ");
}
