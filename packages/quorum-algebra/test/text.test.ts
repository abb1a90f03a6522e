import {
  and,
  constant,
  type Expr,
  type Groups,
  node,
  or,
  parse,
  print,
  QuorumSyntaxError,
  sameExpr,
  thresholdOf,
  weightedOf,
} from "@eunomia/quorum-algebra";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyExpr, refuted, seeded } from "./naive.ts";

const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(node) as [Expr, Expr, Expr, Expr, Expr];
const groups: Groups = {
  red: new Map([
    ["a", 10n],
    ["b", 7n],
    ["c", 5n],
  ]),
  blue: ["d", "e"],
  org: thresholdOf(2, [a, b, c]),
};
const redWeights = [
  [10n, a],
  [7n, b],
  [5n, c],
] as const;

test.each<[string, Expr]>([
  ["a", a],
  ["true", constant(true)],
  ['"true" | "a b" | "\\u00e9"', or(node("true"), node("a b"), node("é"))],
  ["{a,b,c} >= 2", thresholdOf(2, [a, b, c])],
  ["{a,b,c} == 2", thresholdOf(2, [a, b, c])],
  ["{a,b,c} > 2", thresholdOf(3, [a, b, c])],
  ["{a, a, b} >= 2", thresholdOf(2, [a, a, b])],
  [
    "{a*3, b*2, {c,d,e}>=2 *1} >= 4",
    weightedOf(4n, [
      [3n, a],
      [2n, b],
      [1n, thresholdOf(2, [c, d, e])],
    ]),
  ],
  [
    "{a*3, b} >= 4",
    weightedOf(4n, [
      [3n, a],
      [1n, b],
    ]),
  ],
  ["a & b | c", or(and(a, b), c)],
  ["a & (b | c)", and(a, or(b, c))],
  ["(a | b) | c", or(or(a, b), c)],
  ["{a | b, c} >= 1", thresholdOf(1, [or(a, b), c])],
  ["{} >= 0", thresholdOf(0, [])],
  ["majority(a..e)", thresholdOf(3, [a, b, c, d, e])],
  ["majority(a, b)", and(a, b)],
  ["all(a, b | c)", and(a, or(b, c))],
  ["any(a..c)", or(a, b, c)],
  ["{n08..n10} >= 2", thresholdOf(2, [node("n08"), node("n09"), node("n10")])],
  ["majority", node("majority")],
  ["{red*} > 2/3", weightedOf(15n, redWeights)],
  ["red >= 12", weightedOf(12n, redWeights)],
  ["majority(red)", weightedOf(12n, redWeights)],
  ["{blue, a} > 1/2", thresholdOf(2, [a, d, e])],
  ["{a, b, c} >= 2/3", thresholdOf(2, [a, b, c])],
  ["{blue >= 1, a} >= 2", and(or(d, e), a)],
  ["org & d", and(thresholdOf(2, [a, b, c]), d)],
  ['"org"', node("org")],
  ["a // the rest\n & /* of it */ b", and(a, b)],
  ["HMAC-key-1 | _x", or(node("_x"), node("HMAC-key-1"))],
])("%s", (text, expr) => {
  expect(parse(text, groups)).toEqual(expr);
});

test.each<[string, string, number, string[]]>([
  ["", "unexpected", 0, ["an id", "{", "("]],
  ["a b", "unexpected", 2, ["&", "|", "the end"]],
  ["a & ", "unexpected", 4, ["an id", "{", "("]],
  ["(a", "unexpected", 2, ["&", "|", ")"]],
  ["{a, b >= 2", "unexpected", 6, [",", "}"]],
  ["{a, b}", "unexpected", 6, [">", "==", ">="]],
  ["{a, b} >= x", "unexpected", 10, ["a number"]],
  ["{a*b} >= 1", "unexpected", 3, ["a number"]],
  ["{a} > 3/2", "range", 8, ["a fraction of at most 1"]],
  ["{a} > 1/0", "range", 8, ["a fraction of at most 1"]],
  ["{a} >= 99999999999999999999", "range", 7, ["a count below 2^53"]],
  ["majority(e..a)", "range", 12, ['the last id of a range that begins with "e"']],
  ["majority(n1..m3)", "range", 13, ['the last id of a range that begins with "n1"']],
  ["majority(n1..n99999999)", "range", 13, ['the last id of a range that begins with "n1"']],
  ["red", "unexpected", 3, [">", "==", ">="]],
  ["{red*2} >= 1", "group", 5, ["no weight: the members of a list bring their own"]],
  ["all(red)", "group", 0, ['members without weights in "all"']],
  ["a ; b", "character", 2, ["an id", "a number", "one of {}()&|,*/>"]],
  ['a | "b', "unterminated", 4, ["a quoted id on one line"]],
  ["a /* b", "unterminated", 2, ["*/"]],
  ['""', "range", 0, ["a non-empty well-formed id"]],
  ['"\\ud800"', "range", 0, ["a non-empty well-formed id"]],
  ["(".repeat(300), "depth", 200, ["nesting of at most 200"]],
])("%s is refused: %s at %i", (text, code, offset, expected) => {
  try {
    parse(text, groups);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof QuorumSyntaxError)) throw error;
    expect({ code: error.code, offset: error.offset, expected: error.expected }).toEqual({
      code,
      offset,
      expected,
    });
  }
});

test("the place is given in lines and columns", () => {
  expect(() => parse("a |\n  {b, c} >= d")).toThrow(
    expect.objectContaining({
      line: 2,
      column: 13,
      got: '"d"',
      message: 'line 2, column 13: expected a number, got "d"',
    }),
  );
});

describe("printer", () => {
  const odd = ["a", "b-c", "true", "a b", 'q"\\', "\n\u0001", "é€😀", "1", "any", "x-"];
  const readsBack = (printer: (e: Expr) => string, compare = sameExpr) =>
    fc.property(anyExpr(odd), (e) => compare(parse(printer(e)), e));

  test("what it prints is read back as the same data", () => {
    fc.assert(readsBack(print), seeded(800));
    fc.assert(
      fc.property(anyExpr(odd), (e) => {
        expect(parse(print(e))).toEqual(e);
      }),
      seeded(200),
    );
  });

  test("a twin without parentheses is refused", () => {
    expect(refuted(readsBack((e) => print(e).replaceAll(/[()]/g, "")))).toBe(true);
  });

  test.each([
    ["a & b | c", "c | a & b"],
    ["(a | b) & c", "c & (a | b)"],
    ["{a*3, b*2, {c,d,e}>=2 *1} >= 4", "{({c, d, e} >= 2)*1, b*2, a*3} >= 4"],
    ['"a b" | WITHIN', '"a b" | "WITHIN"'],
  ])("%s → %s", (text, printed) => {
    expect(print(parse(text))).toBe(printed);
  });

  test("any text is read or refused with a place, never worse", () => {
    const scraps = fc.array(
      fc.constantFrom(
        "a",
        "b",
        "{",
        "}",
        "(",
        ")",
        ",",
        "&",
        "|",
        ">=",
        ">",
        "*",
        "..",
        "2",
        "/",
        '"',
        "majority",
        " ",
        "red",
        "//",
        "\n",
        "é",
      ),
      { maxLength: 9 },
    );
    let read = 0;
    fc.assert(
      fc.property(scraps, (parts) => {
        try {
          parse(parts.join(""), groups);
          read++;
        } catch (error) {
          if (!(error instanceof QuorumSyntaxError)) throw error;
          expect(error.offset).toBeLessThanOrEqual(parts.join("").length);
        }
      }),
      seeded(3000),
    );
    expect(read).toBeGreaterThan(50);
  });
});
