import type { Machine } from "../machine/machine.ts";
import type { View } from "../model.ts";
import type { Vectors } from "./vectors.ts";

/** A predicate on views as one on states, asked once for each distinct view. */
export function onVectors(
  machine: Machine,
  vectors: Vectors,
  predicate: (view: View) => boolean,
): (index: number) => boolean {
  const known = new Map<number, boolean>();
  return (index) => {
    const { views, seen } = machine;
    const view = views.view(vectors.flat, index * machine.width, seen.values);
    let answer = known.get(view);
    if (answer === undefined) {
      answer = predicate(views.read(view));
      known.set(view, answer);
    }
    return answer;
  };
}
