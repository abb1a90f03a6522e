import { randomUUID } from "node:crypto";
import { utf8Encode } from "@eunomia/codec";
import { type HistoryEvent, Linearizability, register, type Verdict } from "@eunomia/trace";
import type { Found, KvClient } from "../../src/kv/client.ts";

const place = ({ slot, index }: { readonly slot: number; readonly index: number }): number =>
  slot * 65_536 + index;

/** A write as its client knows it: the place of it and when that was known. */
interface Written {
  readonly key: string;
  readonly place: number;
  readonly at: number;
}

/**
 * What clients of one process did to the keys of a store, and what they were told, in the order in which it happened. Clients call
 * one operation after the other.
 */
export class KvHistory {
  readonly events: HistoryEvent[] = [];
  readonly #written: Written[] = [];
  /** Answers that had not seen what they must, at the weaker levels. */
  readonly broken: string[] = [];
  /** Stale answers that had not seen everything: what their level is for. */
  behind = 0;
  #op = 0;
  done = 0;

  async put(who: string, kv: KvClient, key: string, signal: AbortSignal): Promise<void> {
    const value = randomUUID();
    const op = this.#invoke(who, key, "write", value);
    try {
      const receipt = await kv.put(utf8Encode(key), utf8Encode(value), signal);
      this.events.push({ kind: "return", at: performance.now(), who, op });
      this.#written.push({ key, place: place(receipt), at: performance.now() });
      this.done += 1;
    } catch (error) {
      if (!signal.aborted) throw error;
      this.events.push({ kind: "unknown", at: performance.now(), who, op });
    }
  }

  async get(who: string, kv: KvClient, key: string, signal: AbortSignal): Promise<void> {
    const op = this.#invoke(who, key, "read");
    try {
      const found = await kv.get(utf8Encode(key), { signal });
      const value = found === null ? null : new TextDecoder().decode(found.value);
      this.events.push({ kind: "return", at: performance.now(), who, op, value });
      this.done += 1;
    } catch (error) {
      if (!signal.aborted) throw error;
      this.events.push({ kind: "unknown", at: performance.now(), who, op });
    }
  }

  /** A read that may be behind by so much, judged at once. */
  async peek(
    who: string,
    kv: KvClient,
    key: string,
    maxBehindMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const asked = performance.now();
    let found: Found | null;
    try {
      found = await kv.get(utf8Encode(key), { level: { maxBehindMs }, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
    const seen = found === null ? 0 : place(found);
    const complete = (until: number): number =>
      Math.max(0, ...this.#written.flatMap((one) => (one.key === key && one.at <= until ? [one.place] : [])));
    if (seen < complete(asked - maxBehindMs))
      this.broken.push(
        `${who} reads ${key} as of slot ${Math.floor(seen / 65_536)}, ${maxBehindMs} ms after more`,
      );
    if (seen < complete(asked)) this.behind += 1;
    this.done += 1;
  }

  #invoke(who: string, key: string, call: string, value?: string): number {
    this.#op += 1;
    const op = this.#op;
    this.events.push({ kind: "invoke", at: performance.now(), who, op, key, call, ...(value && { value }) });
    return op;
  }
}

export function judge(events: readonly HistoryEvent[]): Verdict<HistoryEvent> {
  const monitor = new Linearizability(register);
  for (const event of events) monitor.feed(event);
  return monitor.verdict();
}

/** The same history, but one read late in it that returns what it could have returned when the key was young. */
export function withOldRead(events: readonly HistoryEvent[]): HistoryEvent[] {
  const calls = new Map(
    events.flatMap((event) => (event.kind === "invoke" ? [[event.op, event] as const] : [])),
  );
  const last = events.findLastIndex((event) => event.kind === "return" && event.value != null);
  const { key } = calls.get((events[last] as { op: number }).op)!;
  const first = events.find(
    (event) => event.kind === "invoke" && event.key === key && event.call === "write",
  );
  return events.map((event, i) =>
    i === last ? { ...event, value: (first as { value: string }).value } : event,
  ) as HistoryEvent[];
}
