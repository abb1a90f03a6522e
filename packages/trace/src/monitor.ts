/** What a monitor says of everything it was fed. */
export interface Verdict<E> {
  readonly property: string;
  /** `pending`: not violated so far, and what was fed does not settle it. */
  readonly kind: "ok" | "violated" | "pending";
  readonly detail?: string;
  /** The event that broke the property, where one event did. */
  readonly event?: E;
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
  #violation: Verdict<E> | null = null;

  constructor(property: string) {
    this.property = property;
  }

  feed(event: E): void {
    if (this.#violation === null) this.take(event);
  }

  verdict(end = false): Verdict<E> {
    return this.#violation ?? this.judge(end);
  }

  protected violated(detail: string, event?: E): void {
    this.#violation ??= {
      property: this.property,
      kind: "violated",
      detail,
      ...(event === undefined ? {} : { event }),
    };
  }

  protected answer(kind: Verdict<E>["kind"], detail?: string): Verdict<E> {
    return { property: this.property, kind, ...(detail === undefined ? {} : { detail }) };
  }

  protected judge(_end: boolean): Verdict<E> {
    return this.answer("ok");
  }

  protected abstract take(event: E): void;
}
