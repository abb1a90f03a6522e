import { CheckerError } from "../error.ts";
import { describeProcess } from "../machine/describe.ts";
import type { Machine } from "../machine/machine.ts";
import { canonicalText } from "../machine/plain.ts";
import type { Images } from "./images.ts";

/** The steps of a cell as texts, renamed: target, what is spent, what comes to others. */
function stepsOf(
  machine: Machine,
  cell: number,
  imageOf: (cell: number) => number,
  deltaOf: (what: number) => number,
  placeOf: (process: number) => number,
): string[] {
  const ordered = machine.plan.model.network.order === "fifo";
  let at = machine.movesAt(cell);
  const pool = () => machine.pool.values;
  const count = pool()[at++]!;
  const steps = new Set<string>();
  for (let move = 0; move < count; move++) {
    const [target, spent, length] = [pool()[at]!, pool()[at + 1]!, pool()[at + 2]!];
    const out: (readonly [number, number])[] = [];
    for (let to = at + 3; to < at + 3 + length; to += 2)
      out.push([placeOf(pool()[to]!), deltaOf(pool()[to + 1]!)]);
    // Between processes the order of sending does not matter, nor in a bag.
    out.sort(([a, one], [b, other]) => a - b || (ordered ? 0 : one - other));
    steps.add(`${imageOf(target)} ${spent} ${out.join(" ")}`);
    at += 3 + length;
  }
  return [...steps].sort();
}

/**
 * Looks at every cell that has moves, and at its images, for a step that is not renamed to a step.
 *
 * @param cells whose moves were asked for; grows while images are looked at, through the machine.
 * @returns how many cells were looked at.
 * @throws CheckerError with code `reduction`.
 */
export function equivariance(
  machine: Machine,
  images: Images,
  cells: ReadonlySet<number>,
  generators: readonly { readonly which: number; readonly processes: readonly number[] }[],
  image: (which: number, cell: number) => number,
): number {
  // Sets visit what is added while they are visited.
  for (const cell of cells)
    for (const { which, processes } of generators) {
      const twin = image(which, cell);
      const expected = stepsOf(
        machine,
        cell,
        (target) => image(which, target),
        (what) => images.delta(which, what),
        (process) => processes[process]!,
      );
      const got = stepsOf(
        machine,
        twin,
        (target) => target,
        (what) => what,
        (process) => process,
      );
      if (expected.length === got.length && expected.every((step, at) => step === got[at])) continue;
      const [one, other] = [describeProcess(machine, cell), describeProcess(machine, twin)];
      throw new CheckerError(
        "reduction",
        `"symmetry" expected ${one.process} and ${other.process} to take the same steps after renaming, but in ${canonicalText(one.state)} and ${canonicalText(other.state)} they do not; search without this reduction`,
      );
    }
  return cells.size;
}
