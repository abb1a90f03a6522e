import type { Entry } from "@eunomia/aneris-switch/messages";
import { appendLog, type HistoryEvent, Linearizability } from "@eunomia/trace";

/** Where a client was told that its command stands. */
interface Told {
  readonly at: number;
  readonly who: string;
  readonly op: number;
  readonly slot: number;
  readonly index: number;
}

/**
 * The order of all commands as clients see it: a log to which each command is appended. A command that was answered before
 * another one was submitted stands before it, and each stands where its client was told.
 */
export class LogHistory {
  readonly #slots = new Map<number, readonly Entry[]>();
  readonly #ops = new Map<string, number>();
  readonly #events: (HistoryEvent | Told)[] = [];

  /** A slot as somebody delivered it; what slots hold is judged elsewhere. */
  delivered(slot: number, entries: readonly Entry[]): void {
    if (!this.#slots.has(slot)) this.#slots.set(slot, entries);
  }

  /** A client submits a command, for the first time. */
  submitted(at: number, who: string, client: number, seq: number): void {
    const value = `${client}:${seq}`;
    if (this.#ops.has(value)) return;
    const op = this.#ops.size + 1;
    this.#ops.set(value, op);
    this.#events.push({ kind: "invoke", at, who, op, key: "log", call: "append", value });
  }

  /** The client is told where its command stands. */
  answered(at: number, who: string, client: number, seq: number, slot: number, index: number): void {
    this.#events.push({ at, who, op: this.#ops.get(`${client}:${seq}`)!, slot, index });
  }

  /** What is wrong with the order; null: nothing, or slots are missing to tell. */
  problem(at: number): string | null {
    const places = new Map<string, number>();
    const values: string[] = [];
    const last = Math.max(0, ...this.#slots.keys());
    for (let slot = 1; slot <= last; slot += 1) {
      const entries = this.#slots.get(slot);
      if (entries === undefined) return null;
      for (const [index, entry] of entries.entries()) {
        if (entry.kind !== "command") continue;
        values.push(`${entry.client}:${entry.seq}`);
        places.set(`${slot}/${index}`, values.length);
      }
    }
    const monitor = new Linearizability(appendLog);
    for (const event of this.#events) {
      if ("kind" in event) {
        monitor.feed(event);
        continue;
      }
      if (event.slot > last) return null;
      const position = places.get(`${event.slot}/${event.index}`);
      if (position === undefined)
        return `${event.who} is told of a place in slot ${event.slot} that holds no command`;
      monitor.feed({ kind: "return", at: event.at, who: event.who, op: event.op, position });
    }
    monitor.feed({ kind: "invoke", at, who: "auditor", op: 0, key: "log", call: "read" });
    monitor.feed({ kind: "return", at, who: "auditor", op: 0, values });
    const { kind, property, detail } = monitor.verdict();
    return kind === "violated" ? `${property}: ${detail}` : null;
  }
}
