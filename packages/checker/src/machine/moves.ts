import type { StepKind } from "../label.ts";
import { ask, encoded, refuseAnswer } from "./ask.ts";
import type { Evaluator, Outcome, Repeatable } from "./evaluate.ts";
import { commandEvent, inputEvent, messageEvent, startEvent, timeoutEvent } from "./events.ts";
import type { Inboxes } from "./inbox.ts";
import { crashed, type Local, type Locals } from "./local.ts";
import { anyText } from "./plain.ts";
import type { Plan, PlannedProcess } from "./plan.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What a step of one process does to another component: a message, a command, or the crash of its node. */
export const delta = {
  message: (message: number): number => message * 4,
  command: (command: number): number => command * 4 + 1,
  crash: 2,
} as const;

/** What a step spends of the world's budgets. */
export const spends = { nothing: 0, crash: 1, loss: 2, duplicate: 3 } as const;

/** A step that one process may take by itself, whatever the others do. */
export interface Move {
  readonly kind: StepKind;
  readonly local: number;
  readonly inbox: number;
  readonly spends: number;
  /** Pairs of process and delta. */
  readonly out: readonly number[];
  /** Where an engine ran. */
  readonly ran: { readonly event: Repeatable; readonly outcome: Outcome } | null;
  /** The name of the input or timer, or the message that was lost or doubled. */
  readonly what: string | number;
  /** Atoms that became real. */
  readonly left: readonly number[];
  /** Where a reduction joins moves: those of the same process that come before, in order; they only store messages. */
  readonly first?: readonly Move[];
}

/** The parts that moves are computed from. */
export interface Parts {
  readonly plan: Plan;
  readonly words: Vocabulary;
  readonly evaluators: readonly Evaluator[];
  readonly locals: Locals;
  readonly inboxes: Inboxes;
  /** Bounds that kept something from happening, each with the locals that met it. */
  readonly cuts: Map<string, Set<number>>;
}

/** An engine is given an event, in the cell that is left when the event has been taken. */
interface Run {
  readonly process: PlannedProcess;
  readonly kind: StepKind;
  readonly event: Repeatable;
  readonly what: string;
  readonly after: Local;
  readonly inbox: number;
  /** Effects leave at once, whatever the faults of the model. */
  readonly atOnce: boolean;
}

/** Pairs of numbers below this are one safe integer. */
const pairing = 2 ** 26;

