import fc from "fast-check";
import { expect, test } from "vitest";
import {
  appendLog,
  goodHistories,
  type HistoryEvent,
  Linearizability,
  register,
  violatingHistories,
} from "../src/index.ts";
import { bruteForce } from "./naive-history.ts";

const numRuns = Number(process.env.TRACE_RUNS ?? 4000);
const objects = { register, log: appendLog };

function judged(object: "register" | "log", events: readonly HistoryEvent[], stepsMax?: number) {
  const monitor = new Linearizability(objects[object], { ...(stepsMax !== undefined && { stepsMax }) });
  for (const event of events) monitor.feed(event);
  return monitor.verdict();
}

for (const { object, name, events } of goodHistories)
  test(`accepted, ${object}: ${name}`, () => {
    expect(judged(object, events)).toMatchObject({ kind: "ok" });
    expect(bruteForce(object, events)).toBe(true);
  });
for (const { object, name, events } of violatingHistories)
  test(`refused, ${object}: ${name}`, () => {
    expect(judged(object, events)).toMatchObject({ kind: "violated" });
    expect(bruteForce(object, events)).toBe(false);
  });

test("one key out of order is enough, and keys do not see each other", () => {
  const bad = violatingHistories[0]!.events;
  const renamed = bad.map((event, at) =>
    event.kind === "invoke" ? { ...event, key: at < 4 ? "other" : "k" } : event,
  );
  expect(judged("register", bad)).toMatchObject({
    detail: 'no order of the operations of k: every one ends before write "y" (operation 2 of a, back at 0)',
  });
  expect(judged("register", [...goodHistories[0]!.events, ...renamed.slice(0, 2)]).kind).toBe("ok");
});

test("a verdict may be asked for at any time", () => {
  const monitor = new Linearizability(register);
  const kinds = violatingHistories[3]!.events.map((event) => {
    monitor.feed(event);
    return monitor.verdict().kind;
  });
  expect(kinds).toEqual(["ok", "ok", "ok", "ok", "violated", "violated"]);
  expect(new Linearizability(register).verdict().detail).toBe("vacuous: no operations");
});

test("a search that gives up is a failure, and says that it proves nothing", () => {
  const { kind, detail } = judged("register", goodHistories[0]!.events, 2);
  expect(kind).toBe("violated");
  expect(detail).toMatch(/^unknown, which counts as a failure: /);
});

test("what is no history is refused", () => {
  const invoke: HistoryEvent = { kind: "invoke", at: 0, who: "a", op: 1, key: "k", call: "read" };
  for (const [object, events, detail] of [
    ["register", [{ kind: "return", at: 0, who: "a", op: 1 }], "operation 1 of a ends and was not called"],
    ["register", [invoke, invoke], "a calls operation 1 twice"],
    ["register", [{ ...invoke, call: "append" }], "expected read, write or cas, got append"],
    ["register", [{ ...invoke, call: "write" }], "expected a value"],
    ["register", [invoke, { kind: "return", at: 0, who: "a", op: 1 }], "expected the value that was read"],
    ["log", [invoke, { kind: "return", at: 0, who: "a", op: 1 }], "expected the values that were read"],
    ["log", [{ ...invoke, call: "cas" }], "expected read or append, got cas"],
  ] as const)
    expect(judged(object, events)).toMatchObject({
      kind: "violated",
      detail: expect.stringContaining(detail),
    });
});

/** What clients do, before anybody knows how it ends: the object itself is run, at moments between call and return. */
interface Plan {
  readonly client: number;
  readonly call: number;
  readonly value: string;
  readonly expected: string | null;
}
const plan: fc.Arbitrary<Plan> = fc.record({
  client: fc.nat(2),
  call: fc.nat(5),
  value: fc.constantFrom("x", "y", "z"),
  expected: fc.constantFrom("x", "y", null),
});
interface Running {
  readonly plan: Plan;
  readonly op: number;
  result: Partial<HistoryEvent> | null;
}

/** A linearizable history: `picks` decide who goes on: is called, takes effect, returns or is given up. */
function history(
  object: "register" | "log",
  plans: readonly Plan[],
  picks: readonly number[],
): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const running = new Map<number, Running>();
  const waiting = [...plans];
  let held: string | null = null;
  const log: string[] = [];
  const effect = (one: Running): void => {
    const { call, value, expected } = one.plan;
    if (object === "log") {
      if (call < 3) one.result = { position: log.push(value) };
      else one.result = { values: [...log] };
      if (call === 0) one.result = {};
    } else if (call < 2) one.result = { value: held };
    else if (call < 4) {
      held = value;
      one.result = {};
    } else {
      one.result = { ok: held === expected };
      if (held === expected) held = value;
    }
  };
  for (const pick of picks) {
    const next = waiting[0];
    if (next !== undefined && !running.has(next.client) && pick % 3 !== 0) {
      waiting.shift();
      const { client, call, value, expected } = next;
      const name =
        object === "log" ? (call < 3 ? "append" : "read") : call < 2 ? "read" : call < 4 ? "write" : "cas";
      running.set(client, { plan: next, op: events.length, result: null });
      events.push({
        kind: "invoke",
        at: 0,
        who: `c${client}`,
        op: events.length,
        key: "k",
        call: name,
        ...(name !== "read" && { value }),
        ...(name === "cas" && { expected }),
      });
      continue;
    }
    const all = [...running.values()];
    const one = all[pick % Math.max(1, all.length)];
    if (one === undefined) continue;
    const who = `c${one.plan.client}`;
    if (one.result === null && pick % 7 !== 0) effect(one);
    else {
      running.delete(one.plan.client);
      if (one.result === null || pick % 5 === 0) events.push({ kind: "unknown", at: 0, who, op: one.op });
      else events.push({ kind: "return", at: 0, who, op: one.op, ...one.result } as HistoryEvent);
    }
  }
  return events;
}

/** Changes what one operation returned. */
function spoil(events: readonly HistoryEvent[], place: number, text: string | null): HistoryEvent[] {
  return events.map((event, at) => {
    if (event.kind !== "return" || at !== place % events.length) return event;
    if (event.ok !== undefined) return { ...event, ok: !event.ok };
    if (event.position !== undefined) return { ...event, position: (event.position % 3) + 1 };
    if (event.values !== undefined)
      return { ...event, values: text === null ? event.values.slice(1) : [...event.values, text] };
    return event.value === undefined ? event : { ...event, value: text };
  });
}

for (const object of ["register", "log"] as const)
  test(`search and all permutations agree: ${object}`, () => {
    let good = 0;
    let bad = 0;
    let largest = 0;
    fc.assert(
      fc.property(
        fc.array(plan, { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat(1000), { minLength: 12, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(40), fc.constantFrom("x", "y", "z", null)), { maxLength: 2 }),
        (plans, picks, changes) => {
          let events = history(object, plans, picks);
          for (const [place, text] of changes) events = spoil(events, place, text);
          const expected = bruteForce(object, events);
          if (changes.length === 0) expect(expected).toBe(true);
          expect(judged(object, events).kind).toBe(expected ? "ok" : "violated");
          if (expected) good += 1;
          else bad += 1;
          largest = Math.max(largest, events.filter(({ kind }) => kind === "invoke").length);
        },
      ),
      { numRuns, seed: 7 },
    );
    console.log(`${object}: ${good} linearizable, ${bad} not, up to ${largest} operations`);
    expect(Math.min(good, bad)).toBeGreaterThan(numRuns / 10);
  });
