import { Interner } from "../../machine/intern.ts";
import type { Machine } from "../../machine/machine.ts";
import { type InstantOutcome, Instants, type LiveStep } from "./instant.ts";
import { armedTimers, Forgetting, type LiveProcess } from "./live.ts";

/** One way through one period: every message in flight arrives, or, if there is none, the earliest timers fire. */
export interface NextPeriod {
  readonly kind: "deliver" | "timers";
  /** The number of the state after it. */
  readonly state: number;
  /** What each node did. */
  readonly outcomes: readonly InstantOutcome[];
}

/** The steps of a period, node by node. */
export function stepsOf({ outcomes }: NextPeriod): readonly LiveStep[] {
  return outcomes.flatMap(({ steps }) => steps);
}

/** Why there is no next period. */
export type Stuck = "nothing is in flight and no timer is armed" | "a node never comes to rest";

/**
 * The synchronous world after stabilisation, seen between two periods. Its states are those of the live processes with the
 * messages between them; they have numbers, and each was explored only once.
 *
 * All messages of a period arrive before the next one begins, in any order at each process. Time passes only when nothing is
 * in flight, and then up to the earliest timer: timers are taken to be longer than any message is under way. The random part
 * of a timer counts as 0, and timers of one moment fire in any order.
 */
export class Lockstep {
  readonly #machine: Machine;
  readonly #live: readonly number[];
  /** Positions in `live`, node by node. */
  readonly #nodes: readonly (readonly number[])[];
  readonly #forgetting: Forgetting;
  readonly #instants: Instants;
  readonly #states: { readonly processes: readonly LiveProcess[]; readonly flight: number }[] = [];
  readonly #known = new Map<number, number>();
  readonly #flights = new Interner<readonly number[]>();
  readonly #chains = new Pairs();
  readonly #delivered = new Map<number, number>();

  /**
   * @param live components of the processes that take steps.
   * @param inputs whether inputs that were not given are given at once.
   */
  constructor(machine: Machine, live: readonly number[], inputs: boolean) {
    this.#machine = machine;
    this.#live = live;
    const { processes } = machine.plan;
    const nodes = new Map<string, number[]>();
    live.forEach((component, at) => {
      const key = processes[component]!.node.join();
      nodes.set(key, [...(nodes.get(key) ?? []), at]);
    });
    this.#nodes = [...nodes.values()];
    const isLive = processes.map((_, component) => live.includes(component));
    this.#forgetting = new Forgetting(machine, inputs);
    this.#instants = new Instants(machine, this.#forgetting, isLive, inputs);
  }

  /** How many states were seen. */
  get size(): number {
    return this.#states.length;
  }

  /** The local of a live process in a state. */
  localOf(state: number, component: number): number {
    return this.#states[state]!.processes[this.#live.indexOf(component)]!.local;
  }