/** Computes what one process may do. */
export class Mover {
  readonly #parts: Parts;
  /** By local state and message: what a delivery does, whatever else waits. */
  readonly #deliveries = new Map<number, readonly Move[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Everything that the process may do in this cell, in an order that only the cell determines. */
  moves(localId: number, inbox: number): Move[] {
    const { plan, locals } = this.#parts;
    const local = locals.value(localId);
    if (local.fault !== null) return [];
    const process = plan.processes[local.process]!;
    const runs = local.state < 0 ? this.#recovery(process, local, inbox) : this.#runs(process, local, inbox);
    const moves = runs.flatMap((run) => this.#take(run));
    if (local.state >= 0) {
      moves.unshift(...this.#deliver(process, localId, inbox));
      moves.push(...this.#flush(local, inbox));
      if (plan.crashes > 0) moves.push(this.#crash(process, local, inbox));
    }
    return [...moves, ...this.#network(localId, local, inbox)];
  }

  /** The first start: no crash falls into it. */
  birth(process: PlannedProcess, local: Local, inbox: number): Move[] {
    return this.#take({ ...this.#start(process, local, inbox), atOnce: true });
  }

  #start(process: PlannedProcess, local: Local, inbox: number): Run {
    const event = startEvent(process, local.records, this.#parts.words);
    return { process, kind: "recover", event, what: "", after: local, inbox, atOnce: false };
  }

  #recovery(process: PlannedProcess, local: Local, inbox: number): Run[] {
    return this.#parts.plan.recover ? [this.#start(process, local, inbox)] : [];
  }

  #runs(process: PlannedProcess, local: Local, inbox: number): Run[] {
    const { plan, words } = this.#parts;
    const runs: Run[] = [];
    const add = (kind: StepKind, event: Repeatable, what: string, after: Local) =>
      runs.push({ process, kind, event, what, after, inbox, atOnce: false });
    for (let at = 0; at < local.armed.length; at += 2) {
      const timer = local.armed[at]!;
      const name = process.timers[timer]!;
      if (local.left[timer] === 0) {
        this.#cut(`timer "${name}" of ${process.key}: at most ${process.budgets[timer]} times`, local);
        continue;
      }
      const armed = [...local.armed.slice(0, at), ...local.armed.slice(at + 2)];
      const left = local.left.map((left, other) => (other === timer ? left - 1 : left));
      add("timer", timeoutEvent(process, timer), name, { ...local, armed, left });
    }
    process.inputs.forEach(({ name, after }, at) => {
      if ((local.given & (1 << at)) === 0 && (local.given & after) === after)
        add("input", inputEvent(process, at), name, { ...local, given: local.given | (1 << at) });
    });
    const senderOf = (command: number) => words.commands.value(command).from;
    local.routed.forEach((command, at) => {
      const sender = senderOf(command);
      if (at > 0 && senderOf(local.routed[at - 1]!) === sender) return;
      const routed = [...local.routed.slice(0, at), ...local.routed.slice(at + 1)];
      add("route", commandEvent(command, words), plan.processes[sender]!.key, { ...local, routed });
    });
    return runs;
  }

  #deliver(process: PlannedProcess, localId: number, inbox: number): Move[] {
    const { plan, inboxes } = this.#parts;
    const { order } = plan.model.network;
    return inboxes.takeable(inbox).flatMap((at) => {
      const rest = order === "soup" ? inbox : inboxes.remove(inbox, at);
      const ways = this.#delivery(process, localId, inboxes.contents(inbox)[at]!);
      return ways.map((way) => ({ ...way, inbox: rest }));
    });
  }

  /** One delivery, as though nothing else waited. */
  #delivery(process: PlannedProcess, localId: number, message: number): readonly Move[] {
    const key = localId * pairing + message;
    let ways = this.#deliveries.get(key);
    if (ways === undefined) {
      const { plan, words, locals } = this.#parts;
      const event = messageEvent(message, words);
      const after = locals.value(localId);
      ways = this.#take({ process, kind: "deliver", event, what: "", after, inbox: 0, atOnce: false });
      if (plan.model.network.ignored === "stay")
        ways = ways.filter((way) => way.local !== localId || way.left.length > 0);
      this.#deliveries.set(key, ways);
    }
    return ways;
  }

  #take({ process, kind, event, what, after, inbox, atOnce }: Run): Move[] {
    const { plan, locals, evaluators } = this.#parts;
    const outcomes = evaluators[process.index]!.outcomes(after.state, event);
    return outcomes.map((outcome): Move => {
      const { fault, state } = outcome;
      const ran = { event, outcome };
      const move = { kind, inbox, spends: spends.nothing, ran, what };
      if (fault !== null) return { ...move, local: locals.id({ ...after, fault }), out: [], left: [] };
      for (const name of outcome.spawns)
        this.#cut(`spawn of "${name}" by ${process.key}: nothing is started`, after);
      const armed = this.#arm(after.armed, outcome);
      const waiting = plan.split && !atOnce;
      const pending = waiting ? [...after.pending, ...outcome.atoms] : after.pending;
      const { local, out } = this.#become({ ...after, state, armed, pending }, waiting ? [] : outcome.atoms);
      return { ...move, local: locals.id(local), out, left: waiting ? [] : outcome.atoms };
    });
  }

