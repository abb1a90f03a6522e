import type { Invariant } from "@eunomia/checker";
import { textOf } from "../values.ts";

/** A ballot proposes one value per slot: whoever accepted under it accepted the same. */
export const oneValuePerBallot = (acceptors: readonly string[]): Invariant => ({
  name: "one value per ballot and slot",
  holds(view) {
    const values = new Map<string, string>();
    for (const process of acceptors) {
      const accepted = view.of(process).observation?.accepted;
      for (const [i, slot] of (accepted?.keys ?? []).entries()) {
        const { ballot, value } = accepted.values[i];
        const key = `slot ${slot} under [${ballot.round}, ${ballot.leader}]`;
        const text = textOf(value);
        if ((values.get(key) ?? text) !== text)
          return `${key} is ${values.get(key)} and, at ${process}, ${text}`;
        values.set(key, text);
      }
    }
    return null;
  },
});

/** An acceptor never stands behind what it accepted: its promise covers it. */
export const promiseCovers = (acceptors: readonly string[]): Invariant => ({
  name: "promises cover acceptances",
  holds(view) {
    for (const process of acceptors) {
      const observed = view.of(process).observation;
      for (const { ballot } of observed?.accepted.values ?? []) {
        const { promised } = observed;
        const below =
          promised === null ||
          promised.round < ballot.round ||
          (promised.round === ballot.round && promised.leader < ballot.leader);
        if (below) return `${process} accepted under [${ballot.round}, ${ballot.leader}] beyond its promise`;
      }
    }
    return null;
  },
});

/** A slot is forgotten only once f + 1 learners are done with it. */
export const floorsHeld = (
  holders: readonly string[],
  learners: readonly string[],
  f: number,
): Invariant => ({
  name: "what is forgotten is held by f + 1 learners",
  holds(view) {
    const done = (slot: number): number =>
      learners.filter((learner) => (view.of(learner).observation?.floor ?? 0) >= slot).length;
    for (const process of holders) {
      const floor: number = view.of(process).observation?.floor ?? 0;
      if (floor > 0 && done(floor) < f + 1)
        return `${process} forgot slot ${floor}, which ${done(floor)} learners hold`;
    }
    return null;
  },
});
