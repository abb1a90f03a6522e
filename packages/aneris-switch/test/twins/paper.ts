/**
 * The replica of the paper's figures and of the published programs, with their faults to choose from: what the rules of the
 * real one are measured against. Commands are words: `c1:2`, or `ctl1=paxos`.
 */
export interface PaperFaults {
  /** Fig. 1: a decision is refused if its value was decided in any slot up to this one (F1). */
  readonly byValue?: boolean;
  /** Fig. 3: a command is proposed again though it is decided, and over an open proposal (F2). */
  readonly proposesDecided?: boolean;
  /** `paxos-v11`: the decisions are a list, one decided twice stands in it twice (F3). */
  readonly list?: boolean;
  /** `paxos-v11`: nobody is told of a swap (F4). */
  readonly silentSwap?: boolean;
  /** Fig. 1: messages are their payload (F5). */
  readonly payloadIdentity?: boolean;
  /** The batching program: a batch of known commands ends the step before the slot has moved (F13). */
  readonly knownBatchStalls?: boolean;
  /** The batching program: newest first, a swap bars the way, equal numbers delete each other (F14). */
  readonly newestFirst?: boolean;
  /** PMMC: what is proposed follows the raw decisions, so a repeated swap is applied again (F16). */
  readonly repeatsSwaps?: boolean;
}

export class PaperReplica {
  readonly #faults: PaperFaults;
  slotOut = 1;
  readonly proposed: [number, string[]][] = [];
  readonly log: [number, string, string[]][] = [];
  #protocol = "two-thirds";
  /** F12: grows for ever. */
  readonly decisions: { slot: number; batch: string[] }[] = [];
  readonly proposals: { slot: number; batch: string[] }[] = [];
  #pending: string[] = [];

  constructor(faults: PaperFaults) {
    this.#faults = faults;
  }

  submit(word: string, payload = word): void {
    const name = this.#faults.payloadIdentity ? payload : word;
    const { newestFirst, proposesDecided } = this.#faults;
    const known = this.decisions.some(({ batch }) => batch.includes(name));
    if (!proposesDecided && (known || this.#pending.includes(name))) return;
    if (newestFirst) this.#pending.unshift(name);
    else this.#pending.push(name);
    this.#propose();
  }

  decided(slot: number, batch: string[]): void {
    const { byValue, list } = this.#faults;
    const same = (one: { batch: string[] }): boolean => String(one.batch) === String(batch);
    if (byValue && this.decisions.some((one) => one.slot <= slot && same(one))) return;
    if (!byValue && !list && (slot < this.slotOut || this.decisions.some((one) => one.slot === slot))) return;
    if (list && this.decisions.some((one) => one.slot < slot && same(one))) return;
    this.decisions.push({ slot, batch });
    this.#drain();
    this.#propose();
  }

  #drain(): void {
    const { list } = this.#faults;
    const open = [...this.decisions];
    for (;;) {
      const at = open.findIndex(
        ({ slot }) => slot === this.slotOut || (list && slot === this.slotOut - 1 && this.#again(slot)),
      );
      const next = open[at];
      if (next === undefined) return;
      if (!this.#perform(next.batch)) return;
      open.splice(at, 1);
    }
  }

  /** A second copy of the slot that was just performed is performed too: the program steps through its list. */
  #again(slot: number): boolean {
    const copies = this.decisions.filter((one) => one.slot === slot).length;
    return (
      copies >
      this.log.filter(
        ([, , words]) => String(words) === String(this.decisions.find((one) => one.slot === slot)?.batch),
      ).length
    );
  }

  #perform(batch: string[]): boolean {
    const { knownBatchStalls, silentSwap, repeatsSwaps, byValue, list } = this.#faults;
    const done = new Set(this.log.flatMap(([, , words]) => words));
    const fresh = batch.filter((word) => !done.has(word));
    if (knownBatchStalls && fresh.length === 0) return false;
    const protocol = this.#protocol;
    const whole = knownBatchStalls || byValue || list || repeatsSwaps;
    for (const word of whole ? batch : fresh) {
      const [control, name] = word.split("=");
      if (name !== undefined && control!.startsWith("ctl")) this.#protocol = name;
    }
    const vector = whole ? batch : fresh;
    if (!(silentSwap && batch[0]?.startsWith("ctl"))) this.log.push([this.slotOut, protocol, vector]);
    this.#removeFromQueue(batch);
    this.slotOut += 1;
    return true;
  }

  #removeFromQueue(batch: string[]): void {
    const number = (word: string): string => word.replace(/=.*/, "").replace(/^.*?(\d+)$/, "$1");
    this.#pending = this.#pending.filter((word) =>
      this.#faults.newestFirst ? !batch.some((one) => number(one) === number(word)) : !batch.includes(word),
    );
  }

  #propose(): void {
    const busy = this.proposals.some(({ slot }) => slot === this.slotOut);
    if (busy && !this.#faults.proposesDecided) return;
    const word = this.#pending.at(this.#faults.proposesDecided ? -1 : 0);
    if (word === undefined) return;
    this.proposals.push({ slot: this.slotOut, batch: [word] });
    this.proposed.push([this.slotOut, [word]]);
  }

  get protocol(): string {
    return this.#protocol;
  }

  get items(): number {
    return this.decisions.length + this.proposals.length + this.#pending.length;
  }
}
