import { type Expr, node, parse, QuorumError, thresholdOf } from "@eunomia/quorum-algebra";
import {
  expressionDot,
  expressionMermaid,
  expressionSvg,
  failureCurveSvg,
  graphLayout,
  graphSvg,
  heatMapSvg,
  loadBarsSvg,
  packExpression,
  stakeTreemapSvg,
} from "@eunomia/quorum-algebra/svg";
import { describe, expect, test } from "vitest";
import { pictures } from "./pictures.ts";
import { troubleOfXml } from "./xml.ts";

describe("every picture", () => {
  for (const [name, draw] of Object.entries(pictures)) {
    test(`${name} is the one that was looked at`, async () => {
      await expect(draw()).toMatchFileSnapshot(`shown/${name}`);
    });
    test(`${name} is the same when drawn again`, () => expect(draw()).toBe(draw()));
  }

  test("is well-formed, and says in words what it shows", () => {
    for (const [name, draw] of Object.entries(pictures)) {
      if (!name.endsWith(".svg")) continue;
      const svg = draw();
      expect(troubleOfXml(svg), name).toBe(null);
      expect(svg).toMatch(
        /^<svg[^>]* role="img" aria-label="[^"]+">\n<title>[^<]+<\/title><desc>[^<]+<\/desc>/,
      );
    }
  });

  test("a twin that lets an end tag through is refused", () => {
    expect(troubleOfXml(pictures["graph.svg"]!().replaceAll("&lt;", "<"))).not.toBe(null);
  });
});

describe("hostile names", () => {
  const hostile = `</text><script>alert("1")</script>&amp;'\u0000\ud800${"long ".repeat(200)}`;

  test("cannot end an element or an attribute, in any picture", () => {
    const id = hostile.replace("\ud800", "");
    const drawn = [
      expressionSvg(thresholdOf(1, [node(id), node("b")]), {
        groups: new Map([[id, hostile]]),
        names: new Map([["b", hostile]]),
      }),
      graphSvg({
        learners: [{ id: hostile }],
        edges: [{ a: hostile, b: hostile, breaks: 1 }],
        unit: hostile,
      }),
      heatMapSvg({
        title: hostile,
        rows: [hostile],
        columns: [hostile],
        values: [[null]],
        unit: hostile,
        absent: hostile,
      }),
      loadBarsSvg({ title: hostile, bars: [{ id: hostile, load: 1 }], unit: hostile }),
      failureCurveSvg({ title: hostile, lines: [{ label: hostile, points: [[0.1, 0.1]] }] }),
      stakeTreemapSvg({
        title: hostile,
        chains: [{ name: hostile, validators: [{ id: hostile, stake: 1n }] }],
      }),
    ];
    for (const svg of drawn) {
      expect(troubleOfXml(svg)).toBe(null);
      expect(svg).not.toContain("<script");
    }
  });

  test("stay within the quotes of diagram texts", () => {
    const expr = thresholdOf(1, [node('a"];\nevil'), node("b\\")]);
    expect(expressionDot(expr)).toContain('[label="a\\"]; evil", shape=ellipse]');
    expect(expressionDot(expr)).toContain('[label="b\\\\", shape=ellipse]');
    expect(expressionMermaid(expr)).toContain('("a#34;]; evil")');
  });
});

describe("circles of an expression", () => {
  test("states tell which gates are satisfied: those that lie help anybody", () => {
    const { circles } = packExpression(parse("{a & b, c & d, e} >= 2"), {
      states: new Map([
        ["a", "byzantine"],
        ["c", "failed"],
        ["e", "failed"],
      ] as const),
    });
    const verdicts = circles
      .filter((c) => c.kind === "gate")
      .map(({ badge, satisfied }) => [badge, satisfied]);
    expect(verdicts).toEqual([
      ["2 of 3", false],
      ["2 of 2", true],
      ["2 of 2", false],
    ]);
  });

  test("areas of weighted children are as their weights", () => {
    const { circles } = packExpression(parse("{a*16, b*4, c*4} >= 12"));
    const r = new Map(circles.flatMap((c) => (c.kind === "node" ? [[c.id, c.r] as const] : [])));
    expect(r.get("a")! / r.get("b")!).toBeCloseTo(2);
    expect(r.get("b")).toBeCloseTo(r.get("c")!);
  });

  test("a node that is named in several places says so, also through shared subexpressions", () => {
    const shared = thresholdOf(2, [node("a"), node("b")]);
    const { circles } = packExpression(thresholdOf(1, [shared, shared, node("a")]));
    const places = circles.flatMap((c) => (c.kind === "node" ? [[c.id, c.places]] : []));
    expect(places).toContainEqual(["a", 3]);
    expect(places).toContainEqual(["b", 2]);
  });

  test("an expression that would be larger than any screen stays closed, and says what is inside", () => {
    let expr: Expr = thresholdOf(2, ["a", "b", "c"].map(node));
    for (let depth = 0; depth < 40; depth++) expr = thresholdOf(1, [expr, expr]);
    const { circles } = packExpression(expr, { maxCircles: 100 });
    expect(circles.length).toBeLessThanOrEqual(100);
    const closed = circles.flatMap((c) => (c.kind === "gate" && c.closed ? [c.nodes] : []));
    expect(closed.length).toBeGreaterThan(0);
    expect(new Set(closed)).toEqual(new Set([3]));
  });

  test("constants and single nodes have pictures, too", () => {
    for (const text of ["true", "false", "a"]) expect(troubleOfXml(expressionSvg(parse(text)))).toBe(null);
  });
});

test("what makes no picture is refused with what was expected", () => {
  const edge = (b: string) => ({ learners: [{ id: "a" }], edges: [{ a: "a", b, breaks: 1 }] });
  expect(() => graphLayout(edge("x"))).toThrow('"edge" expected ends that are learners, got "x"');
  expect(() => graphLayout({ learners: [{ id: "a" }, { id: "a" }], edges: [] })).toThrow(QuorumError);
  const table = { title: "", rows: ["a"], columns: ["a", "b"] };
  expect(() => heatMapSvg({ ...table, values: [] })).toThrow(QuorumError);
  expect(() => heatMapSvg({ ...table, values: [[1]] })).toThrow('"row of values" expected 2 numbers, got 1');
  expect(() => heatMapSvg({ ...table, values: [[1, -1]] })).toThrow(QuorumError);
  expect(() => loadBarsSvg({ title: "", bars: [{ id: "a", load: Number.NaN }] })).toThrow(QuorumError);
  const line = (p: number, failure: number) => ({
    title: "",
    lines: [{ label: "l", points: [[p, failure] as const] }],
  });
  expect(() => failureCurveSvg(line(0, 0.5))).toThrow(QuorumError);
  expect(() => failureCurveSvg(line(0.5, 1.5))).toThrow(QuorumError);
  const chain = { name: "c", validators: [{ id: "v", stake: -1n }] };
  expect(() => stakeTreemapSvg({ title: "", chains: [chain] })).toThrow(QuorumError);
});
