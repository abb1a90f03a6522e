import type { DurabilityEvent, ReleaseEvent } from "../event.ts";
import { BaseMonitor } from "../monitor.ts";
import { entry } from "../sparse.ts";

type OfLife = Extract<DurabilityEvent, { readonly life: number }>;

interface Life {
  number: number;
  persisted: number;
  durable: number;
  crashed: boolean;
}

/** P10: nothing leaves a process before the records that it depends on are durable, and nothing leaves an ended life. */
export class Durability extends BaseMonitor<DurabilityEvent> {
  readonly #processes = new Map<string, Life>();

  constructor() {
    super("P10 durability", "releases");
  }

  protected take(event: DurabilityEvent): void {
    if (event.kind === "crash") {
      const life = this.#processes.get(event.who);
      if (life !== undefined) life.crashed = true;
    } else if (event.kind === "persist" || event.kind === "durable" || event.kind === "release") {
      const life = this.#lifeOf(event);
      if (life === null) return;
      if (event.kind === "persist") this.#persist(event, life);
      else if (event.kind === "durable") this.#durable(event, life);
      else this.#release(event as ReleaseEvent, life);
    }
  }

  /** The life of the event, which begins with its first event; null if it is over. */
  #lifeOf(event: OfLife): Life | null {
    const { who, kind, life: number } = event;
    const life = entry(this.#processes, who, () => ({ number, persisted: 0, durable: 0, crashed: false }));
    if (number > life.number) {
      Object.assign(life, { number, persisted: 0, durable: 0, crashed: false });
      return life;
    }
    if (number === life.number && !life.crashed) return life;
    // A disk may still report to a life that is over; nobody may hear of it.
    if (kind === "release")
      this.violated(`life ${number} of ${who} is over and still lets something out`, event);
    return null;
  }

  #persist(event: OfLife, life: Life): void {
    if (event.record !== life.persisted + 1)
      this.violated(
        `${event.who} writes record ${event.record} of life ${life.number} after record ${life.persisted}`,
        event,
      );
    life.persisted = event.record;
  }

  #durable(event: OfLife, life: Life): void {
    if (event.record > life.persisted)
      this.violated(`record ${event.record} of ${event.who} is durable and was never written`, event);
    life.durable = Math.max(life.durable, event.record);
  }

  #release(event: ReleaseEvent, life: Life): void {
    this.looked += 1;
    if (event.record > life.durable)
      this.violated(
        `${event.who} lets ${event.what ?? "something"} out that depends on record ${event.record}; durable are those up to ${life.durable}`,
        event,
      );
  }
}
