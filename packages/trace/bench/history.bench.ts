import {
  appendLog,
  type HistoryEvent,
  Linearizability,
  register,
  type SequentialObject,
} from "../src/index.ts";

// Linearizable histories of `operations` operations by `clients` clients on `keys` keys: the object is run in between calls
// and returns. Some operations end with unknown outcome, half of these after taking effect. Then one result is spoiled.
const operations = Number(process.argv[2] ?? 10_000);
const clients = Number(process.argv[3] ?? 50);
const keys = Number(process.argv[4] ?? 10);
const cpuMs = (): number => (({ user, system }) => (user + system) / 1000)(process.cpuUsage());

function random(seed: number): (below: number) => number {
  let word = seed;
  return (below) => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) % below;
  };
}

interface Running {
  readonly op: number;
  readonly key: number;
  readonly kind: number;
  result: object | null;
}

/** @param reads percent of the operations. @param unknown per thousand. */
function history(object: string, reads: number, unknown: number): HistoryEvent[] {
  const draw = random(20261126);
  const events: HistoryEvent[] = [];
  const running: (Running | null)[] = Array.from({ length: clients }, () => null);
  const held: (string | null)[] = Array.from({ length: keys }, () => null);
  const logs: string[][] = Array.from({ length: keys }, () => []);
  for (let op = 0; op < operations; ) {
    const client = draw(clients);
    const who = `c${client}`;
    const one = running[client];
    const value = `v${op % 5000}`;
    if (one === null || one === undefined) {
      const key = draw(keys);
      const kind = draw(100) < reads ? 0 : 1 + (draw(4) === 0 ? 1 : 0);
      const call = kind === 0 ? "read" : object === "log" ? "append" : kind === 1 ? "write" : "cas";
      running[client] = { op, key, kind, result: null };
      events.push({
        kind: "invoke",
        at: events.length,
        who,
        op,
        key: `k${key}`,
        call,
        ...(kind > 0 && { value }),
        ...(call === "cas" && { expected: held[key]! }),
      });
      op += 1;
    } else if (one.result === null && draw(1000) >= unknown) {
      const called = events.findLast(
        (event) => event.kind === "invoke" && event.op === one.op,
      ) as HistoryEvent & {
        readonly kind: "invoke";
      };
      if (called.call === "read")
        one.result = object === "log" ? { values: [...logs[one.key]!] } : { value: held[one.key]! };
      else if (called.call === "append") one.result = { position: logs[one.key]!.push(called.value!) };
      else if (called.call === "write") {
        held[one.key] = called.value!;
        one.result = {};
      } else {
        const ok = held[one.key] === called.expected;
        one.result = { ok };
        if (ok) held[one.key] = called.value!;
      }
    } else {
      running[client] = null;
      const isUnknown = one.result === null || draw(1000) < unknown;
      if (isUnknown) events.push({ kind: "unknown", at: events.length, who, op: one.op });
      else events.push({ kind: "return", at: events.length, who, op: one.op, ...one.result });
    }
  }
  return events;
}

function measure(name: string, object: SequentialObject, events: readonly HistoryEvent[]): void {
  const from = cpuMs();
  const monitor = new Linearizability(object);
  for (const event of events) monitor.feed(event);
  const { kind, detail } = monitor.verdict();
  console.log(
    `${name}: ${kind} in ${((cpuMs() - from) / 1000).toFixed(2)} s of CPU; ${detail.slice(0, 160)}`,
  );
}

/** A read late in the history finds what was overwritten long before. */
function spoiled(events: readonly HistoryEvent[]): HistoryEvent[] {
  const place = events.findLastIndex((event) => event.kind === "return" && event.value !== undefined);
  return events.map((event, at) => (at === place ? ({ ...event, value: "v0" } as HistoryEvent) : event));
}

console.log(`${operations} operations, ${clients} clients, ${keys} keys`);
for (const unknown of [0, 10, 50]) {
  const events = history("register", 50, unknown);
  measure(`register, ${unknown / 10} % unknown`, register, events);
  measure(`register, ${unknown / 10} % unknown, a stale read`, register, spoiled(events));
}
measure("register, writes mostly", register, history("register", 10, 10));
measure("log, 1 % reads, 1 % unknown", appendLog, history("log", 1, 10));
