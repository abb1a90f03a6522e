import { expect, test } from "vitest";
import {
  type ConsensusEvent,
  type ConsensusMonitorOptions,
  consensusMonitors,
  goodConsensusTrace,
  goodProcessTrace,
  judge,
  type Monitor,
  processMonitors,
  type TraceEvent,
  verdicts,
  violatingConsensusTraces,
  violatingProcessTraces,
} from "../src/index.ts";

function fed<E>(monitors: readonly Monitor<E>[], events: readonly E[]): readonly Monitor<E>[] {
  for (const event of events) for (const monitor of monitors) monitor.feed(event);
  return monitors;
}
const broken = <E>(monitors: readonly Monitor<E>[]): string[] =>
  verdicts(monitors, true)
    .filter(({ kind }) => kind === "violated")
    .map(({ property }) => property);
const judged = (events: readonly ConsensusEvent[], options: ConsensusMonitorOptions): string[] =>
  broken(fed(consensusMonitors(options), events));

test("the good traces settle every property as kept, and none of them for want of events", () => {
  const { events, options } = goodConsensusTrace;
  for (const globalOrder of [false, true])
    for (const monitors of [
      fed(consensusMonitors({ ...options, globalOrder }), events),
      fed(processMonitors({ globalOrder }), goodProcessTrace),
    ])
      for (const { kind, looked, property, detail } of verdicts(monitors as Monitor<TraceEvent>[], true)) {
        expect(kind, `${property}: ${detail}`).toBe("ok");
        expect(looked, property).toBeGreaterThan(0);
      }
});

for (const { property, name, events, options } of violatingConsensusTraces)
  test(`${property} and nothing else refuses: ${name}`, () => {
    expect(judged(events, options)).toEqual([property]);
    const alone = consensusMonitors(options).filter((one) => one.property === property);
    expect(broken(fed(alone, events))).toEqual([property]);
  });

for (const { property, name, events } of violatingProcessTraces)
  test(`${property} and nothing else refuses: ${name}`, () => {
    expect(broken(fed(processMonitors({ globalOrder: true }), events))).toEqual([property]);
  });

test("every property has a violating trace", () => {
  const covered = new Set(
    [...violatingConsensusTraces, ...violatingProcessTraces].map(({ property }) => property),
  );
  const all = [...consensusMonitors(), ...processMonitors()].map(({ property }) => property);
  expect(all.filter((property) => !covered.has(property))).toEqual([]);
});

test("without the lie of q3 the good trace breaks agreement, and the names are told", () => {
  const { events, options } = goodConsensusTrace;
  const honest = fed(consensusMonitors(options), events.slice(1));
  expect(verdicts(honest, true)[0]).toMatchObject({
    kind: "violated",
    detail: 'agreement(a,c): slot 1 of epoch 0 is "x" at a and "y" at c',
  });
});

test("what is not settled is pending", () => {
  const { events, options } = goodConsensusTrace;
  const kinds = (upTo: number) => verdicts(fed(consensusMonitors(options), events.slice(0, upTo)));
  expect(kinds(9)[3]).toMatchObject({ kind: "pending" });
  expect(kinds(16)[3]).toMatchObject({ kind: "pending", detail: "a has not decided slot 2 of epoch 0" });
  expect(kinds(17)[3]).toMatchObject({ kind: "ok" });
  const early = fed(consensusMonitors(options), [events[3]!]);
  expect(verdicts(early)[1]).toMatchObject({ kind: "pending" });
  expect(verdicts(early, true)[1]).toMatchObject({ kind: "violated" });
});

test("an instance that is excused is owed to nobody", () => {
  const { events, options } = violatingConsensusTraces.find(({ name }) => name.startsWith("one learner"))!;
  expect(judged(events, { ...options, excused: (_epoch, slot) => slot === 1 })).toEqual([]);
});

test("judge takes the monitors along", async () => {
  async function* source(events: readonly TraceEvent[]): AsyncGenerator<TraceEvent> {
    yield* events;
  }
  const good = await judge([source(goodProcessTrace)], { also: processMonitors() });
  expect(good.ok).toBe(true);
  const bad = await judge([source(violatingProcessTraces.at(-1)!.events)], { also: processMonitors() });
  expect(bad.verdicts.filter(({ kind }) => kind !== "ok").map(({ property }) => property)).toEqual([
    "P12 bounded state",
  ]);
});