  /**
   * The state at the moment of stabilisation, or null if a process of the core is down for good or broken.
   *
   * @param due whether the timer at this position among all armed ones was about to fire; otherwise its full delay is left.
   */
  begin(vector: ArrayLike<number>, due: (timer: number) => boolean): number | null {
    const { locals } = this.#machine.parts;
    const processes: LiveProcess[] = [];
    let timers = 0;
    for (const component of this.#live) {
      const cell = vector[component]!;
      const local = locals.value(this.#machine.localOf(cell));
      if (local.fault !== null || (local.state < 0 && !this.#machine.plan.recover)) return null;
      const delays = local.armed.filter((_, at) => at % 2 === 1);
      const times = delays.map((delay) => (due(timers++) ? 0 : delay));
      const forgotten = this.#forgetting.local(this.#machine.localOf(cell));
      processes.push({ local: forgotten, inbox: this.#machine.inboxOf(cell), times });
    }
    const flight = this.#flight(processes.map(({ inbox }) => inbox));
    const outcomes = this.#nodes.map((node) => this.#instants.resting(node.map((at) => processes[at]!)));
    const places = outcomes.reduce((chain, { place }) => this.#chains.id(chain, place), 0);
    return this.#stateOf({ places, flight, outcomes });
  }

  /** How many timers of live processes are armed in a vector. */
  armedIn(vector: ArrayLike<number>): number {
    const { locals } = this.#machine.parts;
    return this.#live.reduce(
      (sum, component) => sum + armedTimers(locals.value(this.#machine.localOf(vector[component]!))).length,
      0,
    );
  }

  /** What happens at once: inputs, restarts, effects on their way out. It takes no period. */
  settle(state: number): readonly NextPeriod[] {
    const { processes, flight } = this.#states[state]!;
    const idle = processes.map((process) => ({ ...process, inbox: 0 }));
    // Messages in flight wait for the first period.
    return this.#combine("deliver", idle, quiet(processes), flight);
  }

  /** Every way through the next period. */
  next(state: number): readonly NextPeriod[] | Stuck {
    const { processes } = this.#states[state]!;
    const nothing = this.#flight(processes.map(() => 0));
    if (processes.some(({ inbox }) => inbox !== 0)) {
      const next = this.#combine("deliver", processes, quiet(processes), nothing);
      return next.length === 0 ? "a node never comes to rest" : next;
    }
    const soonest = Math.min(...processes.flatMap(({ times }) => times));
    if (soonest === Number.POSITIVE_INFINITY) return "nothing is in flight and no timer is armed";
    const { locals } = this.#machine.parts;
    const later = processes.map((process) => ({
      ...process,
      times: process.times.map((time) => time - soonest),
    }));
    const ringing = later.map(({ local, times }) =>
      armedTimers(locals.value(local)).filter((_, at) => times[at] === 0),
    );
    const next = this.#combine("timers", later, ringing, nothing);
    return next.length === 0 ? "a node never comes to rest" : next;
  }

  /**
   * Every combination of what the nodes may do. Combinations that differ in who sent what, and not in what arrives, are one.
   *
   * @param waiting what is in flight already.
   */
  #combine(
    kind: NextPeriod["kind"],
    processes: readonly LiveProcess[],
    ringing: readonly (readonly number[])[],
    waiting: number,
  ): readonly NextPeriod[] {
    let ways: readonly Way[] = [{ places: 0, flight: waiting, outcomes: [] }];
    for (const node of this.#nodes) {
      const own = this.#instants.outcomes(
        node.map((at) => this.#live[at]!),
        node.map((at) => processes[at]!),
        node.map((at) => ringing[at]!),
      );
      const joined = new Map<number, Way>();
      for (const way of ways)
        for (const outcome of own) {
          const places = this.#chains.id(way.places, outcome.place);
          const flight = this.#deliver(way.flight, outcome);
          const key = places * pairing + flight;
          if (!joined.has(key)) joined.set(key, { places, flight, outcomes: [...way.outcomes, outcome] });
        }
      ways = [...joined.values()];
    }
    return ways.map((way) => ({ kind, state: this.#stateOf(way), outcomes: way.outcomes }));
  }

  /** What is in flight after a node has sent something more. */
  #deliver(flight: number, { sent, parcel }: InstantOutcome): number {
    const key = flight * pairing + parcel;
    let after = this.#delivered.get(key);
    if (after === undefined) {
      const inboxes = [...this.#flights.value(flight)];
      for (let at = 0; at < sent.length; at += 2) {
        const position = this.#live.indexOf(sent[at]!);
        inboxes[position] = this.#machine.parts.inboxes.add(inboxes[position]!, sent[at + 1]!);
      }
      after = this.#flight(inboxes);
      this.#delivered.set(key, after);
    }
    return after;
  }

  #flight(inboxes: readonly number[]): number {
    return this.#flights.id(inboxes.join(), () => inboxes);
  }

  /** The number of a state: places of its nodes, one after the other, and what is in flight. */
  #stateOf({ places, flight, outcomes }: Way): number {
    const key = places * pairing + flight;
    let state = this.#known.get(key);
    if (state === undefined) {
      const inboxes = this.#flights.value(flight);
      const processes: LiveProcess[] = [];
      this.#nodes.forEach((node, at) => {
        node.forEach((position, k) => {
          processes[position] = { ...outcomes[at]!.processes[k]!, inbox: inboxes[position]! };
        });
      });
      state = this.#states.push({ processes, flight }) - 1;
      this.#known.set(key, state);
    }
    return state;
  }
}

/** No timer fires. */
const quiet = (processes: readonly LiveProcess[]): readonly (readonly number[])[] => processes.map(() => []);

/** What the nodes seen so far did, on the way to a combination of all. */
interface Way {
  readonly places: number;
  readonly flight: number;
  readonly outcomes: readonly InstantOutcome[];
}

/** Pairs of numbers below this are one safe integer. */
const pairing = 2 ** 26;

/** Numbers for pairs of numbers, from 1. */
class Pairs {
  readonly #ids = new Map<number, number>();

  id(a: number, b: number): number {
    const key = a * pairing + b;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size + 1;
      this.#ids.set(key, id);
    }
    return id;
  }
}
