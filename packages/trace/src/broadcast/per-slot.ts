import type { BroadcastEvent } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { SlotBook, type Variant } from "./book.ts";

/** P3: what is delivered in a slot is the same everywhere and every time. */
export class Agreement extends BaseMonitor<BroadcastEvent> {
  readonly #book: SlotBook;

  constructor(book: SlotBook = new SlotBook()) {
    super("P3 agreement", "deliveries of a slot delivered before");
    this.#book = book;
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind !== "deliver") return;
    const variant = this.#book.variantOf(event);
    const first = this.#book.at(event.slot)[0]!;
    if (first.event !== event) this.looked += 1;
    if (first !== variant)
      this.violated(
        `slot ${event.slot} at ${event.who} differs from the same slot at ${first.event.who}`,
        first.event,
        event,
      );
  }
}

/** The hash chain at a slot is the same everywhere: it covers what the properties do not name, such as registrations. */
export class OneChain extends BaseMonitor<BroadcastEvent> {
  readonly #slots = new Map<number, { readonly chain: string; readonly who: string }>();

  constructor() {
    super("one hash chain", "deliveries with a chain");
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind !== "deliver" || event.chain === undefined) return;
    this.looked += 1;
    const { slot, chain, who } = event;
    const known = this.#slots.get(slot);
    if (known === undefined) this.#slots.set(slot, { chain, who });
    else if (known.chain !== chain)
      this.violated(`the hash chain at slot ${slot} is another one at ${who} than at ${known.who}`, event);
  }
}

/** P7: a slot has one epoch and one protocol, the same at every process. */
export class OneEpoch extends BaseMonitor<BroadcastEvent> {
  readonly #slots = new Map<number, { readonly epoch: number; protocol: string; readonly who: string }>();

  constructor() {
    super("P7 one epoch per slot", "deliveries");
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind !== "deliver") return;
    this.looked += 1;
    const { slot, epoch, protocol, who } = event;
    const known = this.#slots.get(slot);
    if (known === undefined) {
      this.#slots.set(slot, { epoch, protocol, who });
      return;
    }
    // A subscriber does not know the protocol: the first process that does fixes it.
    if (known.protocol === "" && known.epoch === epoch) known.protocol = protocol;
    if (known.epoch !== epoch || (protocol !== "" && known.protocol !== protocol))
      this.violated(
        `slot ${slot} is of epoch ${known.epoch} ${known.protocol} at ${known.who}, of epoch ${epoch} ${protocol} at ${who}`,
        event,
      );
  }
}

/** P8: the delivered controls carry n = 1, 2, 3, … in the order of their slots. Signatures are not in a trace. */
export class Controls extends BaseMonitor<BroadcastEvent> {
  readonly #book: SlotBook;
  /** Contents with controls. */
  readonly #contents = new Set<Variant>();

  constructor(book: SlotBook = new SlotBook()) {
    super("P8 controls in turn", "controls");
    this.#book = book;
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind !== "deliver" || event.controls === undefined || event.controls.length === 0) return;
    this.looked += event.controls.length;
    this.#contents.add(this.#book.variantOf(event));
  }

  protected override judge(end: boolean): Verdict<BroadcastEvent> {
    const contents = [...this.#contents].sort((a, b) => a.slot - b.slot || a.index - b.index);
    let next = 1;
    for (const { slot, event } of contents)
      for (const n of event.controls!) {
        if (n < next)
          return this.answer(
            "violated",
            `control ${n} in slot ${slot} of ${event.who} is out of turn`,
            event,
          );
        // Another process' trace may still hold the missing one.
        if (n > next)
          return this.answer(
            end ? "violated" : "pending",
            `control ${next} is missing before control ${n} in slot ${slot} of ${event.who}`,
            event,
          );
        next += 1;
      }
    return this.kept();
  }
}
