import { describe, expect, test } from "vitest";
import { called, data, written } from "./support/called.ts";

describe("a Stellar network", () => {
  const file = data("stellar-2025-07-20");

  test("goes on without two organisations, and stands still without three", async () => {
    const two = await called("whatif", file, "--crash", "lobstr.co,satoshipay.io");
    expect(two.code).toBe(0);
    expect(two.out).toContain("It goes on");
    expect(two.out).toContain("9 nodes are down");
    const three = await called("whatif", file, "--crash", "lobstr.co,satoshipay.io,www.stellar.org");
    expect(three.code).toBe(1);
    expect(three.out).toContain("It stands still");
    expect(three.out).toContain("Quorums cannot disagree");
  });

  test("splits if one node of each of three organisations lies", async () => {
    const { code, out } = await called("whatif", file, "--byzantine", "FT SCV 3,SDF 3,Gamma Node Validator");
    expect(code).toBe(1);
    expect(out).toMatch(/Quorums can disagree: .* against .*, each with the help of those that lie/);
  });

  test("refuses names of nobody, and says who is like it", async () => {
    const { code, err } = await called("whatif", file, "--crash", "lobstr.com");
    expect(code).toBe(2);
    expect(err).toContain(
      'error: "lobstr.com" expected the id or name of a node, or an organisation; there are',
    );
    expect(err).toContain("lobstr.co");
  });
});

test("quorums: the dead do not help those that lie", async () => {
  const file = written("q.txt", "{a, b, c, d} >= 3");
  const one = await called("whatif", file, "--byzantine", "a");
  expect([one.code, one.out.includes("Quorums cannot disagree")]).toEqual([0, true]);
  const two = await called("whatif", file, "--byzantine", "a,b");
  expect([two.code, two.out.includes("Quorums can disagree")]).toEqual([1, true]);
  const dead = await called("whatif", file, "--byzantine", "a,b", "--crash", "c");
  expect(dead.out).toContain("Quorums cannot disagree");
  expect(dead.out).toContain("It stands still");
});

test("stake: a validator by its name", async () => {
  const { code, out } = await called(
    "whatif",
    data("cosmoshub-4-2022-10"),
    "--byzantine",
    "coinbase custody",
  );
  expect(code).toBe(0);
  expect(out).toContain("1 node may say anything: Coinbase Custody.");
});

test("a trust graph: who may fork, who still must agree", async () => {
  const graph =
    "learner red: {r, s1, s2, s3} >= 3\nlearner blue: {b, s1, s2, s3} >= 3\nedge red - blue: s1 & s2 & s3\n";
  const fine = await called("whatif", written("g.txt", graph));
  expect(fine.code).toBe(0);
  expect(fine.out).toMatch(/red +yes +yes +no +blue/);
  const caught = await called("whatif", written("g.txt", graph), "--byzantine", "s1", "--crash", "r");
  expect(caught.code).toBe(1);
  expect(caught.out).toContain("May fork: blue, red.");
  expect(caught.out).toMatch(/red +no +no +yes +nobody/);
  expect(caught.out).toContain("s1 & s2 & s3 fails: it needs s1");
});
