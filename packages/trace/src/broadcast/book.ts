import { canonicalRuns } from "../digest.ts";
import { type DeliverEvent, digestDigits, type Runs, runsCount } from "../event.ts";
import { entry } from "../sparse.ts";

/** The client under which the numbers of controls are kept. */
export const controlClient = -1;

/** One content of one slot, as often as it was delivered. A slot of a good trace has one. */
export interface Variant {
  /** 0, 1, 2, … over all slots, in the order of their first delivery. */
  readonly index: number;
  readonly slot: number;
  /** Canonical; a vector of controls stands here as runs of `controlClient`. */
  readonly runs: Runs;
  readonly digests: string;
  readonly entries: number;
  /** Who delivered it first, for reports. */
  readonly event: DeliverEvent;
}

/**
 * Every content that a slot was delivered with, kept once however many processes delivered it. The monitors of one trace
 * share a book, and know a content by its index.
 */
export class SlotBook {
  readonly #slots = new Map<number, Variant[]>();
  readonly #all: Variant[] = [];
  #lastEvent: DeliverEvent | null = null;
  #lastVariant: Variant | null = null;

  get slots(): number {
    return this.#slots.size;
  }

  get variants(): readonly Variant[] {
    return this.#all;
  }

  at(slot: number): readonly Variant[] {
    return this.#slots.get(slot) ?? [];
  }

  /** The content of a delivery. */
  variantOf(event: DeliverEvent): Variant {
    // Each monitor asks for the same event, one after the other.
    if (event === this.#lastEvent) return this.#lastVariant!;
    const runs = runsOf(event);
    const known = entry(this.#slots, event.slot, () => []);
    let variant = known.find((one) => one.digests === event.digests && sameNumbers(one.runs, runs));
    if (variant === undefined) {
      const { slot, digests } = event;
      variant = { index: this.#all.length, slot, runs, digests, entries: runsCount(runs), event };
      known.push(variant);
      this.#all.push(variant);
    }
    this.#lastEvent = event;
    this.#lastVariant = variant;
    return variant;
  }
}

/** Calls `visit` for every entry of a content in order, until it answers false. */
export function eachEntry(
  { runs }: Pick<Variant, "runs">,
  visit: (client: number, seq: number, digestAt: number, index: number) => boolean,
): void {
  let index = 0;
  for (let at = 0; at < runs.length; at += 3) {
    const first = runs[at + 1]!;
    for (let seq = first; seq < first + runs[at + 2]!; seq += 1, index += 1)
      if (!visit(runs[at]!, seq, index * digestDigits, index)) return;
  }
}

/** How an entry is named in reports. */
export function nameOf(client: number, seq: number): string {
  return client === controlClient ? `control ${seq}` : `command ${client}:${seq}`;
}

function runsOf(event: DeliverEvent): Runs {
  if (event.controls === undefined || event.controls.length === 0) return canonicalRuns(event.runs);
  return event.controls.flatMap((n) => [controlClient, n, 1]);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
