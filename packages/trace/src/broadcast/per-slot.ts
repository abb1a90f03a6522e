import { compareBytes, sha256, utf8Encode } from "@eunomia/codec";
import { canonicalRuns, digestOf } from "../digest.ts";
import type { BroadcastEvent, DeliveredVector } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { ByteTable } from "../sparse.ts";

/** 16 bytes that tell delivered vectors apart: their entries and bodies, however the runs are cut. */
function vectorKey(vec: DeliveredVector): Uint8Array {
  return sha256(utf8Encode(`${JSON.stringify(canonicalRuns(vec.runs))} ${digestOf(vec)}`)).subarray(0, 16);
}

/** P3: what is delivered in a slot is the same everywhere and every time. */
export class Agreement extends BaseMonitor<BroadcastEvent> {
  readonly #slots = new ByteTable(16);

  constructor() {
    super("P3 agreement");
  }

  protected take(event: BroadcastEvent): void {
    if (event.k !== "deliver") return;
    const key = vectorKey(event.vec);
    const before = this.#slots.get(event.slot);
    if (before === null) this.#slots.set(event.slot, key);
    else if (compareBytes(before, key) !== 0)
      this.violated(`slot ${event.slot} as ${event.who} delivers it differs from an earlier delivery`, event);
  }
}

/** P7: a slot has one epoch and one protocol, the same at every process. */
export class OneEpoch extends BaseMonitor<BroadcastEvent> {
  readonly #slots = new ByteTable(4);
  readonly #names = new Map<string, number>();

  constructor() {
    super("P7 one epoch per slot");
  }

  protected take(event: BroadcastEvent): void {
    if (event.k !== "deliver") return;
    const name = `${event.epoch} ${event.proto}`;
    let number = this.#names.get(name);
    if (number === undefined) {
      number = this.#names.size;
      this.#names.set(name, number);
    }
    const row = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
    const before = this.#slots.get(event.slot);
    if (before === null) this.#slots.set(event.slot, row);
    else if (compareBytes(before, row) !== 0)
      this.violated(
        `slot ${event.slot} belongs to epoch ${name} at ${event.who}, to another one elsewhere`,
        event,
      );
  }
}

/** P8: the delivered controls carry n = 1, 2, 3, … in the order of their slots. Signatures are not in a trace. */
export class Controls extends BaseMonitor<BroadcastEvent> {
  /** Ascending by slot; controls are few. */
  readonly #controls: { readonly slot: number; readonly n: number }[] = [];

  constructor() {
    super("P8 controls in turn");
  }

  protected take(event: BroadcastEvent): void {
    if (event.k !== "deliver") return;
    const { runs } = event.vec;
    const numbers: number[] = [];
    for (let at = 0; at < runs.length; at += 3)
      if ((runs[at] as string).startsWith("ctl:"))
        for (let k = 0; k < (runs[at + 2] as number); k += 1) numbers.push((runs[at + 1] as number) + k);
    if (numbers.length === 0) return;
    if (numbers.length > 1) {
      this.violated(`slot ${event.slot} holds ${numbers.length} controls`, event);
      return;
    }
    const n = numbers[0]!;
    let at = this.#controls.length;
    while (at > 0 && this.#controls[at - 1]!.slot > event.slot) at -= 1;
    const before = this.#controls[at - 1];
    if (before?.slot === event.slot && before.n === n) return;
    if (
      (before !== undefined && before.n >= n) ||
      (this.#controls[at] !== undefined && this.#controls[at]!.n <= n)
    )
      this.violated(`control ${n} in slot ${event.slot} of ${event.who} is out of turn`, event);
    this.#controls.splice(at, 0, { slot: event.slot, n });
  }

  protected override judge(end: boolean): Verdict<BroadcastEvent> {
    const hole = this.#controls.findIndex(({ n }, at) => n !== at + 1);
    if (hole < 0) return this.answer("ok");
    // Another process' trace may still hold the missing one.
    return this.answer(
      end ? "violated" : "pending",
      `control ${hole + 1} is missing before slot ${this.#controls[hole]!.slot}`,
    );
  }
}
