import { type BroadcastEvent, digestDigits } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { BitSet, DigestTable, entry, wordAt } from "../sparse.ts";
import { controlClient, eachEntry, nameOf, SlotBook, type Variant } from "./book.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

/** Digests under numbers; `others` has the further ones of a number that was used with several bodies. */
class Claims {
  readonly #first = new DigestTable();
  readonly #others = new Map<number, string[]>();

  has(seq: number, high: number, low: number): boolean {
    const found = this.#first.compare(seq, high, low);
    return found === "equal" || (this.#others.get(seq)?.includes(`${high} ${low}`) ?? false);
  }

  add(seq: number, high: number, low: number): void {
    if (this.has(seq, high, low)) return;
    if (this.#first.compare(seq, high, low) === "absent") this.#first.set(seq, high, low);
    else entry(this.#others, seq, () => []).push(`${high} ${low}`);
  }

  remove(seq: number, high: number, low: number): void {
    if (this.#first.compare(seq, high, low) === "equal") return this.#first.delete(seq);
    const others = this.#others.get(seq)?.filter((one) => one !== `${high} ${low}`) ?? [];
    if (others.length > 0) this.#others.set(seq, others);
    else this.#others.delete(seq);
  }

  get empty(): boolean {
    return this.#first.size === 0 && this.#others.size === 0;
  }
}

interface Client {
  readonly broadcast: Claims;
  /** What each process delivered that, as far as was fed, nobody broadcast before: files may come in any order. */
  readonly open: Map<string, Claims>;
}

/** P1: what is delivered was broadcast, with that body; before, as far as the order of events tells. */
export class Validity extends BaseMonitor<BroadcastEvent> {
  readonly #book: SlotBook;
  readonly #globalOrder: boolean;
  readonly #clients = new Map<number, Client>();
  /** Contents of which every entry is known to be broadcast. */
  readonly #settled = new BitSet();

  constructor(options: BroadcastMonitorOptions = {}, book: SlotBook = new SlotBook()) {
    super("P1 validity", "delivered entries");
    this.#book = book;
    this.#globalOrder = options.globalOrder ?? false;
  }

  protected take(event: BroadcastEvent): void {
    if (event.kind === "broadcast")
      for (let at = 0; at < event.digests.length; at += digestDigits)
        this.#broadcast(event.who, event.client, event.seq + at / digestDigits, event.digests, at);
    else if (event.kind === "control") this.#broadcast(event.who, controlClient, event.n, event.digest, 0);
    else if (event.kind === "deliver") {
      const variant = this.#book.variantOf(event);
      this.looked += variant.entries;
      if (!this.#settled.has(variant.index)) this.#deliver(event.who, variant);
    }
  }

  protected override judge(end: boolean): Verdict<BroadcastEvent> {
    for (const [client, { open }] of this.#clients)
      for (const [who, claims] of open) if (!claims.empty) return this.#openVerdict(end, client, who, claims);
    return this.kept();
  }

  #of(client: number): Client {
    return entry(this.#clients, client, () => ({ broadcast: new Claims(), open: new Map() }));
  }

  #broadcast(by: string, client: number, seq: number, hex: string, at: number): void {
    const { broadcast, open } = this.#of(client);
    const high = wordAt(hex, at);
    const low = wordAt(hex, at + 8);
    broadcast.add(seq, high, low);
    // Of its own process an event tells the order: what that process delivered earlier stays open.
    for (const [who, claims] of open) if (who !== by) claims.remove(seq, high, low);
  }

  #deliver(who: string, variant: Variant): void {
    let settled = true;
    eachEntry(variant, (client, seq, at) => {
      const known = this.#of(client);
      const high = wordAt(variant.digests, at);
      const low = wordAt(variant.digests, at + 8);
      if (known.broadcast.has(seq, high, low)) return true;
      settled = false;
      if (this.#globalOrder) this.violated(`${who} delivers ${nameOf(client, seq)}: ${never}`, variant.event);
      entry(known.open, who, () => new Claims()).add(seq, high, low);
      return true;
    });
    if (settled) this.#settled.add(variant.index);
  }

  /** Names the first content with an open entry of the client. Only called when there is one. */
  #openVerdict(end: boolean, owner: number, who: string, open: Claims): Verdict<BroadcastEvent> {
    for (const variant of this.#book.variants) {
      let detail: string | null = null;
      eachEntry(variant, (client, seq, at) => {
        const high = wordAt(variant.digests, at);
        const low = wordAt(variant.digests, at + 8);
        if (client !== owner || !open.has(seq, high, low)) return true;
        const why = this.#of(client).broadcast.has(seq, high, low) ? `${who} broadcast it only later` : never;
        detail = `${who} delivers ${nameOf(client, seq)} in slot ${variant.slot}: ${why}`;
        return false;
      });
      if (detail !== null) return this.answer(end ? "violated" : "pending", detail, variant.event);
    }
    throw new Error("invariant: an open entry stands in some delivered content");
  }
}

const never = "nobody broadcast it with this body";
