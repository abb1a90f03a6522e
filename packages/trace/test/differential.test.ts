import fc from "fast-check";
import { expect, test } from "vitest";
import { type BroadcastEvent, broadcastMonitors, goodTrace, verdicts } from "../src/index.ts";
import { edits, goodTraces, mutations } from "./generate.ts";
import { naive } from "./naive.ts";

const numRuns = Number(process.env.TRACE_RUNS ?? 600);

function fast(events: readonly BroadcastEvent[]): string[] {
  const monitors = broadcastMonitors();
  for (const event of events) for (const monitor of monitors) monitor.feed(event);
  return verdicts(monitors, true)
    .filter(({ kind, property }) => kind === "violated" && property.startsWith("P"))
    .map(({ property }) => property.slice(0, 2));
}

test("random good traces are accepted, by the monitors and by the predicates word for word", () => {
  let crashed = 0;
  fc.assert(
    fc.property(goodTraces, (events) => {
      crashed += Number(events.some(({ kind }) => kind === "recover"));
      expect(naive(events)).toEqual([]);
      expect(fast(events)).toEqual([]);
    }),
    { numRuns: 200, seed: 11 },
  );
  expect(crashed).toBeGreaterThan(40);
});

test("one mutation of a good trace is refused by exactly the properties that it breaks", () => {
  const alone = new Map<string, number>();
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(goodTraces, fc.constantFrom(...Object.keys(mutations)), edits, (events, name, edit) => {
      const mutated = mutations[name]!(events, edit);
      if (mutated === null) return;
      const expected = naive(mutated);
      expect(fast(mutated), name).toEqual(expected);
      if (expected.length > 0) seen.set(name, (seen.get(name) ?? 0) + 1);
      if (expected.length === 1) alone.set(expected[0]!, (alone.get(expected[0]!) ?? 0) + 1);
    }),
    { numRuns, seed: 7 },
  );
  console.log("refused, by mutation:", Object.fromEntries(seen));
  console.log("refused by one property alone:", Object.fromEntries(alone));
  for (const name of Object.keys(mutations)) expect(seen.get(name) ?? 0, name).toBeGreaterThan(2);
  for (const name of ["P1", "P4", "P5", "P6", "P7"]) expect(alone.get(name) ?? 0, name).toBeGreaterThan(0);
});

const bodies = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"];
const who = fc.constantFrom("r0", "r1", "r2");
const client = fc.constantFrom(1, 2);
const body = fc.constantFrom(...bodies);
const run = fc.record({
  client,
  seq: fc.integer({ min: 1, max: 3 }),
  bodies: fc.array(body, { minLength: 1, maxLength: 2 }),
});
const deliver = fc
  .record({
    who,
    slot: fc.integer({ min: 1, max: 4 }),
    epoch: fc.integer({ min: 0, max: 1 }),
    runs: fc.array(run, { maxLength: 2 }),
    control: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ runs, control, ...rest }): BroadcastEvent => {
    const event = { kind: "deliver" as const, at: 0, protocol: "two-thirds", ...rest };
    if (runs.length === 0 && control > 0)
      return { ...event, runs: [], digests: bodies[1]!, controls: [control] };
    return {
      ...event,
      runs: runs.flatMap((one) => [one.client, one.seq, one.bodies.length]),
      digests: runs.flatMap((one) => one.bodies).join(""),
    };
  });
const other: fc.Arbitrary<BroadcastEvent> = fc.oneof(
  fc
    .record({
      who: fc.oneof(who, fc.constant("c1")),
      client,
      seq: fc.integer({ min: 1, max: 3 }),
      digests: body,
    })
    .map((event) => ({ kind: "broadcast" as const, at: 0, ...event })),
  fc
    .record({
      kind: fc.constantFrom("install" as const, "recover" as const),
      who,
      slot: fc.integer({ min: 0, max: 4 }),
    })
    .map((event) => ({ at: 0, ...event })),
  fc.oneof(who, fc.constant("c1")).map((name) => ({ kind: "crash" as const, at: 0, who: name })),
  fc.constant({ kind: "quiesced" as const, at: 0 }),
);

/** The hand-made good trace with a few events dropped, repeated, exchanged or put in. */
const nearlyGood = fc
  .array(
    fc.record({
      at: fc.nat(goodTrace.length - 1),
      how: fc.constantFrom("drop", "repeat", "swap", "put"),
      event: fc.oneof(deliver, other),
    }),
    { maxLength: 3 },
  )
  .map((changes) => {
    // The predicates as written know every protocol: no event may leave it open.
    const events = goodTrace.map((event) =>
      event.kind === "deliver" ? { ...event, protocol: event.epoch === 0 ? "two-thirds" : "paxos" } : event,
    );
    for (const { at, how, event } of changes) {
      const here = events[at];
      const next = events[at + 1];
      if (how === "drop") events.splice(at, 1);
      else if (how === "put") events.splice(at, 0, event as never);
      else if (how === "repeat" && here !== undefined) events.splice(at, 0, here);
      else if (here !== undefined && next !== undefined) events.splice(at, 2, next, here);
    }
    return events as BroadcastEvent[];
  });

test("monitors and predicates agree on traces with several faults at once", () => {
  const seen = new Map<string, number>();
  const wild = fc.array(fc.oneof(deliver, other), { maxLength: 10 });
  fc.assert(
    fc.property(fc.oneof(nearlyGood, wild), (events) => {
      const expected = naive(events);
      const key = expected.join("+") || "good";
      seen.set(key, (seen.get(key) ?? 0) + 1);
      expect(fast(events)).toEqual(expected);
    }),
    { numRuns: numRuns * 2, seed: 7 },
  );
  console.log(Object.fromEntries([...seen].sort((x, y) => y[1] - x[1]).slice(0, 8)));
  expect(seen.get("good")).toBeGreaterThan(50);
  for (const name of ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"])
    expect(
      [...seen.keys()].some((key) => key.includes(name)),
      name,
    ).toBe(true);
});
