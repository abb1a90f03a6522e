import { readFileSync } from "node:fs";
import { dpll } from "@eunomia/quorum-algebra";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import { describe, expect, test } from "vitest";
import * as yalps from "yalps";
import { examples } from "../src/playground/page/examples.ts";
import type { Calls } from "../src/playground/worker/messages.ts";
import { PlaygroundSession } from "../src/playground/worker/session.ts";

const session = (): PlaygroundSession =>
  new PlaygroundSession({
    engines: { sat: dpll, lp: yalpsSolver(yalps) },
    // A clock that stands still: nothing here depends on how fast the machine is.
    now: () => 0,
    questionMs: 1000,
  });

const data = (name: string) => ({
  name: `${name}.json`,
  text: readFileSync(new URL(`../../../packages/quorum-algebra/data/${name}.json`, import.meta.url), "utf8"),
});
const typed = (text: string): Calls["open"]["ask"] => ({
  file: { name: "typed", text },
  other: null,
  rule: "2/3",
});

test("every example opens, with findings and a picture", () => {
  for (const { text } of examples) {
    const { report, nodes } = session().handle("open", typed(text));
    expect(report.findings.length).toBeGreaterThan(0);
    expect(report.pictures.length).toBeGreaterThan(0);
    expect(nodes.length).toBeGreaterThan(0);
  }
});

test("sets are listed a page at a time, and the end is said", () => {
  const one = session();
  one.handle("open", typed("{a, b, c, d} >= 2"));
  const ask = { of: "quorums", grouped: false, begin: true, more: 4 } as const;
  const first = one.handle("sets", ask);
  expect([first.sets.length, first.end]).toEqual([4, null]);
  const second = one.handle("sets", { ...ask, begin: false });
  expect(second.sets.length).toBe(2);
  expect(second.end).toMatchObject({ complete: true });
  expect(new Set([...first.sets, ...second.sets].map((set) => set.join())).size).toBe(6);
  expect(one.handle("sets", { of: "splitting", grouped: false, begin: true, more: 9 }).sets).toEqual([[]]);
});

test("who fails changes the verdict and the picture", () => {
  const one = session();
  one.handle("open", typed("{a, b, c, d} >= 3"));
  const lie = one.handle("whatIf", { byzantine: ["a", "b"], crashed: [] });
  expect(lie.outcome).toBe("bad");
  expect(lie.pictures[0]!.svg).toContain("Byzantine");
  expect(one.handle("whatIf", { byzantine: ["a"], crashed: [] }).outcome).toBe("good");
});

test("chances are those of the definition", () => {
  const one = session();
  one.handle("open", typed("{a, b, c} >= 2"));
  const { halts, splits } = one.handle("chances", { crash: 0.1, byzantine: 0 });
  expect(halts).toBeCloseTo(0.028);
  expect(splits).toBe(0);
});

describe("real data", () => {
  test("a Stellar network: whole organisations that can halt it", () => {
    const one = session();
    const { report, nodes, grouped } = one.handle("open", { ...typed(""), file: data("stellar-2025-07-20") });
    expect(report.findings.join()).toContain("It takes 3 organisations to halt it");
    expect([nodes.length, grouped]).toEqual([21, true]);
    const all = one.handle("sets", { of: "halting", grouped: true, begin: true, more: 100 });
    expect(all.sets.length).toBe(35);
    expect(all.sets.every((set) => set.length === 3)).toBe(true);
  });

  test("two chains are compared, and nobody of one of them is asked about", () => {
    const ask = { file: data("cosmoshub-4-2022-10"), other: data("osmosis-1-2021-07-23"), rule: "9/10" };
    const { report, nodes, lists, chances } = session().handle("open", ask);
    expect(report.findings[0]).toContain("must agree while the Byzantine have less than");
    expect([nodes.length, lists, chances]).toEqual([0, false, false]);
  });
});

describe("what cannot be answered", () => {
  test("is refused with a code and a place", () => {
    expect(() => session().handle("open", typed("{a, b >= 2"))).toThrow(/line 1, column 7/);
    expect(() => session().handle("open", typed(""))).toThrow(/there is nothing in it/);
    expect(() => session().handle("whatIf", { byzantine: [], crashed: [] })).toThrow("nothing is open");
  });

  test("leaves nothing open that was open before", () => {
    const one = session();
    one.handle("open", typed("a"));
    expect(() => one.handle("open", typed("("))).toThrow();
    expect(() => one.handle("chances", { crash: 0.1, byzantine: 0 })).toThrow("nothing is open");
  });
});
