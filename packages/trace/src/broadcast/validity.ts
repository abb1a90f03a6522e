import { compareBytes, fromHex } from "@eunomia/codec";
import { bodyBytes, vectorDigest } from "../digest.ts";
import { type BroadcastEvent, controlClient, type DeliveredVector, runsCount } from "../event.ts";
import { BaseMonitor, type Verdict } from "../monitor.ts";
import { ByteTable, entry } from "../sparse.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

type Deliver = Extract<BroadcastEvent, { k: "deliver" }>;

/** What one client broadcast: the digest of each body, and when. */
interface Broadcasts {
  readonly bodies: ByteTable;
  readonly moments: ByteTable | null;
  /** Further bodies under a number that a (faulty) client used more than once. */
  readonly others: Map<number, Uint8Array[]>;
}

/** More ways to read one vector than this are not tried: a client that reuses its numbers so often is left pending. */
const waysMax = 4096;

/** P1: what is delivered was broadcast, with that body (and before, where one clock tells). */
export class Validity extends BaseMonitor<BroadcastEvent> {
  readonly #clients = new Map<string, Broadcasts>();
  readonly #oneClock: boolean;
  /** Deliveries whose broadcasts were not all seen yet: files may come in any order. */
  #waiting: Deliver[] = [];

  constructor(options: BroadcastMonitorOptions = {}) {
    super("P1 validity");
    this.#oneClock = options.oneClock ?? false;
  }

  protected take(event: BroadcastEvent): void {
    if (event.k === "broadcast") {
      const bodies = fromHex(event.bodies);
      for (let at = 0; at * bodyBytes < bodies.length; at += 1)
        this.#add(event.who, event.seq + at, bodies.subarray(at * bodyBytes, (at + 1) * bodyBytes), event.at);
    } else if (event.k === "control")
      this.#add(controlClient(event.by), event.n, fromHex(event.body), event.at);
    else if (event.k === "deliver" && this.#judgeDelivery(event) !== null) this.#waiting.push(event);
  }

  protected override judge(end: boolean): Verdict<BroadcastEvent> {
    this.#waiting = this.#waiting.filter((event) => this.#judgeDelivery(event) !== null);
    const first = this.#waiting[0];
    if (first === undefined) return this.answer("ok");
    const detail = `${first.who} delivered slot ${first.slot}: ${this.#judgeDelivery(first)}`;
    if (!end) return this.answer("pending", detail);
    return { ...this.answer("violated", detail), event: first };
  }

  #add(client: string, seq: number, body: Uint8Array, at: number): void {
    const known = entry(this.#clients, client, () => ({
      bodies: new ByteTable(bodyBytes),
      moments: this.#oneClock ? new ByteTable(8) : null,
      others: new Map(),
    }));
    const before = known.bodies.get(seq);
    if (before === null) {
      known.bodies.set(seq, body);
      known.moments?.set(seq, new Uint8Array(Float64Array.of(at).buffer));
    } else if (compareBytes(before, body) !== 0) entry(known.others, seq, () => []).push(body);
  }

  /** Null if every entry was broadcast; else what is missing. */
  #judgeDelivery(event: Deliver): string | null {
    const { vec } = event;
    const bodies = new Uint8Array(runsCount(vec.runs) * bodyBytes);
    /** Entries under which the client used the number twice: place and all bodies. */
    const doubtful: { readonly at: number; readonly choices: readonly Uint8Array[] }[] = [];
    let index = 0;
    for (let at = 0; at < vec.runs.length; at += 3) {
      const client = vec.runs[at] as string;
      const first = vec.runs[at + 1] as number;
      const known = this.#clients.get(client);
      for (let seq = first; seq < first + (vec.runs[at + 2] as number); seq += 1, index += 1) {
        const body = known?.bodies.get(seq) ?? null;
        if (known === undefined || body === null) return `${client}:${seq} was never broadcast`;
        if (known.moments !== null && momentOf(known.moments.get(seq)!) > event.at)
          return `${client}:${seq} was broadcast later`;
        bodies.set(body, index * bodyBytes);
        const others = known.others.get(seq);
        if (others !== undefined)
          doubtful.push({ at: index * bodyBytes, choices: [body.slice(), ...others] });
      }
    }
    return fits(vec, bodies, doubtful) ? null : "a body differs from the one that was broadcast";
  }
}

function momentOf(row: Uint8Array): number {
  return new Float64Array(row.slice().buffer)[0]!;
}

/** Does some choice of bodies under doubtful numbers give the delivered vector? */
function fits(
  vec: DeliveredVector,
  bodies: Uint8Array,
  doubtful: readonly { readonly at: number; readonly choices: readonly Uint8Array[] }[],
): boolean {
  const delivered = "bodies" in vec ? fromHex(vec.bodies) : null;
  if (delivered !== null) {
    // Each entry is known by itself: no need to try combinations.
    for (const { at, choices } of doubtful) {
      const wanted = delivered.subarray(at, at + bodyBytes);
      bodies.set(choices.find((choice) => compareBytes(choice, wanted) === 0) ?? choices[0]!, at);
    }
    return compareBytes(delivered, bodies) === 0;
  }
  const digest = (vec as { readonly digest: string }).digest;
  const ways = doubtful.reduce((count, { choices }) => count * choices.length, 1);
  for (let way = 0; way < Math.min(ways, waysMax); way += 1) {
    let rest = way;
    for (const { at, choices } of doubtful) {
      bodies.set(choices[rest % choices.length]!, at);
      rest = Math.floor(rest / choices.length);
    }
    if (vectorDigest(bodies) === digest) return true;
  }
  return false;
}
