import type { Entry } from "@eunomia/aneris-switch/messages";
import { appendLog, type HistoryEvent, Linearizability } from "@eunomia/trace";

/** Where a client was told that its command stands. */
interface Told {
  readonly what: "told";
  readonly at: number;
  readonly who: string;
  readonly op: number;
  readonly slot: number;
  readonly index: number;
}

/** What a reader was told of all commands up to a slot: how many there are, and the last one. */
interface Read {
  readonly what: "read";
  readonly at: number;
  readonly who: string;
  readonly op: number;
  readonly slot: number;
  readonly state: string;
}

/** All commands in their order, as far as the slots are known without a gap. */
interface Order {
  readonly values: readonly string[];
  /** `slot/index`, and how many commands there are up to it. */
  readonly places: ReadonlyMap<string, number>;
  /** How many there are up to each slot. */
  readonly counts: readonly number[];
}

/**
 * The order of all commands as clients see it: a log to which each command is appended. A command that was answered before
 * another one was submitted stands before it, and each stands where its client was told. Who reads sees the log as it was at one
 * moment between question and answer.
 */
export class LogHistory {
  readonly #slots = new Map<number, readonly Entry[]>();
  readonly #ops = new Map<string, number>();
  readonly #events: (HistoryEvent | Told | Read)[] = [];
  #made = 0;
  /** The highest slot of which somebody was told. */
  newest = 0;

  /** A slot as somebody delivered it; what slots hold is judged elsewhere. */
  delivered(slot: number, entries: readonly Entry[]): void {
    if (!this.#slots.has(slot)) this.#slots.set(slot, entries);
  }

  /** A client submits a command, for the first time. */
  submitted(at: number, who: string, client: number, seq: number): void {
    const value = `${client}:${seq}`;
    if (this.#ops.has(value)) return;
    this.#made += 1;
    const op = this.#made;
    this.#ops.set(value, op);
    this.#events.push({ kind: "invoke", at, who, op, key: "log", call: "append", value });
  }

  /** The client is told where its command stands. */
  answered(at: number, who: string, client: number, seq: number, slot: number, index: number): void {
    this.newest = Math.max(this.newest, slot);
    this.#events.push({ what: "told", at, who, op: this.#ops.get(`${client}:${seq}`)!, slot, index });
  }

  /** Somebody begins to read; answers the number under which `read` ends it. */
  reading(at: number, who: string): number {
    this.#made += 1;
    this.#events.push({ kind: "invoke", at, who, op: this.#made, key: "log", call: "read" });
    return this.#made;
  }

  /** It was told the state after a slot: how many commands, and which the last one. */
  read(at: number, who: string, op: number, slot: number, state: string): void {
    this.newest = Math.max(this.newest, slot);
    this.#events.push({ what: "read", at, who, op, slot, state });
  }

  /** What is wrong with the order; null: nothing, or slots are missing to tell. */
  problem(at: number): string | null {
    const order = this.#order();
    if (order === null) return null;
    const { values } = order;
    const monitor = new Linearizability(appendLog);
    for (const event of this.#events) {
      if ("kind" in event) {
        monitor.feed(event);
        continue;
      }
      if (event.slot >= order.counts.length) return null;
      const ended = event.what === "told" ? this.#told(event, order) : this.#seen(event, order);
      if (typeof ended === "string") return ended;
      monitor.feed(ended);
    }
    monitor.feed({ kind: "invoke", at, who: "auditor", op: 0, key: "log", call: "read" });
    monitor.feed({ kind: "return", at, who: "auditor", op: 0, values });
    const { kind, property, detail } = monitor.verdict();
    return kind === "violated" ? `${property}: ${detail}` : null;
  }

  #told({ at, who, op, slot, index }: Told, { places }: Order): HistoryEvent | string {
    const position = places.get(`${slot}/${index}`);
    return position === undefined
      ? `${who} is told of a place in slot ${slot} that holds no command`
      : { kind: "return", at, who, op, position };
  }

  #seen({ at, who, op, slot, state }: Read, { values, counts }: Order): HistoryEvent | string {
    const count = counts[slot]!;
    const right = `${count} ${values[count - 1] ?? ""}`;
    return state === right
      ? { kind: "return", at, who, op, values: values.slice(0, count) }
      : `${who} reads "${state}" after slot ${slot}, where "${right}" is right`;
  }

  #order(): Order | null {
    const places = new Map<string, number>();
    const values: string[] = [];
    const counts = [0];
    const last = Math.max(0, ...this.#slots.keys());
    for (let slot = 1; slot <= last; slot += 1) {
      const entries = this.#slots.get(slot);
      if (entries === undefined) return null;
      for (const [index, entry] of entries.entries()) {
        if (entry.kind !== "command") continue;
        values.push(`${entry.client}:${entry.seq}`);
        places.set(`${slot}/${index}`, values.length);
      }
      counts.push(values.length);
    }
    return { values, places, counts };
  }
}