  #arm(before: readonly number[], { timers }: Outcome): readonly number[] {
    if (timers.length === 0) return before;
    const keep = this.#parts.plan.model.delays === "keep";
    const armed = new Map<number, number>();
    for (let at = 0; at < before.length; at += 2) armed.set(before[at]!, before[at + 1]!);
    for (const { timer, delayMs } of timers) {
      if (delayMs === null) armed.delete(timer);
      else armed.set(timer, keep ? delayMs : 0);
    }
    return [...armed].sort(([a], [b]) => a - b).flat();
  }

  /** Effects become real. */
  #become(before: Local, atoms: readonly number[]): { local: Local; out: number[] } {
    const { plan, words } = this.#parts;
    const out: number[] = [];
    let local = before;
    for (const id of atoms) {
      const atom = words.atoms.value(id);
      if (atom.kind === "send") out.push(atom.to, delta.message(atom.message));
      else if (atom.kind === "persist") {
        if (plan.recover) local = { ...local, records: [...local.records, atom.record] };
      } else {
        const { process, output } = atom;
        local = { ...local, history: words.foldHistory(process, local.history, output) };
        out.push(...this.#route(process, output));
      }
    }
    return { local, out };
  }

  #route(process: number, output: string): number[] {
    const { plan, words } = this.#parts;
    const { routes } = plan.model;
    if (routes === undefined) return [];
    const { key } = plan.processes[process]!;
    const given = () => `${key} and ${anyText(words.readOutput(process, output))}`;
    const answer = ask('"routes"', given, () => routes(key, words.readOutput(process, output)));
    if (!Array.isArray(answer)) refuseAnswer('"routes"', given, "a list, [] for none", answer);
    return answer.flatMap((route) => {
      const target = plan.byKey.get(route?.to);
      if (target === undefined)
        refuseAnswer(
          '"routes"',
          given,
          `keys of "processes" (${[...plan.byKey.keys()].join(", ")})`,
          route?.to,
        );
      const { command } = plan.processes[target]!.engine.schema;
      const text = encoded(`"routes", given ${given()},`, command, route.command);
      return [target, delta.command(words.knownCommand(process, target, text))];
    });
  }

  #flush(local: Local, inbox: number): Move[] {
    const [first, ...pending] = local.pending;
    if (first === undefined) return [];
    const { local: after, out } = this.#become({ ...local, pending }, [first]);
    const what = this.#parts.words.atoms.value(first).kind;
    const id = this.#parts.locals.id(after);
    return [{ kind: "flush", local: id, inbox, spends: spends.nothing, out, ran: null, what, left: [first] }];
  }

  #crash(process: PlannedProcess, local: Local, inbox: number): Move {
    const { plan, locals, inboxes } = this.#parts;
    const others = process.node.filter((other) => other !== process.index);
    return {
      kind: "crash",
      local: locals.id(crashed(local, plan.recover)),
      // Nobody will ever read what waits for a process that does not come back.
      inbox: plan.recover ? inbox : inboxes.id([]),
      spends: spends.crash,
      out: others.flatMap((other) => [other, delta.crash]),
      ran: null,
      what: "",
      left: [],
    };
  }

  /** What the network may do to waiting messages. */
  #network(localId: number, local: Local, inbox: number): Move[] {
    const { plan, inboxes } = this.#parts;
    const moves: Move[] = [];
    if (local.state < 0 && !plan.recover) return moves;
    const add = (kind: StepKind, rest: number, spent: number, what: number) =>
      moves.push({ kind, local: localId, inbox: rest, spends: spent, out: [], ran: null, what, left: [] });
    for (const at of inboxes.takeable(inbox)) {
      const message = inboxes.contents(inbox)[at]!;
      if (plan.losses !== 0) {
        const spent = plan.losses === null ? spends.nothing : spends.loss;
        add("lose", inboxes.remove(inbox, at), spent, message);
      }
      if (plan.duplicates > 0) add("duplicate", inboxes.twice(inbox, at), spends.duplicate, message);
    }
    return moves;
  }

  #cut(bound: string, local: Local): void {
    const { cuts, locals } = this.#parts;
    const met = cuts.get(bound) ?? new Set();
    cuts.set(bound, met.add(locals.id(local)));
  }
}
