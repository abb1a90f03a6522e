import type { HistoryEvent, OperationReturn, TraceEvent } from "../event.ts";
import type { Monitor, Verdict } from "../monitor.ts";
import { entry } from "../sparse.ts";
import type { Operation, SequentialObject } from "./object.ts";
import { type Linearization, linearize } from "./search.ts";

export interface LinearizabilityOptions {
  /** Operations that the search for one key may try before it gives up, which counts as a violation. Default 5,000,000. */
  readonly stepsMax?: number;
}

interface Open {
  readonly who: string;
  readonly op: number;
  readonly call: string;
  readonly value?: string;
  readonly expected?: string | null;
  readonly invoked: number;
  returned: number;
  result: OperationReturn | null;
  readonly event: HistoryEvent;
}

/** The operations of a key, and what was found when they were looked at last. */
interface Key {
  readonly operations: Open[];
  found: Linearization | null;
}

/**
 * Linearizability of a replicated object: the operations of each key can be put into one order in which each takes effect
 * between its call and its return (of unknown outcome: at any time after its call, or never), and has the result that it
 * would have alone. Events are fed in the order in which they happened. The search happens in `verdict`, anew for the keys
 * that have changed.
 *
 * @example
 * const monitor = new Linearizability(register);
 * for (const event of history) monitor.feed(event);
 * monitor.verdict(true).kind; // "ok" or "violated": a search that gave up proves nothing, and is no "ok"
 */
export class Linearizability implements Monitor<HistoryEvent> {
  readonly property: string;
  readonly #object: SequentialObject;
  readonly #stepsMax: number;
  readonly #keys = new Map<string, Key>();
  readonly #open = new Map<string, { readonly operation: Open; readonly key: Key }>();
  #place = 0;
  #operations = 0;
  /** A history that is none. */
  #fault: { readonly detail: string; readonly event: HistoryEvent } | null = null;

  constructor(object: SequentialObject, options: LinearizabilityOptions = {}) {
    this.property = `linearizability of the ${object.name}`;
    this.#object = object;
    this.#stepsMax = options.stepsMax ?? 5_000_000;
  }

  feed(event: HistoryEvent): void {
    const { kind } = event as TraceEvent;
    if (kind !== "invoke" && kind !== "return" && kind !== "unknown") return;
    this.#place += 1;
    const id = `${event.op} ${event.who}`;
    if (event.kind === "invoke") this.#invoke(event, id);
    else this.#end(event, id);
  }

  #invoke(event: HistoryEvent & { readonly kind: "invoke" }, id: string): void {
    const { kind: _kind, at: _at, key: name, ...call } = event;
    const key = entry(this.#keys, name, () => ({ operations: [], found: null }));
    const operation: Open = {
      ...call,
      invoked: this.#place,
      returned: Number.POSITIVE_INFINITY,
      result: null,
      event,
    };
    if (this.#open.has(id)) this.#bad(`${event.who} calls operation ${event.op} twice`, event);
    this.#check(operation);
    this.#open.set(id, { operation, key });
    key.operations.push(operation);
    key.found = null;
    this.#operations += 1;
  }

  #end(event: Exclude<HistoryEvent, { readonly kind: "invoke" }>, id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) {
      this.#bad(`operation ${event.op} of ${event.who} ends and was not called`, event);
      return;
    }
    this.#open.delete(id);
    // Unknown from now on is the same as not known so far.
    if (event.kind === "unknown") return;
    open.operation.returned = this.#place;
    open.operation.result = event;
    open.key.found = null;
    this.#check(open.operation);
  }

  #check(operation: Open): void {
    const fault = this.#object.fault(operation);
    if (fault !== null) this.#bad(`operation ${operation.op} of ${operation.who}: ${fault}`, operation.event);
  }

  #bad(detail: string, event: HistoryEvent): void {
    this.#fault ??= { detail: `not a history: ${detail}`, event };
  }

  verdict(): Verdict<HistoryEvent> {
    if (this.#fault !== null) return this.#answer("violated", this.#fault.detail, this.#fault.event);
    let steps = 0;
    for (const [name, key] of this.#keys) {
      key.found ??= linearize(this.#object, key.operations, this.#stepsMax);
      const { found } = key;
      steps += found.steps;
      if (found.kind === "unknown")
        return this.#answer(
          "violated",
          `unknown, which counts as a failure: no order of the ${key.operations.length} operations of ${name} found in ${found.steps} steps`,
        );
      if (found.kind === "not-linearizable")
        return this.#answer("violated", `no order of the operations of ${name}: ${describe(found.stuck)}`);
    }
    return this.#answer(
      "ok",
      this.#operations === 0
        ? "vacuous: no operations"
        : `${this.#operations} operations on ${this.#keys.size} keys, ${steps} steps`,
    );
  }

  #answer(kind: Verdict<HistoryEvent>["kind"], detail: string, event?: HistoryEvent): Verdict<HistoryEvent> {
    const { property } = this;
    const looked = this.#operations;
    return { property, kind, detail, looked, unit: "operations", ...(event && { events: [event] }) };
  }
}

function describe({ who, op, call, value, result }: Operation): string {
  const { kind: _kind, at, who: _who, op: _op, ...found } = result!;
  const argument = value === undefined ? "" : ` ${JSON.stringify(value)}`;
  const end = Object.keys(found).length === 0 ? "" : ` with ${JSON.stringify(found)}`;
  return `every one ends before ${call}${argument} (operation ${op} of ${who}, back at ${at}${end})`;
}
