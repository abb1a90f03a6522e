import type { SizeEvent, TraceEvent } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";

/** P12: what a process holds stays within its limits, at every event. */
export class Bounds extends BaseMonitor<SizeEvent> {
  /** How near each kind of thing came to its limit. */
  readonly #most = new Map<string, SizeEvent>();

  constructor() {
    super("P12 bounded state", "sizes");
  }

  protected take(event: SizeEvent): void {
    if ((event as TraceEvent).kind !== "size") return;
    this.looked += 1;
    const { who, name, value, limit } = event;
    if (value > limit) this.violated(`${who} holds ${value} ${name}, at most ${limit} are allowed`, event);
    const most = this.#most.get(name);
    if (most === undefined || value > most.value) this.#most.set(name, event);
  }

  protected override judge(): Verdict<SizeEvent> {
    if (this.looked === 0) return this.kept();
    const most = [...this.#most].map(([name, { value, limit }]) => `${name} ${value} of ${limit}`);
    return this.answer("ok", `${this.looked} sizes, at most ${most.join(", ")}`);
  }
}
