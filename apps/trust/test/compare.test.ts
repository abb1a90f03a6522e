import { describe, expect, test } from "vitest";
import { called, data, place, written } from "./support/called.ts";

describe("two chains", () => {
  const files = [data("cosmoshub-4-2022-10"), data("osmosis-1-2021-07-23")] as const;

  test("share much, and can promise nothing with quorums of two thirds", async () => {
    const { code, out } = await called("compare", ...files, "--pictures", place("chains"));
    expect(code).toBe(1);
    expect(out).toContain("no agreement can be promised even if everybody is honest");
    expect(out).toMatch(/They share 53 operators with 35\.6 % of .* and 69\.9 % of/);
    for (const rule of ["2/3", "3/4", "4/5", "17/20"])
      expect(out).toMatch(new RegExp(`> ${rule} +may disagree`));
    expect(out).toMatch(/> 9\/10 +must agree +6\.61 % +10\.4 % +2/);
    expect(out).toContain("Agreement becomes possible with quorums of more than 86.2 % on both.");
  });

  test("can with quorums of nine tenths, and then it is said who breaks it", async () => {
    const { code, out } = await called("compare", ...files, "--rule", "9/10", "--join", "account,identity");
    expect(code).toBe(0);
    expect(out).toContain("must agree while the Byzantine have less than 6.61 % of");
    expect(out).toContain("Told apart by: same account, same keybase identity.");
  });

  test("joined by monikers come with a warning, and with one operator more", async () => {
    const { out } = await called("compare", ...files, "--join", "account,identity,moniker");
    expect(out).toContain("a moniker is free to choose");
    expect(out).toMatch(/They share 5[4-9] operators/);
  });
});

test("two snapshots of one network: what changed", async () => {
  const { code, out } = await called("compare", data("stellar-2019-09-17"), data("stellar-2025-07-20"));
  expect(code).toBe(0);
  expect(out).toContain("21 nodes in the core, before 17.");
  expect(out).toMatch(/stellar-2025-07-20 +637 +21 +intersects +3 +3 +6 +3/);
});

describe("two quorum systems", () => {
  test("that always meet, and one of which allows more", async () => {
    const [a, b] = [written("a.txt", "{x, y, z} >= 2"), written("b.txt", "x & y & z")];
    const { code, out } = await called("compare", a, b);
    expect(code).toBe(0);
    expect(out).toContain("Every quorum of a is one of b: no. Every quorum of b is one of a: yes.");
    expect(out).toContain("2 lying nodes can make the two disagree");
  });

  test("that need not meet", async () => {
    const { code, out } = await called("compare", written("c.txt", "x & y"), written("d.txt", "z"));
    expect(code).toBe(1);
    expect(out).toContain("can disagree though everybody is honest");
  });
});

test("two of different kinds are refused in one line", async () => {
  const { code, err } = await called("compare", written("e.txt", "x"), data("stellar-2019-09-17"));
  expect(code).toBe(2);
  expect(err).toBe("error: compare expected two of one kind, got quorums and a network");
});

test("two trust graphs: which agreement is gone", async () => {
  const learners = "learner red: {r, s1, s2, s3} >= 3\nlearner blue: {b, s1, s2, s3} >= 3\n";
  const before = written("before.txt", `${learners}edge red - blue: s1 & s2 & s3\n`);
  const after = written("after.txt", learners);
  const { code, out } = await called("compare", before, after);
  expect(code).toBe(1);
  expect(out).toMatch(/need not agree any more/);
  expect(out).toMatch(/blue and red +\S+ +1 +0/);
  expect((await called("compare", before, before)).code).toBe(0);
});
