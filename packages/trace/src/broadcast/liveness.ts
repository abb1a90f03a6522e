import { type BroadcastEvent, digestDigits } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { BitSet, entry } from "../sparse.ts";
import { controlClient, eachEntry, SlotBook } from "./book.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

/** What both properties of a finished run need: who is down, and whether the run is finished. */
abstract class Liveness extends BaseMonitor<BroadcastEvent> {
  readonly #down = new Set<string>();
  /** Nothing is owed to these, nor by them, whatever they did. */
  readonly #faulty = new Set<string>();
  #quiesced = false;

  protected note(event: BroadcastEvent): void {
    if (event.kind === "crash") this.#down.add(event.who);
    else if (event.kind === "recover") this.#down.delete(event.who);
    else if (event.kind === "faulty" && event.fault !== "amnesia") this.#faulty.add(event.who);
    else if (event.kind === "quiesced") this.#quiesced = true;
  }

  protected isGone(who: string): boolean {
    return this.#down.has(who) || this.#faulty.has(who);
  }

  /** While the run goes on more may come: only a quiesced run settles anything. */
  protected settle(missing: string | null): Verdict<BroadcastEvent> {
    if (missing !== null) return this.answer(this.#quiesced ? "violated" : "pending", missing);
    return this.#quiesced ? this.kept() : this.answer("pending", "the run has not quiesced");
  }
}

/** P4: once quiesced, some process has delivered every broadcast of a client that did not crash and whose session lives. */
export class Termination extends Liveness {
  readonly #book: SlotBook;
  readonly #sessionEnded: (client: number) => boolean;
  /** What each client process has broadcast under each client id. */
  readonly #sent = new Map<string, Map<number, BitSet>>();
  readonly #delivered = new Map<number, BitSet>();
  readonly #read = new BitSet();

  constructor(options: BroadcastMonitorOptions = {}, book: SlotBook = new SlotBook()) {
    super("P4 termination", "commands broadcast");
    this.#book = book;
    this.#sessionEnded = options.sessionEnded ?? (() => false);
  }

  protected take(event: BroadcastEvent): void {
    this.note(event);
    if (event.kind === "broadcast") {
      const sent = entry(
        entry(this.#sent, event.who, () => new Map<number, BitSet>()),
        event.client,
        () => new BitSet(),
      );
      for (let at = 0; at * digestDigits < event.digests.length; at += 1)
        if (sent.add(event.seq + at)) this.looked += 1;
    } else if (event.kind === "deliver") {
      const variant = this.#book.variantOf(event);
      if (!this.#read.add(variant.index)) return;
      eachEntry(variant, (client, seq) => {
        if (client !== controlClient) entry(this.#delivered, client, () => new BitSet()).add(seq);
        return true;
      });
    }
  }

  protected override judge(): Verdict<BroadcastEvent> {
    const nothing = new BitSet();
    for (const [who, clients] of this.#sent) {
      if (this.isGone(who)) continue;
      for (const [client, sent] of clients) {
        const missing = sent.firstNotIn(this.#delivered.get(client) ?? nothing);
        if (missing !== null && !this.#sessionEnded(client))
          return this.settle(`command ${client}:${missing} of ${who} was broadcast and is delivered nowhere`);
      }
    }
    return this.settle(null);
  }
}

/** P5: once quiesced, what one process delivered every correct process has delivered, or has got by install. */
export class Relay extends Liveness {
  readonly #book: SlotBook;
  readonly #recoverCovers: boolean;
  readonly #processes = new Map<string, { readonly contents: BitSet; covered: number }>();

  constructor(options: BroadcastMonitorOptions = {}, book: SlotBook = new SlotBook()) {
    super("P5 relay", "deliveries");
    this.#book = book;
    this.#recoverCovers = options.recoverCovers ?? false;
    for (const who of options.processes ?? []) this.#of(who);
  }

  #of(who: string) {
    return entry(this.#processes, who, () => ({ contents: new BitSet(), covered: 0 }));
  }

  protected take(event: BroadcastEvent): void {
    this.note(event);
    if (event.kind === "deliver") {
      this.looked += 1;
      this.#of(event.who).contents.add(this.#book.variantOf(event).index);
    } else if (event.kind === "install" || event.kind === "recover") {
      const process = this.#of(event.who);
      if (event.kind === "install" || this.#recoverCovers)
        process.covered = Math.max(process.covered, event.slot);
    }
  }

  protected override judge(): Verdict<BroadcastEvent> {
    const { variants } = this.#book;
    for (const [who, { contents, covered }] of this.#processes) {
      if (this.isGone(who) || contents.size === variants.length) continue;
      const missing = variants.find(({ slot, index }) => slot > covered && !contents.has(index));
      if (missing !== undefined)
        return this.settle(`slot ${missing.slot} as ${missing.event.who} delivers it is missing at ${who}`);
    }
    return this.settle(null);
  }
}
