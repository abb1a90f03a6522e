import { Interner } from "../../machine/intern.ts";
import type { Machine } from "../../machine/machine.ts";
import { type InstantOutcome, Instants, type LiveStep } from "./instant.ts";
import { armedTimers, Forgetting, type LiveProcess } from "./live.ts";

/** What happens in one period: every message in flight arrives, or, if there is none, the earliest timers fire. */
export interface Period {
  readonly kind: "deliver" | "timers";
  readonly steps: readonly LiveStep[];
}

/** One way through one period. */
export interface NextPeriod {
  /** The number of the state after it. */
  readonly state: number;
  readonly period: Period;
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
  readonly #states = new Interner<readonly LiveProcess[]>();

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
    return this.#states.size;
  }

  /** The local of a live process in a state. */
  localOf(state: number, component: number): number {
    return this.#states.value(state)[this.#live.indexOf(component)]!.local;
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
    return this.#id(processes);
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
    const processes = this.#states.value(state);
    const idle = processes.map((process) => ({ ...process, inbox: 0 }));
    const quiet = processes.map((): number[] => []);
    // Messages in flight wait for the first period.
    return this.#combine("deliver", idle, quiet, processes);
  }

  /** Every way through the next period. */
  next(state: number): readonly NextPeriod[] | Stuck {
    const processes = this.#states.value(state);
    const nothing = processes.map((process) => ({ ...process, inbox: 0 }));
    const quiet = processes.map((): number[] => []);
    if (processes.some(({ inbox }) => inbox !== 0)) {
      const next = this.#combine("deliver", processes, quiet, nothing);
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
   * Every combination of what the nodes may do.
   *
   * @param waiting whose inboxes are in flight already.
   */
  #combine(
    kind: Period["kind"],
    processes: readonly LiveProcess[],
    ringing: readonly (readonly number[])[],
    waiting: readonly LiveProcess[],
  ): readonly NextPeriod[] {
    let ways = new Map<string, { outcomes: readonly InstantOutcome[]; inboxes: readonly number[] }>();
    ways.set("", { outcomes: [], inboxes: waiting.map(({ inbox }) => inbox) });
    for (const node of this.#nodes) {
      const own = this.#instants.outcomes(
        node.map((at) => this.#live[at]!),
        node.map((at) => processes[at]!),
        node.map((at) => ringing[at]!),
      );
      const joined = new Map<string, { outcomes: readonly InstantOutcome[]; inboxes: readonly number[] }>();
      for (const [key, { outcomes, inboxes }] of ways)
        own.forEach((outcome) => {
          const after = this.#deliver(inboxes, outcome.sent);
          const locals = outcome.processes.map(({ local, times }) => `${local}.${times}`).join();
          // Ways that differ in what was sent by whom, and not in what arrives, are one.
          const place = `${key.split("#")[0]};${locals}#${after}`;
          joined.set(place, { outcomes: [...outcomes, outcome], inboxes: after });
        });
      ways = joined;
    }
    return [...ways.values()].map(({ outcomes, inboxes }) => {
      const after: LiveProcess[] = [];
      this.#nodes.forEach((node, at) => {
        node.forEach((position, k) => {
          after[position] = { ...outcomes[at]!.processes[k]!, inbox: inboxes[position]! };
        });
      });
      return { state: this.#id(after), period: { kind, steps: outcomes.flatMap(({ steps }) => steps) } };
    });
  }

  #deliver(inboxes: readonly number[], sent: readonly number[]): readonly number[] {
    const after = [...inboxes];
    for (let at = 0; at < sent.length; at += 2) {
      const position = this.#live.indexOf(sent[at]!);
      after[position] = this.#machine.parts.inboxes.add(after[position]!, sent[at + 1]!);
    }
    return after;
  }

  #id(processes: readonly LiveProcess[]): number {
    const key = processes.map(({ local, inbox, times }) => `${local}.${inbox}.${times}`).join(";");
    return this.#states.id(key, () => processes);
  }
}
