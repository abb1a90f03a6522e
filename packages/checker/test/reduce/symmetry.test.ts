import { id, orderedId, record, type Schema, setAdd, setHas, sortedSet, text, variant } from "@eunomia/codec";
import { type AnyEngine, actionsOf } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { check, configurationSymmetry, type Model } from "../../src/index.ts";
import { planOf } from "../../src/machine/plan.ts";
import { automorphisms } from "../../src/reduce/group.ts";
import { difference, searched } from "./compare.ts";
import { tableModel } from "./table-engine.ts";

const Voter = id("voter");
const Word = id("word");

interface Teller {
  Config: { self: string; all: string[]; chair: string };
  State: { voters: string[]; leaders: string[]; words: string[] };
  Command: { kind: "vote" | "lead" } | { kind: "say"; word: string };
  Message: { kind: "vote" | "lead" } | { kind: "say"; word: string };
  Timer: never;
  Record: null;
  Output: null;
}

/**
 * One process stands under two sorts: as a voter, and as a leader.
 *
 * @param leader the schema of leaders, where ids of voters stand too.
 * @param chair the schema of one more process in the configuration.
 */
function teller(leader: Schema<string>, chair: Schema<string>): AnyEngine {
  const on = actionsOf<Teller>();
  const Said = variant({ vote: record({}), lead: record({}), say: record({ word: Word }) }) as never;
  return {
    name: "teller",
    schema: {
      config: record({ self: Voter, all: sortedSet(Voter), chair }),
      state: record({
        voters: sortedSet(Voter),
        leaders: sortedSet(leader as Schema<string>),
        words: sortedSet(Word),
      }),
      command: Said,
      message: Said,
      record: Said,
      output: Said,
      timers: [],
    },
    self: ({ self }) => self,
    init: () => ({ voters: [], leaders: [], words: [] }),
    actions: [
      on.commands(
        "tell",
        (_config, _state, commands) => commands,
        ({ all }, _state, commands, out) => {
          for (const command of commands) out.send(all, command);
        },
      ),
      on.message(
        "vote",
        "note a voter",
        (_c, _s, _m, from) => from,
        (_c, state, from) => setAdd(state.voters, from),
      ),
      on.message(
        "lead",
        "note a leader",
        (_c, _s, _m, from) => from,
        (_c, state, from) => setAdd(state.leaders, from),
      ),
      on.message(
        "say",
        "note a word",
        (_c, _s, { word }) => word,
        (_c, state, word) => setAdd(state.words, word),
      ),
    ],
    compact: () => [],
    observe: (_config, { voters, leaders, words }) => [
      voters.filter((one: string) => setHas(leaders, one)).length,
      words,
    ],
    fairness: {},
  } as AnyEngine;
}

/** Each process tells some of its things; nothing is forbidden. */
function tellers(
  told: Readonly<Record<string, readonly Teller["Command"][]>>,
  { leader = id("leader"), chair = Voter as Schema<string>, chairOf = (key: string) => key } = {},
): Model {
  const all = Object.keys(told);
  const engine = teller(leader, chair);
  return {
    name: "tellers",
    processes: Object.fromEntries(
      all.map((self) => [
        self,
        {
          engine,
          config: { self, all, chair: chairOf(self) },
          inputs: Object.fromEntries(told[self]!.map((one, at) => [`${at}`, { commands: [one] }])),
        },
      ]),
    ),
    network: { order: "bag", ignored: "consume" },
    invariants: [],
    witnesses: [],
    excused: {
      "teller: note a word": "only where words are told",
      "teller: note a voter": "only where voters are told",
      "teller: note a leader": "only where leaders are told",
    },
  };
}

const both = [{ kind: "vote" }, { kind: "lead" }] as const;
const groupOf = (model: Model, values: readonly string[] = []) => automorphisms(planOf(model), values).length;

describe("the group is that of the configuration", () => {
  test("equal processes, lists of ids in any order", () => {
    expect(groupOf(tellers({ a: both, b: both, c: [], d: [] }))).toBe(4);
    expect(groupOf(tellers({ a: both, b: both, c: both }))).toBe(6);
  });

  test("one of three has its own table: the other two may be exchanged, if they are given the same", () => {
    const sizes = Array.from({ length: 24 }, (_, seed) => groupOf(tableModel(seed)));
    for (const size of [1, 2, 6]) expect(sizes).toContain(size);
  });

  test("what a configuration says of one process only", () => {
    const told = { a: [], b: [], c: [] };
    expect(groupOf(tellers(told, { chairOf: () => "a" }))).toBe(2);
    expect(groupOf(tellers(told, { chairOf: (key) => (key === "a" ? "b" : "a") }))).toBe(1);
  });

  test("ordered ids and texts stay where they are", () => {
    const told = { a: [], b: [], c: [] };
    expect(groupOf(tellers(told, { chair: orderedId("chair"), chairOf: () => "a" }))).toBe(2);
    expect(groupOf(tellers(told, { chair: orderedId("chair") }))).toBe(1);
    expect(groupOf(tellers(told, { chair: text() }))).toBe(1);
  });

  test("values, where they are declared", () => {
    const model = tellers({ a: [{ kind: "say", word: "x" }], b: [{ kind: "say", word: "y" }] });
    expect(groupOf(model)).toBe(1);
    expect(groupOf(model, ["x", "y"])).toBe(2);
  });
});

describe("one process under two sorts", () => {
  const model = tellers({ a: both, b: both, c: [] });

  test("keeps one name under both", () => {
    const all = searched(model);
    const less = searched(model, [configurationSymmetry()]);
    expect(difference(model, all, less)).toBeNull();
    expect(less.report.states).toBeLessThan(all.report.states * 0.6);
    expect([...all.views].some((view) => view.includes('"observation":[2,'))).toBe(true);
  });

  for (const [name, leader] of [
    ["ordered", orderedId("leader")],
    ["a text", text()],
  ] as const)
    test(`is refused where one of them is ${name}`, () => {
      expect(() =>
        check(tellers({ a: both, b: both }, { leader }), { reductions: [configurationSymmetry()] }),
      ).toThrow(/in opaque id fields only, but the state of . holds it elsewhere/);
    });
});

test("declared values are renamed with their processes", () => {
  const model = tellers({ a: [{ kind: "say", word: "x" }], b: [{ kind: "say", word: "y" }] });
  const all = searched(model);
  const less = searched(model, [configurationSymmetry(["x", "y"])]);
  expect(difference(model, all, less)).toBeNull();
  expect(less.report.states).toBeLessThan(all.report.states);
});

test("a model without symmetry is searched whole, and the report says so", () => {
  const model = tellers({ a: [{ kind: "say", word: "x" }], b: [{ kind: "say", word: "y" }] });
  const report = check(model, { reductions: [configurationSymmetry()] });
  expect(report.states).toBe(check(model).states);
  expect(report.reductions[0]!.checked).toMatch(/no symmetry/);
});
