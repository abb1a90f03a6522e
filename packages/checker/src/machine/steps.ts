import type { StepLabel } from "../label.ts";
import { labelOf } from "./describe.ts";
import type { Machine } from "./machine.ts";
import { canonicalText } from "./plain.ts";

/** A step out of one vector, with its label. */
export interface LabelledStep {
  /** Where a reduction joins steps: those that come before, in order. */
  readonly first: readonly StepLabel[];
  readonly label: StepLabel;
  readonly vector: Int32Array;
}

/** What steps are ordered by. */
const labelText = (label: StepLabel): string => canonicalText(label);

/** Every step out of a vector: by process, then in an order that only the labels determine. Vectors are not canonical. */
export function stepsFrom(machine: Machine, from: Int32Array): LabelledStep[] {
  const { plan } = machine;
  const world = plan.processes.length;
  return plan.processes.flatMap(({ index }) => {
    const steps: (LabelledStep & { text: string })[] = [];
    for (const move of machine.moves(from[index]!)) {
      const vector = from.slice();
      if (move.spends !== 0) {
        const left = machine.spend(from[world]!, move.spends);
        if (left < 0) continue;
        vector[world] = left;
      }
      vector[index] = machine.cell(move.local, move.inbox);
      for (let at = 0; at < move.out.length; at += 2)
        vector[move.out[at]!] = machine.after(vector[move.out[at]!]!, move.out[at + 1]!);
      const label = labelOf(machine, index, move);
      const first = (move.first ?? []).map((one) => labelOf(machine, index, one));
      steps.push({ first, label, vector, text: [label, ...first].map(labelText).join() });
    }
    return steps.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  });
}
