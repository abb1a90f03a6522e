import { Texts } from "../../machine/intern.ts";
import { withCommand } from "../../machine/local.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Move } from "../../machine/moves.ts";
import { armedTimers, type Forgetting, type LiveProcess } from "./live.ts";

/** One step after stabilisation: a step of the model, with the process that takes it. */
export interface LiveStep {
  readonly component: number;
  readonly move: Move;
}

/** A node in the middle of an instant, or after it. */
interface Doing {
  /** Of the processes of the node, in its order: `inbox` is empty. */
  readonly processes: readonly LiveProcess[];
  /** What the node sent to live processes in this instant: pairs of process and message, in order. */
  readonly sent: readonly number[];
  readonly steps: readonly LiveStep[];
  /** Timers that fire in this instant and have not yet, by process. */
  readonly ringing: readonly (readonly number[])[];
}

/** One way in which a node may go through one instant. */
export interface InstantOutcome extends Doing {
  /** A number for what its processes are. */
  readonly place: number;
  /** A number for what it sent. */
  readonly parcel: number;
}

/** A node takes more ways through one instant than this: the scope is too large for a countdown. */
const waysMax = 200_000;

/**
 * What a node may do in one instant: everything that is due to it in every order, and whatever happens at once. What it sends
 * arrives in the next period, so that nodes do not see each other meanwhile: each is explored for itself.
 */
export class Instants {
  readonly #machine: Machine;
  readonly #forgetting: Forgetting;
  readonly #isLive: readonly boolean[];
  readonly #inputs: boolean;
  readonly #moves = new Map<number, readonly Move[]>();
  readonly #known = new Map<string, readonly InstantOutcome[]>();
  readonly #places = new Texts();
  readonly #parcels = new Texts();

  constructor(machine: Machine, forgetting: Forgetting, isLive: readonly boolean[], inputs: boolean) {
    this.#machine = machine;
    this.#forgetting = forgetting;
    this.#isLive = isLive;
    this.#inputs = inputs;
  }

  /**
   * Every way through the instant; none if the node never comes to rest.
   *
   * @param node live processes of one node.
   * @param ringing timers that fire, by process.
   */
  outcomes(
    node: readonly number[],
    processes: readonly LiveProcess[],
    ringing: readonly (readonly number[])[],
  ): readonly InstantOutcome[] {
    const start: Doing = { processes, ringing, sent: [], steps: [] };
    const key = `${node}#${keyOf(start)}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#explore(node, start);
      this.#known.set(key, known);
    }
    return known;
  }

  /** The outcome for a node that does nothing, in whatever state it is. */
  resting(processes: readonly LiveProcess[]): InstantOutcome {
    return this.#outcome({ processes, ringing: [], sent: [], steps: [] });
  }

  #outcome(doing: Doing): InstantOutcome {
    const processes = doing.processes.map((process) => ({ ...process, inbox: 0 }));
    const place = this.#places.id(processes.map(({ local, times }) => `${local}.${times}`).join(";"));
    return { ...doing, processes, ringing: [], place, parcel: this.#parcels.id(doing.sent.join()) };
  }

  #explore(node: readonly number[], start: Doing): InstantOutcome[] {
    const seen = new Set([keyOf(start)]);
    const stack = [start];
    const ends = new Map<string, InstantOutcome>();
    for (let doing = stack.pop(); doing !== undefined; doing = stack.pop()) {
      const next = this.#next(node, doing);
      if (next.length === 0) {
        const end = this.#outcome(doing);
        ends.set(`${end.place} ${end.parcel}`, end);
      }
      for (const one of next) {
        const key = keyOf(one);
        if (seen.has(key)) continue;
        if (seen.size === waysMax)
          throw new RangeError(`a node has more than ${waysMax} ways through a period`);
        seen.add(key);
        stack.push(one);
      }
    }
    return [...ends.values()];
  }

  #next(node: readonly number[], doing: Doing): Doing[] {
    return node.flatMap((component, at) => {
      const { local, inbox } = doing.processes[at]!;
      const rings = new Set(doing.ringing[at]!.map((timer) => this.#timerName(component, timer)));
      return this.#movesOf(this.#machine.cell(local, inbox))
        .filter(({ kind, what }) => kind !== "timer" || rings.has(String(what)))
        .map((move) => this.#take(node, doing, at, { component, move }));
    });
  }

  #timerName(component: number, timer: number): string {
    return this.#machine.plan.processes[component]!.timers[timer]!;
  }

  /** Moves that stay possible after stabilisation: no loss, no crash, nothing twice. */
  #movesOf(cell: number): readonly Move[] {
    let moves = this.#moves.get(cell);
    if (moves === undefined) {
      const kinds = new Set([
        "deliver",
        "route",
        "flush",
        "recover",
        "timer",
        ...(this.#inputs ? ["input"] : []),
      ]);
      moves = this.#machine.moves(cell).filter(({ kind }) => kinds.has(kind));
      this.#moves.set(cell, moves);
    }
    return moves;
  }

  #take(node: readonly number[], doing: Doing, at: number, step: LiveStep): Doing {
    const { move, component } = step;
    const { locals, words } = this.#machine.parts;
    const before = doing.processes[at]!;
    const changed = move.ran?.outcome.timers ?? [];
    const timerBefore = armedTimers(locals.value(before.local));
    const timerAfter = armedTimers(locals.value(move.local));
    const times = timerAfter.map((timer) => {
      const armed = changed.findLast((one) => one.timer === timer);
      return armed?.delayMs ?? before.times[timerBefore.indexOf(timer)]!;
    });
    const isAnew = (timer: number): boolean => changed.some((one) => one.timer === timer);
    const fired = move.kind === "timer" ? String(move.what) : null;
    const ringing = doing.ringing[at]!.filter(
      (timer) => timerAfter.includes(timer) && !isAnew(timer) && this.#timerName(component, timer) !== fired,
    );
    const processes = [...doing.processes];
    processes[at] = { local: this.#forgetting.local(move.local), inbox: move.inbox, times };
    const sent = [...doing.sent];
    for (let out = 0; out < move.out.length; out += 2) {
      const to = move.out[out]!;
      const what = move.out[out + 1]!;
      if (!this.#isLive[to]) continue;
      if ((what & 3) === 0) sent.push(to, what >> 2);
      else {
        const own = node.indexOf(to);
        const sender = (command: number): number => words.commands.value(command).from;
        const local = withCommand(locals.value(processes[own]!.local), what >> 2, sender);
        processes[own] = { ...processes[own]!, local: locals.id(local) };
      }
    }
    return {
      processes,
      ringing: doing.ringing.map((others, other) => (other === at ? ringing : others)),
      sent: this.#machine.plan.model.network.order === "fifo" ? sent : sorted(sent),
      steps: [...doing.steps, step],
    };
  }
}

/** Where order does not matter, equal contents must look equal. */
function sorted(sent: readonly number[]): number[] {
  const pairs = Array.from(
    { length: sent.length / 2 },
    (_, at) => [sent[2 * at]!, sent[2 * at + 1]!] as const,
  );
  return pairs.sort(([a, m], [b, n]) => a - b || m - n).flat();
}

/** Everything but the steps. */
function keyOf({ processes, ringing, sent }: Doing): string {
  const own = processes.map(({ local, inbox, times }) => `${local}.${inbox}.${times}`);
  return `${own.join(";")}|${ringing.join(";")}|${sent}`;
}
