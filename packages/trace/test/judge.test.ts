import { expect, test } from "vitest";
import {
  type BroadcastEvent,
  bodyDigest,
  bodyDigests,
  broadcastEvent,
  canonicalRuns,
  deliverEvent,
  formatJudgement,
  goodTrace,
  judge,
  violatingTraces,
} from "../src/index.ts";

async function* source(events: readonly BroadcastEvent[]): AsyncGenerator<BroadcastEvent> {
  yield* events;
}
/** One trace for each process, and one for whoever says that the run is finished. */
function byProcess(events: readonly BroadcastEvent[]): AsyncGenerator<BroadcastEvent>[] {
  const traces = new Map<string, BroadcastEvent[]>();
  for (const event of events) {
    const who = "who" in event ? event.who : "";
    traces.set(who, [...(traces.get(who) ?? []), event]);
  }
  return [...traces.values()].map(source);
}

test("a good run of several files is judged good, with what was looked at", async () => {
  const judgement = await judge(byProcess(goodTrace), { fifo: true });
  expect(judgement).toMatchObject({ ok: true, vacuous: [] });
  expect(judgement.counts).toEqual({
    events: goodTrace.length,
    commands: 3,
    controls: 1,
    deliveries: 15,
    slots: 4,
    deliveredCommands: 12,
    deliveredControls: 3,
    registrations: 4,
    installs: 1,
    recoveries: 2,
    crashes: 2,
    processes: 4,
  });
});

test("a run in which nothing happened is ok and says that it is worth nothing", async () => {
  const judgement = await judge([source([{ kind: "quiesced", at: 1 }])]);
  expect(judgement.vacuous).toEqual(judgement.verdicts.map(({ property }) => property));
  expect(formatJudgement(judgement)).toMatch(/^P1 validity\s+ok\s+vacuous: no delivered entries$/m);
});

test("every violating trace is refused by its property when each process wrote its own file", async () => {
  // A global order is what several files do not have.
  for (const { property, name, events, options } of violatingTraces.filter(
    (one) => one.options?.globalOrder !== true,
  )) {
    const { verdicts, ok } = await judge(byProcess(events), options);
    const violated = verdicts.filter(({ kind }) => kind === "violated").map((one) => one.property);
    expect(violated, name).toEqual([property]);
    expect(ok).toBe(false);
  }
});

test("the table names each property, its verdict, and the counts", async () => {
  const text = formatJudgement(await judge(byProcess(violatingTraces[0]!.events)));
  expect(text).toMatch(/^P1 validity\s+violated\s+r0 delivers command 3:1 in slot 4: nobody broadcast it/m);
  expect(text).toMatch(/^P8 controls in turn\s+ok\s+1 controls$/m);
  expect(text).toMatch(/4 deliveries, 4 slots, 4 delivered commands, 1 delivered controls/);
});

test("events of delivered slots and of submissions fit each other", () => {
  const bodies = [1, 2, 3].map((byte) => Uint8Array.of(byte));
  const vector = Uint8Array.of(0, 1, 0, 2, 0, 3);
  const command = (client: number, seq: number, index: number) => ({
    kind: "command" as const,
    client,
    seq,
    bodyStart: 2 * index + 1,
    end: 2 * index + 2,
  });
  const delivered = { slot: 4, epoch: 1, protocol: "paxos", vector, chain: Uint8Array.of(0xab) };
  expect(
    deliverEvent(9, "n1", delivered, [
      command(1, 7, 0),
      command(1, 8, 1),
      { kind: "register" },
      command(2, 1, 2),
    ]),
  ).toEqual({
    kind: "deliver",
    at: 9,
    who: "n1",
    slot: 4,
    epoch: 1,
    protocol: "paxos",
    runs: [1, 7, 2, 2, 1, 1],
    digests: bodyDigests(bodies),
    registrations: 1,
    chain: "ab",
  });
  expect(broadcastEvent(9, "c", 1, 7, bodies.slice(0, 2))).toMatchObject({
    digests: bodyDigests(bodies.slice(0, 2)),
  });
  const operation = Uint8Array.of(9);
  const slot = { slot: 1, epoch: 0, vector };
  expect(deliverEvent(9, "s1", slot, [{ kind: "control", n: 2, operation }])).toMatchObject({
    protocol: "",
    runs: [],
    controls: [2],
    digests: bodyDigest(operation),
  });
  expect(bodyDigest(new Uint8Array())).toBe("e3b0c44298fc1c14");
  expect(canonicalRuns([65536, 1, 1, 65536, 2, 1, 7, 4, 1])).toEqual([65536, 1, 2, 7, 4, 1]);
});
