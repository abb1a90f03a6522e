import { refuse } from "../refusal.ts";
import { schemaTargets } from "./engines.ts";
import { readerTargets } from "./readers.ts";
import type { FuzzTarget } from "./target.ts";

/** Everything that reads bytes of others: every schema of every engine, and the readers laid out by hand. */
export const fuzzTargets: readonly FuzzTarget[] = [...schemaTargets(), ...readerTargets()];

/** The targets whose names contain `part`. */
export function targetsMatching(part: string): readonly FuzzTarget[] {
  const found = fuzzTargets.filter(({ name }) => name.includes(part));
  if (found.length === 0)
    refuse(
      "unknown-target",
      `no target contains "${part}"`,
      `choose among ${fuzzTargets.map(({ name }) => name).join(", ")}`,
    );
  return found;
}

export function targetNamed(name: string): FuzzTarget {
  const found = fuzzTargets.find((target) => target.name === name);
  return found ?? refuse("unknown-target", `there is no target "${name}"`, "run `fuzz --list` for the names");
}
