import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import { expect, test } from "vitest";
import { cluster } from "./cluster.ts";

interface Costs {
  /** From the proposals until the last learner knows, in message delays. */
  readonly delays: number;
  /** Between processes, until nothing is on its way. */
  readonly sent: Readonly<Record<string, number>>;
}

/** A cluster in lockstep: what is sent in one delay arrives in the next, all of it. Timers fire when nothing is on its way. */
function run(size: number, replicas: number, values: readonly string[], rounds: number): Costs {
  const parts = cluster({ size, replicas, member: { relay: "lazy", headMs: 0 } });
  const processes = new Map(
    Object.entries(parts).map(([id, { engine, config }]) => {
      const own = engine as AnyEngine;
      return [id, { engine: own, config, state: own.init(config as never) as unknown }] as const;
    }),
  );
  const learners = [...processes.keys()].filter((id) => id.startsWith("r"));
  const sent: Record<string, number> = {};
  const known = new Map<string, number>();
  let wire: { to: string; event: Event<EngineTypes> }[] = [];
  let delay = 0;
  const take = (id: string, event: Event<EngineTypes>): void => {
    const { engine, config, state } = processes.get(id)!;
    for (const effect of step(engine, config as never, state as never, event as never)
      .effects as Effect<EngineTypes>[]) {
      if (
        effect.kind === "output" &&
        (effect.output as { kind: string }).kind === "decided" &&
        id.startsWith("r")
      )
        known.set(id, delay);
      if (effect.kind !== "send") continue;
      sent[effect.message.kind] = (sent[effect.message.kind] ?? 0) + effect.to.length;
      for (const to of effect.to)
        wire.push({ to, event: { kind: "message", from: id, message: effect.message } });
    }
  };
  const settle = (): void => {
    while (wire.length > 0) {
      const now = wire;
      wire = [];
      delay += 1;
      for (const { to, event } of now) take(to, event);
    }
  };
  for (const id of processes.keys()) take(id, { kind: "start", records: [] });
  learners.forEach((learner, i) => {
    const value = new TextEncoder().encode(values[i % values.length]);
    take(learner, { kind: "commands", commands: [{ kind: "propose", slot: 1, value }] });
  });
  // The learners' proposals overtake each other, so that half of the members hear another one first.
  const rank = (to: string, from: string) =>
    Number((Number(to.slice(1)) % 2 === 0) === (from === learners[0]));
  wire = wire
    .map((one) => ({ one, rank: rank(one.to, (one.event as { from: string }).from) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ one }) => one);
  settle();
  for (let round = 1; round < rounds; round += 1) {
    for (const id of processes.keys()) if (id.startsWith("p")) take(id, { kind: "timeout", timer: "tick" });
    settle();
  }
  expect([...known.keys()].sort()).toEqual(learners.sort());
  return { delays: Math.max(...known.values()), sent };
}

const total = (sent: Readonly<Record<string, number>>): number =>
  Object.values(sent).reduce((sum, one) => sum + one, 0);

/** Of n votes the last f come to somebody who has decided with q of them: each is answered, which the table leaves out. */
const answers = (n: number, f: number): number => n * f;

test("section 8: round 0 takes 3 delays and R·n + n(n-1) + n·R messages, and n·f answers to the last votes", () => {
  for (const [n, f, R] of [
    [6, 1, 3],
    [11, 2, 3],
  ] as const) {
    const { delays, sent } = run(n, R, ["a"], 1);
    expect(delays).toBe(3);
    expect(sent).toEqual({ propose: R * n, vote: n * (n - 1), decided: n * R + answers(n, f) });
    console.log(`n = ${n}, R = ${R}: ${delays} delays, ${total(sent)} messages`);
  }
});

test("section 8: a coordinator round adds 3 delays and 2n(n-1) + (n-1) messages", () => {
  const [n, f, R] = [6, 1, 3];
  const { delays, sent } = run(n, R, ["a", "b"], 2);
  // Two delays of round 0, which decides nothing, then STATUS, NEWROUND, VOTE and the decision.
  expect(delays).toBe(2 + 3 + 1);
  expect(sent).toEqual({
    propose: R * n,
    vote: 2 * n * (n - 1),
    status: n * (n - 1),
    newround: n - 1,
    decided: n * R + answers(n, f),
  });
  console.log(`n = ${n}, R = ${R}, split: ${delays} delays, ${total(sent)} messages`);
});
