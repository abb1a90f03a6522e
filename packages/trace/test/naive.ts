import { digestOf } from "../src/digest.ts";
import type { BroadcastEvent } from "../src/index.ts";

type Deliver = Extract<BroadcastEvent, { k: "deliver" }>;

/** The predicates as they are written down, on single entries, in quadratic time. Digest-only vectors are not taken. */
interface Entry {
  readonly id: string;
  readonly body: string;
}

function entriesOf(event: Deliver): Entry[] {
  const { runs } = event.vec;
  const bodies = "bodies" in event.vec ? event.vec.bodies : "";
  const out: Entry[] = [];
  for (let at = 0; at < runs.length; at += 3)
    for (let k = 0; k < Number(runs[at + 2]); k += 1)
      out.push({
        id: `${runs[at]}:${Number(runs[at + 1]) + k}`,
        body: bodies.slice(16 * out.length, 16 * out.length + 16),
      });
  return out;
}

const same = (x: readonly Entry[], y: readonly Entry[]): boolean => JSON.stringify(x) === JSON.stringify(y);

/** Names of the violated predicates among P1 to P7, in order. */
export function naive(events: readonly BroadcastEvent[]): string[] {
  const delivers = events.filter((event): event is Deliver => event.k === "deliver");
  const sent: (Entry & { client: string })[] = [];
  for (const event of events) {
    if (event.k === "broadcast")
      for (let k = 0; 16 * k < event.bodies.length; k += 1)
        sent.push({
          client: event.who,
          id: `${event.who}:${event.seq + k}`,
          body: event.bodies.slice(16 * k, 16 * k + 16),
        });
    if (event.k === "control") sent.push({ client: "", id: `ctl:${event.by}:${event.n}`, body: event.body });
  }
  const quiesced = events.some((event) => event.k === "quiesced");
  const whos = [
    ...new Set(
      events.flatMap((event) =>
        event.k === "deliver" || event.k === "install" || event.k === "recover" ? [event.who] : [],
      ),
    ),
  ];
  const down = (who: string): boolean => {
    const last = events
      .filter((event) => (event.k === "crash" || event.k === "recover") && event.who === who)
      .at(-1);
    return last?.k === "crash";
  };
  const out: string[] = [];
  const say = (name: string, broken: boolean): void => void (broken && out.push(name));
  say(
    "P1",
    delivers.some((d) => entriesOf(d).some((m) => !sent.some((e) => e.id === m.id && e.body === m.body))),
  );
  say(
    "P2",
    whos.some((who) => {
      const places = new Map<string, Set<string>>();
      for (const d of delivers.filter((one) => one.who === who))
        for (const [at, m] of entriesOf(d).entries())
          places.set(m.id, (places.get(m.id) ?? new Set()).add(`${d.slot}/${at}`));
      return [...places.values()].some((set) => set.size > 1);
    }),
  );
  say(
    "P3",
    delivers.some((x) => delivers.some((y) => x.slot === y.slot && !same(entriesOf(x), entriesOf(y)))),
  );
  say(
    "P4",
    quiesced &&
      sent.some(
        (e) =>
          e.client !== "" &&
          !down(e.client) &&
          !delivers.some((d) => entriesOf(d).some((m) => m.id === e.id)),
      ),
  );
  say(
    "P5",
    quiesced &&
      delivers.some((d) =>
        whos.some(
          (who) =>
            !down(who) &&
            !delivers.some(
              (other) => other.who === who && other.slot === d.slot && same(entriesOf(other), entriesOf(d)),
            ) &&
            !events.some((event) => event.k === "install" && event.who === who && event.slot >= d.slot),
        ),
      ),
  );
  say(
    "P6",
    whos.some((who) => {
      let next = 1;
      for (const event of events) {
        if (!("who" in event) || event.who !== who) continue;
        if (event.k === "install" || event.k === "recover") next = event.slot + 1;
        else if (event.k === "deliver") {
          if (event.slot !== next) return true;
          next += 1;
        }
      }
      return false;
    }),
  );
  say(
    "P7",
    delivers.some((x) =>
      delivers.some((y) => x.slot === y.slot && (x.epoch !== y.epoch || x.proto !== y.proto)),
    ),
  );
  return out;
}

/** The same event with its vector in the short form. */
export function byDigest(event: BroadcastEvent): BroadcastEvent {
  if (event.k !== "deliver" || "digest" in event.vec) return event;
  return { ...event, vec: { runs: event.vec.runs, digest: digestOf(event.vec) } };
}
