import { expect, test } from "vitest";
import { namesOf } from "../src/report/names.ts";
import { resolved, UnknownName } from "../src/report/resolve.ts";

const key = (end: string): string => `cosmosvaloper1qqqqqqqqqqqq${end}`;

test("no two nodes get one name, and nobody is taken for somebody else's organisation", () => {
  const names = namesOf([
    { id: key("a") },
    { id: key("b") },
    { id: key("c"), name: "twin" },
    { id: key("d"), name: "twin" },
    { id: "x", name: "alone" },
    { id: "y", name: "lobstr", group: undefined },
    { id: "z", name: "zeta", group: "lobstr" },
  ]);
  const ids = [...["a", "b", "c", "d"].map(key), "x", "y", "z"];
  expect(new Set(ids.map((id) => names.of(id))).size).toBe(ids.length);
  expect(new Set(ids.map((id) => names.groupOf(id))).size).toBe(ids.length);
  expect(names.of("x")).toBe("alone");
  expect(names.groupOf("z")).toBe("lobstr");
});

test("a long key is cut where its beginning tells it apart", () => {
  expect(namesOf([{ id: key("a") }]).of(key("a"))).toBe("cosmosva…");
});

test("names mean nodes by id, then by name, then by organisation", () => {
  const names = namesOf([
    { id: "a", name: "b", group: "org" },
    { id: "b", name: "c", group: "org" },
  ]);
  const means = (...wanted: readonly string[]) => resolved(wanted, ["a", "b"], names);
  expect(means("b")).toEqual(["b"]);
  expect(means("C")).toEqual(["b"]);
  expect(means("org")).toEqual(["a", "b"]);
  expect(() => means("orgy")).toThrow(UnknownName);
});
