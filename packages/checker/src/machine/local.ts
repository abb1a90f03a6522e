import { Interner } from "./intern.ts";
import type { PlannedProcess } from "./plan.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Everything about one process but what the network holds for it. Numbers refer to the vocabulary. */
export interface Local {
  readonly process: number;
  /** The engine broke its contract: nothing happens any more. */
  readonly fault: string | null;
  /** -1: the process is down. */
  readonly state: number;
  /** Pairs of timer and delay, by timer; the delay is 0 where delays are not kept. */
  readonly armed: readonly number[];
  /** How often each timer may still fire. */
  readonly left: readonly number[];
  /** Inputs that were given, as a bit set. */
  readonly given: number;
  /** What is durable, oldest first; empty where nothing ever crashes. */
  readonly records: readonly number[];
  /** Effects that have not left yet, oldest first. */
  readonly pending: readonly number[];
  readonly history: number;
  /** Commands from others of the node; grouped by sender, oldest first. */
  readonly routed: readonly number[];
}

/** Gives equal locals one number. */
export class Locals {
  readonly #values = new Interner<Local>();

  get size(): number {
    return this.#values.size;
  }

  id(local: Local): number {
    const { process, fault, state, armed, left, given, records, pending, history, routed } = local;
    const key = `${process}|${state}|${armed}|${left}|${given}|${records}|${pending}|${history}|${routed}|${fault ?? ""}`;
    return this.#values.id(key, () => local);
  }

  value(local: number): Local {
    return this.#values.value(local);
  }
}

/** A process before its first start. */
export function unborn(process: PlannedProcess, words: Vocabulary): Local {
  return {
    process: process.index,
    fault: null,
    state: -1,
    armed: [],
    left: process.budgets,
    given: 0,
    records: [],
    pending: [],
    history: words.startHistory(process.index),
    routed: [],
  };
}

/** With one more command, behind those of the same sender. */
export function withCommand(local: Local, command: number, senderOf: (command: number) => number): Local {
  const sender = senderOf(command);
  const at = local.routed.findLastIndex((other) => senderOf(other) <= sender) + 1;
  return { ...local, routed: [...local.routed.slice(0, at), command, ...local.routed.slice(at)] };
}

/** After a crash: all that is left is what was durable, and what only the checker knows. */
export function crashed(local: Local, keepRecords: boolean): Local {
  const records = keepRecords ? local.records : [];
  return { ...local, state: -1, armed: [], pending: [], routed: [], records };
}
