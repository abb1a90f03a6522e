import { CheckerError } from "../error.ts";
import { askWhether } from "../machine/ask.ts";
import { anyText } from "../machine/plain.ts";
import type { LivenessProperty } from "./property.ts";

const kinds = ["eventually", "always-eventually", "eventually-always", "leads-to"] as const;

function refuse(what: string): never {
  throw new CheckerError("option", what);
}

/**
 * An object of the caller with none but known names.
 *
 * @throws CheckerError with code `option`.
 */
export function mustKnowNames(what: string, value: unknown, known: readonly string[]): void {
  if (value === null || typeof value !== "object")
    refuse(`"${what}" expected an object, got ${anyText(value)}`);
  for (const name of Object.keys(value))
    if (!known.includes(name))
      refuse(`"${what}" expected ${known.join(", ")}; got "${name}": correct the name or leave it out`);
}

/** @throws CheckerError with code `option`. */
export function mustBeFunction(what: string, value: unknown, advice: string): void {
  if (typeof value !== "function") refuse(`"${what}" expected a function, got ${anyText(value)}; ${advice}`);
}

/**
 * A property of the caller whose predicates answer yes or no, or tell what they were given when they do not.
 *
 * @param stateText a state in words.
 * @throws CheckerError with code `option` for what is no property.
 */
export function askedProperty<State>(
  property: LivenessProperty<State>,
  stateText: (state: State) => string,
): LivenessProperty<State> {
  mustKnowNames("property", property, ["name", "kind", "from", "goal"]);
  const { kind, goal } = property;
  if (!kinds.includes(kind))
    refuse(`"kind" of the property expected one of ${kinds.join(", ")}, got ${anyText(kind)}`);
  mustBeFunction("goal", goal, "say which states it is about");
  const asked =
    (name: string, predicate: (state: State) => boolean) =>
    (state: State): boolean =>
      askWhether(
        `"${name}" of the property`,
        () => stateText(state),
        () => predicate(state),
      );
  if (kind === "leads-to") {
    mustBeFunction(
      "from",
      property.from,
      'say after which states the goal comes, or take "always-eventually"',
    );
    return { kind, from: asked("from", property.from), goal: asked("goal", goal) };
  }
  if ("from" in property && property.from !== undefined)
    refuse(`"from" expected the kind "leads-to", got "${kind}"; leave one of them out`);
  return { kind, goal: asked("goal", goal) };
}
