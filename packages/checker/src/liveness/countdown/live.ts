import type { Local } from "../../machine/local.ts";
import type { Machine } from "../../machine/machine.ts";

/** One process after stabilisation, without what cannot matter any more. */
export interface LiveProcess {
  /** A number of the machine. */
  readonly local: number;
  /** Messages that it waits for: what is due in this period, or what comes in the next. */
  readonly inbox: number;
  /** Milliseconds until each armed timer fires, in the order in which the local has them. */
  readonly times: readonly number[];
}

/** The timers that are armed, by number. */
export function armedTimers({ armed }: Local): number[] {
  return armed.filter((_, at) => at % 2 === 0);
}

/**
 * Forgets what bounds the part before stabilisation: budgets of timers, which fire as often as it takes from here on, records,
 * since nothing crashes, and the delays of timers, whose remaining times are kept apart. More states become equal by it, and
 * no step is lost.
 */
export class Forgetting {
  readonly #machine: Machine;
  readonly #inputs: boolean;
  readonly #known = new Map<number, number>();

  /** @param inputs whether inputs are still given; otherwise they count as given. */
  constructor(machine: Machine, inputs: boolean) {
    this.#machine = machine;
    this.#inputs = inputs;
  }

  local(local: number): number {
    let known = this.#known.get(local);
    if (known === undefined) {
      known = this.#forget(local);
      this.#known.set(local, known);
    }
    return known;
  }

  #forget(id: number): number {
    const { locals, plan } = this.#machine.parts;
    const local = locals.value(id);
    const { inputs } = plan.processes[local.process]!;
    return locals.id({
      ...local,
      armed: armedTimers(local).flatMap((timer) => [timer, 0]),
      left: local.left.map(() => 1),
      given: this.#inputs ? local.given : (1 << inputs.length) - 1,
      records: local.state < 0 ? local.records : [],
    });
  }
}
