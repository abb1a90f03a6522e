import type { ConsensusEvent, ConsensusMonitorOptions, DurabilityEvent, FaultySets } from "../src/index.ts";

type Decide = Extract<ConsensusEvent, { readonly kind: "propose" | "decide" }>;
const same = (x: Decide, y: { epoch: number; slot: number }): boolean =>
  x.epoch === y.epoch && x.slot === y.slot;

/** The promises of consensus as they are written down, over pairs of events; names of the broken ones. */
export function naiveConsensus(
  events: readonly ConsensusEvent[],
  options: ConsensusMonitorOptions & { readonly learners: readonly string[] },
): string[] {
  const { learners, safe, quorumAlive, isProposer, globalOrder, decidesWithin, excused } = options;
  const faultySets = (upTo: number): FaultySets => {
    const of = (fault: string) =>
      new Set(
        events
          .slice(0, upTo)
          .flatMap((event) => (event.kind === "faulty" && event.fault === fault ? [event.who] : [])),
      );
    return { dead: of("crash"), amnesiac: of("amnesia"), byzantine: of("byzantine") };
  };
  const end = faultySets(events.length);
  /** Faults count as of the later event where the order is known, otherwise as of the end. */
  const faultyAt = (place: number): FaultySets => (globalOrder === true ? faultySets(place) : end);
  const honest = (who: string, place: number): boolean =>
    learners.includes(who) &&
    !faultySets(place).byzantine.has(who) &&
    (globalOrder === true || !end.byzantine.has(who));
  const decides = events.flatMap((event, place) =>
    event.kind === "decide" && honest(event.who, place) ? [{ ...event, place }] : [],
  );
  const proposes = events.flatMap((event, place) =>
    event.kind === "propose" && isProposer?.(event.who) !== false ? [{ ...event, place }] : [],
  );

  const disagree = decides.some((x) =>
    decides.some(
      (y) =>
        x.place < y.place &&
        same(x, y) &&
        x.value !== y.value &&
        !faultyAt(y.place).byzantine.has(x.who) &&
        safe?.(x.who, y.who, faultyAt(y.place)) !== false,
    ),
  );
  const invented = decides.some(
    (d) =>
      !proposes.some((p) => same(p, d) && p.value === d.value && (globalOrder !== true || p.place < d.place)),
  );
  const life = (who: string, place: number): number =>
    events.slice(0, place).filter((event) => event.kind === "crash" && event.who === who).length;
  const looks = events.flatMap((event, place) =>
    (event.kind === "decide" || event.kind === "undecided") &&
    learners.includes(event.who) &&
    !faultySets(place).byzantine.has(event.who)
      ? [{ ...event, place }]
      : [],
  );
  const takenBack = looks.some((x) =>
    looks.some((y) => {
      if (x.place >= y.place || x.who !== y.who || x.kind !== "decide" || !same(x as Decide, y)) return false;
      return y.kind === "decide"
        ? life(x.who, x.place) === life(y.who, y.place)
        : !faultySets(y.place).amnesiac.has(y.who);
    }),
  );
  const broken: Record<string, boolean> = {
    "agreement of learners": disagree,
    "validity of decisions": invented,
    "integrity of decisions": takenBack,
    "termination of learners": stuck(),
  };
  return Object.keys(broken).filter((name) => broken[name]);

  function stuck(): boolean {
    const gone = (who: string): boolean =>
      end.dead.has(who) ||
      end.byzantine.has(who) ||
      events.findLast(
        (event) =>
          (event.kind === "crash" || event.kind === "propose" || event.kind === "decide") &&
          event.who === who,
      )?.kind === "crash";
    const stableAt = events.findLastIndex(({ kind }) => kind === "stable");
    const now = Math.max(...events.map(({ at }) => at));
    const quiesced = events.some(({ kind }) => kind === "quiesced");
    const owed = proposes.filter(
      (p) =>
        excused?.(p.epoch, p.slot) !== true && proposes.some((other) => same(other, p) && !gone(other.who)),
    );
    return learners.some(
      (who) =>
        !gone(who) &&
        quorumAlive?.(who, end) !== false &&
        owed.some((p) => {
          const since = proposes.find((other) => same(other, p))!;
          const deadline =
            decidesWithin === undefined || stableAt < 0
              ? Number.POSITIVE_INFINITY
              : Math.max(since.at, events[stableAt]!.at) + decidesWithin;
          const place = events.findIndex(
            (event) => event.kind === "decide" && event.who === who && same(event, p),
          );
          if (place < 0) return quiesced || now > deadline;
          return place > stableAt && since.place < place && events[place]!.at > deadline;
        }),
    );
  }
}

/** P10 as it is written down: does anything leave too early, out of a life that is over, or do numbers not fit? */
export function naiveDurability(events: readonly DurabilityEvent[]): boolean {
  const numbered = events.flatMap((event, place) => ("life" in event ? [{ ...event, place }] : []));
  const over = (who: string, life: number, place: number): boolean =>
    numbered.some((x) => x.who === who && x.place < place && x.life > life) ||
    events.some(
      (event, crash) =>
        event.kind === "crash" &&
        event.who === who &&
        crash < place &&
        numbered.some((x) => x.who === who && x.place < crash && x.life >= life),
    );
  return numbered.some((event) => {
    const { who, life, place, record, kind } = event;
    if (over(who, life, place)) return kind === "release";
    const before = numbered.filter((x) => x.who === who && x.life === life && x.place < place);
    const most = (of: string): number =>
      Math.max(0, ...before.filter((x) => x.kind === of).map((x) => x.record));
    if (kind === "persist") return record !== most("persist") + 1;
    return record > most(kind === "durable" ? "persist" : "durable");
  });
}
