/** What one statement takes of everybody: microseconds and bytes per principal, messages, and the delay. */
export class Load {
  readonly cpu = new Map<string, number>();
  readonly egress = new Map<string, number>();
  readonly #slow: Readonly<Record<string, number>>;
  bytes = 0;
  messages = 0;
  delayMs = 0;

  constructor(slow: Readonly<Record<string, number>> = {}) {
    this.#slow = slow;
  }

  work(who: string, us: number): void {
    const factor = Object.hasOwn(this.#slow, who) ? this.#slow[who]! : 1;
    this.cpu.set(who, (this.cpu.get(who) ?? 0) + us * factor);
  }

  send(from: string, bytes: number): void {
    this.expect(1, bytes);
    this.egress.set(from, (this.egress.get(from) ?? 0) + bytes);
  }

  /** Messages that are sent with a certain chance only: they count for what they cost on average. */
  expect(messages: number, bytes: number): void {
    this.messages += messages;
    this.bytes += messages * bytes;
  }

  get cpuUs(): number {
    let sum = 0;
    for (const us of this.cpu.values()) sum += us;
    return sum;
  }

  /** Adds another one, `times` over; of delays the longer one counts. */
  add(other: Load, times: number): void {
    for (const [who, us] of other.cpu) this.cpu.set(who, (this.cpu.get(who) ?? 0) + us * times);
    for (const [who, bytes] of other.egress)
      this.egress.set(who, (this.egress.get(who) ?? 0) + bytes * times);
    this.bytes += other.bytes * times;
    this.messages += other.messages * times;
    this.delayMs = Math.max(this.delayMs, other.delayMs);
  }
}
