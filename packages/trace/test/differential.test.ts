import fc from "fast-check";
import { expect, test } from "vitest";
import { type BroadcastEvent, broadcastMonitors, goodTrace, verdicts } from "../src/index.ts";
import { byDigest, naive } from "./naive.ts";

const bodies = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"];
const who = fc.constantFrom("r0", "r1", "r2");
const client = fc.constantFrom("c1", "c2");
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
  })
  .map(
    ({ runs, ...rest }): BroadcastEvent => ({
      at: 0,
      k: "deliver",
      proto: "p",
      ...rest,
      vec: {
        runs: runs.flatMap((one) => [one.client, one.seq, one.bodies.length]),
        bodies: runs.flatMap((one) => one.bodies).join(""),
      },
    }),
  );
const other = fc.oneof(
  fc.record({
    at: fc.constant(0),
    k: fc.constant("broadcast" as const),
    who: client,
    seq: fc.integer({ min: 1, max: 3 }),
    bodies: body,
  }),
  fc.record({
    at: fc.constant(0),
    k: fc.constantFrom("install" as const, "recover" as const),
    who,
    slot: fc.integer({ min: 0, max: 4 }),
  }),
  fc.record({ at: fc.constant(0), k: fc.constant("crash" as const), who: fc.oneof(who, client) }),
  fc.constant<BroadcastEvent>({ at: 0, k: "quiesced" }),
);

/** Good traces with a few events dropped, repeated, exchanged or put in: most random traces break everything at once. */
const nearlyGood = fc
  .array(
    fc.record({
      at: fc.nat(goodTrace.length - 1),
      how: fc.constantFrom("drop", "repeat", "swap", "put"),
      event: fc.oneof(deliver, other),
    }),
    { maxLength: 3 },
  )
  .map((edits) => {
    const events = goodTrace.filter((event) => !(event.k === "deliver" && "digest" in event.vec));
    for (const { at, how, event } of edits) {
      if (how === "drop") events.splice(at, 1);
      else if (how === "repeat" && events[at] !== undefined) events.splice(at, 0, events[at]);
      else if (how === "put") events.splice(at, 0, event);
      else if (events[at] !== undefined && events[at + 1] !== undefined)
        [events[at], events[at + 1]] = [events[at + 1]!, events[at]!];
    }
    return events;
  });

function fast(events: readonly BroadcastEvent[]): string[] {
  const monitors = broadcastMonitors();
  for (const event of events) for (const monitor of monitors) monitor.feed(event);
  return verdicts(monitors, true)
    .filter(({ kind, property }) => kind === "violated" && !property.startsWith("P8"))
    .map(({ property }) => property.slice(0, 2));
}

test("monitors and the predicates word for word agree, with bodies and by digest", () => {
  const seen = new Map<string, number>();
  const random = fc.array(fc.oneof(deliver, other), { maxLength: 10 });
  fc.assert(
    fc.property(fc.oneof(nearlyGood, random), (events) => {
      const expected = naive(events);
      const key = expected.join("+") || "good";
      seen.set(key, (seen.get(key) ?? 0) + 1);
      // Where a slot has two contents (P3), P2 and P5 leave telling them apart to P3.
      const kept = (names: readonly string[]) =>
        expected.includes("P3") ? names.filter((name) => name !== "P2" && name !== "P5") : names;
      expect(kept(fast(events))).toEqual(kept(expected));
      expect(kept(fast(events.map(byDigest)))).toEqual(kept(expected));
    }),
    { numRuns: 4000, seed: 7 },
  );
  console.log(Object.fromEntries([...seen].sort((x, y) => y[1] - x[1]).slice(0, 12)));
  expect(seen.get("good")).toBeGreaterThan(200);
  for (const name of ["P1", "P2", "P3", "P4", "P5", "P6", "P7"])
    expect(
      [...seen.keys()].some((key) => key.includes(name)),
      name,
    ).toBe(true);
});
