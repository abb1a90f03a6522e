import fc from "fast-check";
import type { BroadcastEvent, DeliverEvent } from "../src/index.ts";

const digits = "0123456789abcdef";
/** A digest that tells the command it belongs to. */
const digestOf = (client: number, seq: number): string => {
  let text = "";
  for (let at = 0; at < 16; at += 1) text += digits[(client * 7 + seq * (at + 1)) % 16];
  return text;
};

interface Plan {
  readonly slots: readonly (readonly number[] | "control")[];
  readonly replicas: number;
  readonly crashAt: readonly number[];
  readonly installAt: number;
  readonly order: number;
}

/** Every replica and one subscriber deliver the same slots; some crash and repeat slots, one starts from a snapshot. */
function run({ slots, replicas, crashAt, installAt, order }: Plan): BroadcastEvent[] {
  const next = new Map<number, number>();
  const sent: BroadcastEvent[] = [];
  const vectors: Omit<DeliverEvent, "who">[] = [];
  let n = 0;
  for (const [index, clients] of slots.entries()) {
    const runs: number[] = [];
    let digests = "";
    if (clients === "control") {
      n += 1;
      digests = digestOf(0, n);
      sent.push({ kind: "control", at: index, who: "m", n, digest: digests });
    } else
      for (const client of clients) {
        const seq = next.get(client) ?? 1;
        next.set(client, seq + 1);
        runs.push(client, seq, 1);
        digests += digestOf(client, seq);
        sent.push({
          kind: "broadcast",
          at: index,
          who: `c${client}`,
          client,
          seq,
          digests: digestOf(client, seq),
        });
      }
    const controls = clients === "control" ? { controls: [n] } : {};
    const epoch = clients === "control" ? n - 1 : n;
    const at = 100 + index;
    vectors.push({
      kind: "deliver",
      at,
      slot: index + 1,
      epoch,
      protocol: `p${epoch % 2}`,
      runs,
      digests,
      ...controls,
    });
  }
  const processes: BroadcastEvent[][] = [];
  for (let replica = 0; replica <= replicas; replica += 1) {
    const who = replica === replicas ? "s0" : `r${replica}`;
    const own: BroadcastEvent[] = vectors.map((vector) => ({ ...vector, who }));
    if (replica === replicas - 1 && installAt < slots.length)
      own.splice(0, installAt, { kind: "install", at: 100, who, slot: installAt });
    else if (replica < replicas && crashAt[replica] !== undefined) {
      const upTo = Math.min(crashAt[replica]!, slots.length);
      const back = Math.floor(upTo / 2);
      const again = own.slice(back, upTo);
      own.splice(
        upTo,
        0,
        { kind: "crash", at: 150, who },
        { kind: "recover", at: 151, who, slot: back },
        ...again,
      );
    }
    processes.push(own);
  }
  const files = order % 2 === 0 ? [sent, ...processes] : [...processes.reverse(), sent];
  return [...files.flat(), { kind: "quiesced", at: 999 }];
}

/** Random traces that keep every property. */
export const goodTraces: fc.Arbitrary<BroadcastEvent[]> = fc
  .record({
    slots: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }) },
        { weight: 1, arbitrary: fc.constant("control" as const) },
      ),
      { minLength: 2, maxLength: 8 },
    ),
    replicas: fc.integer({ min: 2, max: 4 }),
    crashAt: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
    installAt: fc.integer({ min: 1, max: 12 }),
    order: fc.nat(1),
  })
  .map(run);

/** A place where to break a trace, from 0 up to 1, and another number for how. */
export interface Edit {
  readonly at: number;
  readonly how: number;
}
export const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  how: fc.nat(1000),
});

type Mutation = (events: BroadcastEvent[], edit: Edit) => BroadcastEvent[] | null;

/** Replaces one of the deliveries that qualify. */
const onDelivery =
  (
    qualifies: (event: DeliverEvent) => boolean,
    change: (event: DeliverEvent, how: number) => BroadcastEvent[],
  ): Mutation =>
  (events, { at, how }) => {
    const places = events.flatMap((event, place) =>
      event.kind === "deliver" && qualifies(event) ? [place] : [],
    );
    const place = places[Math.floor(at * places.length)];
    if (place === undefined) return null;
    const changed = change(events[place] as DeliverEvent, how);
    return [...events.slice(0, place), ...changed, ...events.slice(place + 1)];
  };
const onEvent =
  (kind: BroadcastEvent["kind"], change: (event: BroadcastEvent) => BroadcastEvent[]): Mutation =>
  (events, { at }) => {
    const places = events.flatMap((event, place) => (event.kind === kind ? [place] : []));
    const place = places[Math.floor(at * places.length)];
    if (place === undefined) return null;
    return [...events.slice(0, place), ...change(events[place]!), ...events.slice(place + 1)];
  };
const flip = (digests: string, index: number): string =>
  digests.slice(0, index) + (digests[index] === "0" ? "1" : "0") + digests.slice(index + 1);
const commands = ({ runs }: DeliverEvent): boolean => runs.length > 0;

/** Single mutations, by name; null where the trace has no place for it. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "digest changed": onDelivery(commands, (event, how) => [
    { ...event, digests: flip(event.digests, how % event.digests.length) },
  ]),
  "entry left out": onDelivery(commands, (event) => [
    { ...event, runs: event.runs.slice(3), digests: event.digests.slice(16) },
  ]),
  "entry repeated": onDelivery(commands, (event) => [
    {
      ...event,
      runs: [...event.runs, ...event.runs.slice(0, 3)],
      digests: event.digests + event.digests.slice(0, 16),
    },
  ]),
  "entries reversed": onDelivery(
    ({ runs }) => runs.length >= 6,
    (event) => [
      {
        ...event,
        runs: [...event.runs.slice(3), ...event.runs.slice(0, 3)],
        digests: event.digests.slice(16) + event.digests.slice(0, 16),
      },
    ],
  ),
  "slot left out": onDelivery(
    () => true,
    () => [],
  ),
  "slot delivered twice": onDelivery(
    () => true,
    (event) => [event, event],
  ),
  "slot renumbered": onDelivery(
    () => true,
    (event, how) => [{ ...event, slot: (how % 9) + 1 }],
  ),
  "epoch changed": onDelivery(
    () => true,
    (event) => [{ ...event, epoch: event.epoch + 1 }],
  ),
  "protocol changed": onDelivery(
    () => true,
    (event) => [{ ...event, protocol: "other" }],
  ),
  "control renumbered": onDelivery(
    ({ controls }) => controls !== undefined,
    (event, how) => [{ ...event, controls: [(how % 4) + 1] }],
  ),
  "broadcast left out": onEvent("broadcast", () => []),
  "control left out": onEvent("control", () => []),
  "recovery left out": onEvent("recover", () => []),
  "snapshot left out": onEvent("install", () => []),
  "snapshot of one more": onEvent("install", (event) =>
    event.kind === "install" ? [{ ...event, slot: event.slot + 1 }] : [],
  ),
  "broadcast of one more": onEvent("broadcast", (event) =>
    event.kind === "broadcast" ? [event, { ...event, seq: event.seq + 100 }] : [],
  ),
  "other body broadcast": onEvent("broadcast", (event) =>
    event.kind === "broadcast" ? [{ ...event, digests: flip(event.digests, 3) }] : [],
  ),
};
