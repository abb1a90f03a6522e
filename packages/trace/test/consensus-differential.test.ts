import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConsensusEvent,
  consensusMonitors,
  Durability,
  type DurabilityEvent,
  goodConsensusTrace,
  goodProcessTrace,
  verdicts,
} from "../src/index.ts";
import { naiveConsensus, naiveDurability } from "./naive-consensus.ts";

const numRuns = Number(process.env.TRACE_RUNS ?? 4000);
const learners = goodConsensusTrace.options.learners!;
const who = fc.constantFrom("a", "b", "c", "p1", "p2", "q1", "q3");
const at = fc.integer({ min: 0, max: 40 });
const slot = fc.integer({ min: 1, max: 2 });
const epoch = fc.constantFrom(0, 0, 0, 1);
const event: fc.Arbitrary<ConsensusEvent> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("propose" as const, "decide" as const, "decide" as const),
    at,
    who,
    epoch,
    slot,
    value: fc.constantFrom("x", "x", "y"),
  }),
  fc.record({ kind: fc.constant("undecided" as const), at, who, epoch, slot }),
  fc.record({ kind: fc.constant("crash" as const), at, who }),
  fc.record({
    kind: fc.constant("faulty" as const),
    at,
    who,
    fault: fc.constantFrom("crash" as const, "amnesia" as const, "byzantine" as const),
  }),
  fc.record({ kind: fc.constantFrom("stable" as const, "quiesced" as const), at }),
);
type Change<E> = { readonly at: number; readonly how: string; readonly event: E };
const changesOf = <E>(one: fc.Arbitrary<E>): fc.Arbitrary<readonly Change<E>[]> =>
  fc.array(fc.record({ at: fc.nat(30), how: fc.constantFrom("drop", "repeat", "swap", "put"), event: one }), {
    maxLength: 3,
  });

/** A good trace with a few events dropped, repeated, exchanged or put in. */
function changed<E>(good: readonly E[], changes: readonly Change<E>[]): E[] {
  const events = [...good];
  for (const { at: place, how, event: one } of changes) {
    const here = events[place];
    const next = events[place + 1];
    if (how === "drop") events.splice(place, 1);
    else if (how === "put") events.splice(place, 0, one);
    else if (how === "repeat" && here !== undefined) events.splice(place, 0, here);
    else if (here !== undefined && next !== undefined) events.splice(place, 2, next, here);
  }
  return events;
}

test("monitors of consensus and the promises word for word agree", () => {
  const seen = new Map<string, number>();
  const nearlyGood = changesOf(event).map((changes) => changed(goodConsensusTrace.events, changes));
  const proposed: readonly ConsensusEvent[] = ["x", "y"].flatMap((value) =>
    [1, 2].map((of): ConsensusEvent => ({ kind: "propose", at: 0, who: "p1", epoch: 0, slot: of, value })),
  );
  const wild = fc
    .tuple(fc.boolean(), fc.array(event, { minLength: 1, maxLength: 12 }))
    .map(([some, events]) => (some ? [...proposed, ...events] : events));
  fc.assert(
    fc.property(
      fc.oneof(nearlyGood, wild),
      fc.boolean(),
      fc.constantFrom(undefined, 10),
      (events, globalOrder, decidesWithin) => {
        const options = {
          ...goodConsensusTrace.options,
          learners,
          globalOrder,
          decidesWithin: decidesWithin as number,
        };
        const expected = naiveConsensus(events, options);
        const monitors = consensusMonitors(options);
        for (const one of events) for (const monitor of monitors) monitor.feed(one);
        const got = verdicts(monitors, true).flatMap(({ kind, property }) =>
          kind === "violated" ? [property] : [],
        );
        expect(got).toEqual(expected);
        const key = expected.map((name) => name.split(" ")[0]).join("+") || "good";
        seen.set(key, (seen.get(key) ?? 0) + 1);
      },
    ),
    { numRuns, seed: 7 },
  );
  console.log("consensus:", Object.fromEntries(seen));
  for (const name of ["good", "agreement", "validity", "integrity", "termination"])
    expect(
      [...seen].reduce((sum, [key, count]) => sum + (key.includes(name) ? count : 0), 0),
      name,
    ).toBeGreaterThan(numRuns / 100);
});

test("P10 and its definition word for word agree", () => {
  const one: fc.Arbitrary<DurabilityEvent> = fc.oneof(
    fc.record({
      kind: fc.constantFrom("persist" as const, "durable" as const, "release" as const),
      at,
      who: fc.constantFrom("a", "b"),
      life: fc.integer({ min: 1, max: 3 }),
      record: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant("crash" as const), at, who: fc.constantFrom("a", "b") }),
  );
  const good = goodProcessTrace.filter((x): x is DurabilityEvent => "life" in x || x.kind === "crash");
  let refused = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        changesOf(one).map((changes) => changed(good, changes)),
        fc.array(one, { maxLength: 8 }),
      ),
      (events) => {
        const monitor = new Durability();
        for (const x of events) monitor.feed(x);
        const expected = naiveDurability(events);
        refused += Number(expected);
        expect(monitor.verdict(true).kind).toBe(expected ? "violated" : "ok");
      },
    ),
    { numRuns, seed: 7 },
  );
  console.log(`durability: ${refused} of ${numRuns} refused`);
  expect(refused).toBeGreaterThan(numRuns / 10);
  expect(refused).toBeLessThan((numRuns * 9) / 10);
});
