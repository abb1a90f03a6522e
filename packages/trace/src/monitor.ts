/** What a monitor says of everything it was fed. */
export interface Verdict<E> {
  readonly property: string;
  /** `pending`: not violated so far, and what was fed does not settle it. */
  readonly kind: "ok" | "violated" | "pending";
  /** What broke the property, what is still open, or what was looked at. */
  readonly detail: string;
  /** How many `unit` the property was judged on; an `ok` with 0 says nothing. */
  readonly looked: number;
  readonly unit: string;
  /** The events that broke the property, where it was events that did. */
  readonly events?: readonly E[];
}

/** A deterministic automaton over events: the same in simulation, in a checker and on the traces of a real run. */
export interface Monitor<E> {
  readonly property: string;
  feed(event: E): void;
  /** @param end nothing more will come: what was only waiting for another file is now missing. */
  verdict(end?: boolean): Verdict<E>;
}

/** The frame of a monitor: remembers the first violation and needs no more events after it. */
export abstract class BaseMonitor<E> implements Monitor<E> {
  readonly property: string;
  readonly #unit: string;
  protected looked = 0;
  #violation: Verdict<E> | null = null;

  /** @param unit what `looked` counts. */
  constructor(property: string, unit: string) {
    this.property = property;
    this.#unit = unit;
  }

  feed(event: E): void {
    if (this.#violation === null) this.take(event);
  }

  verdict(end = false): Verdict<E> {
    return this.#violation ?? this.judge(end);
  }

  protected violated(detail: string, ...events: E[]): void {
    this.#violation ??= this.answer("violated", detail, ...events);
  }

  protected answer(kind: Verdict<E>["kind"], detail: string, ...events: E[]): Verdict<E> {
    const { property, looked } = this;
    return { property, kind, detail, looked, unit: this.#unit, ...(events.length > 0 && { events }) };
  }

  /** Kept, and on how much: a property that saw nothing says so. */
  protected kept(): Verdict<E> {
    return this.answer(
      "ok",
      this.looked === 0 ? `vacuous: no ${this.#unit}` : `${this.looked} ${this.#unit}`,
    );
  }

  protected judge(_end: boolean): Verdict<E> {
    return this.kept();
  }

  protected abstract take(event: E): void;
}
