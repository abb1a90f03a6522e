import type { BroadcastEvent, DeliverEvent } from "../src/index.ts";

/** The predicates as they are written down, on single entries, in quadratic time. */
interface Entry {
  readonly id: string;
  readonly digest: string;
}

const digestAt = (digests: string, index: number): string => digests.slice(16 * index, 16 * index + 16);

function entriesOf({ runs, controls = [], digests }: DeliverEvent): Entry[] {
  const ids = controls.map((n) => `control ${n}`);
  for (let at = 0; at < runs.length; at += 3)
    for (let k = 0; k < runs[at + 2]!; k += 1) ids.push(`${runs[at]}:${runs[at + 1]! + k}`);
  return ids.map((id, index) => ({ id, digest: digestAt(digests, index) }));
}

const text = (event: DeliverEvent): string => JSON.stringify(entriesOf(event));

type OfReplica = Extract<BroadcastEvent, { readonly slot: number }>;
const isOfReplica = (event: BroadcastEvent): event is OfReplica =>
  event.kind === "deliver" || event.kind === "install" || event.kind === "recover";

/** What was sent, and where in the trace. */
interface Sent extends Entry {
  readonly who: string;
  readonly isControl: boolean;
  readonly place: number;
}

function sentOf(events: readonly BroadcastEvent[]): Sent[] {
  return events.flatMap((event, place): Sent[] => {
    if (event.kind === "control")
      return [{ id: `control ${event.n}`, digest: event.digest, who: event.who, isControl: true, place }];
    if (event.kind !== "broadcast") return [];
    return Array.from({ length: event.digests.length / 16 }, (_, k) => ({
      id: `${event.client}:${event.seq + k}`,
      digest: digestAt(event.digests, k),
      who: event.who,
      isControl: false,
      place,
    }));
  });
}

/** Names of the violated predicates, in order. */
export function naive(events: readonly BroadcastEvent[]): string[] {
  const delivers = events.filter((event) => event.kind === "deliver");
  const sent = sentOf(events);
  const quiesced = events.some((event) => event.kind === "quiesced");
  const replicaEvents = events.filter(isOfReplica);
  const whos = [...new Set(replicaEvents.map(({ who }) => who))];
  const down = (who: string): boolean =>
    events.findLast((event) => (event.kind === "crash" || event.kind === "recover") && event.who === who)
      ?.kind === "crash";

  const valid = (d: DeliverEvent, m: Entry): boolean =>
    sent.some(
      (e) => e.id === m.id && e.digest === m.digest && (e.who !== d.who || e.place < events.indexOf(d)),
    );
  const places = (who: string, id: string): number => {
    const found = delivers
      .filter((d) => d.who === who)
      .flatMap((d) => entriesOf(d).flatMap((m, index) => (m.id === id ? [`${d.slot}/${index}`] : [])));
    return new Set(found).size;
  };
  const relayed = (d: DeliverEvent, who: string): boolean =>
    delivers.some((other) => other.who === who && other.slot === d.slot && text(other) === text(d)) ||
    events.some((event) => event.kind === "install" && event.who === who && event.slot >= d.slot);
  const gap = (who: string): boolean => {
    let next = 1;
    for (const event of replicaEvents.filter((one) => one.who === who)) {
      if (event.kind !== "deliver") next = event.slot + 1;
      else if (event.slot !== next) return true;
      else next += 1;
    }
    return false;
  };
  const ids = [...new Set(delivers.flatMap((d) => entriesOf(d).map(({ id }) => id)))];
  const controls = [...new Set(delivers.map((d) => JSON.stringify([d.slot, d.controls ?? [], text(d)])))]
    .map((one) => JSON.parse(one) as [number, number[]])
    .sort((x, y) => x[0] - y[0])
    .flatMap(([, numbers]) => numbers);

  const broken: Record<string, boolean> = {
    P1: delivers.some((d) => entriesOf(d).some((m) => !valid(d, m))),
    P2: whos.some((who) => ids.some((id) => places(who, id) > 1)),
    P3: delivers.some((x) => delivers.some((y) => x.slot === y.slot && text(x) !== text(y))),
    P4:
      quiesced &&
      sent.some(
        (e) => !e.isControl && !down(e.who) && !delivers.some((d) => entriesOf(d).some((m) => m.id === e.id)),
      ),
    P5: quiesced && delivers.some((d) => whos.some((who) => !down(who) && !relayed(d, who))),
    P6: whos.some(gap),
    P7: delivers.some((x) =>
      delivers.some((y) => x.slot === y.slot && (x.epoch !== y.epoch || x.protocol !== y.protocol)),
    ),
    P8: controls.some((n, index) => n !== index + 1),
  };
  return Object.keys(broken).filter((name) => broken[name]);
}
