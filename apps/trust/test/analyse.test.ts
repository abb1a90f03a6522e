import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { called, data, place, written } from "./support/called.ts";

describe("a Stellar network", () => {
  test("of 2025: who can split and halt it, and all that is counted", async () => {
    const { code, out } = await called("analyse", data("stellar-2025-07-20"));
    expect(code).toBe(0);
    expect(out).toContain("All quorums meet");
    expect(out).toMatch(/It takes 3 organisations to split it, by lying/);
    expect(out).toMatch(/It takes 3 organisations to halt it/);
    expect(out).toMatch(/It takes 3 nodes to split it/);
    expect(out).toMatch(/It takes 6 nodes to halt it/);
    expect(out).toContain("Minimal quorums: 5103. Minimal sets of nodes that halt it: 945.");
    expect(out).toMatch(/www\.stellar\.org +3 +no +no/);
    expect(out).toContain("(so for 533 nodes)");
  });

  test("of 2019: a watcher is split off by fewer than the core", async () => {
    const { code, out } = await called("analyse", data("stellar-2019-09-17"));
    expect(code).toBe(0);
    expect(out).toMatch(/It takes 3 nodes to split it, by lying/);
    expect(out).toMatch(/It takes 2 nodes to split off somebody outside the core/);
    expect(out).toContain("Minimal quorums: 1161. Minimal sets of nodes that halt it: 174.");
  });

  test("as JSON and with pictures", async () => {
    const { code, out, err } = await called(
      "analyse",
      data("stellar-2025-07-20"),
      "--json",
      "--pictures",
      place("stellar"),
    );
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report.outcome).toBe("good");
    expect(report.data.splitNodes.size).toBe(3);
    expect(report.data.haltNodes.size).toBe(6);
    expect(report.data.organisationSets.halting.length).toBe(35);
    expect(readdirSync(place("stellar")).sort()).toEqual([
      "chances.svg",
      "organisations.svg",
      "quorums.svg",
      "report.html",
    ]);
    expect(err).toContain("wrote");
    const page = readFileSync(place("stellar/report.html"), "utf8");
    expect(page).toContain("Boötes");
    expect(page.match(/<svg /g)!.length).toBe(3);
    expect(page).not.toMatch(/<script|src=|href=/);
  });

  const two = (a: string, b: string): string =>
    JSON.stringify(
      [a, b].map((publicKey) => ({
        publicKey,
        quorumSet: { threshold: 1, validators: [publicKey], innerQuorumSets: [] },
      })),
    );

  test("that is split ends with 1, and so does one without quorums", async () => {
    const split = await called("analyse", written("split.json", two("a", "b")));
    expect(split.code).toBe(1);
    expect(split.out).toContain("can split though everybody is honest: a on one side, b on the other");
    const none = [
      { publicKey: "a", quorumSet: { threshold: 2, validators: ["a", "b"], innerQuorumSets: [] } },
    ];
    const still = await called("analyse", written("still.json", JSON.stringify(none)));
    expect(still.code).toBe(1);
    expect(still.out).toContain("There is no quorum at all");
  });
});

describe("stake", () => {
  test("of the Cosmos Hub, with known coefficients", async () => {
    const { code, out } = await called("analyse", data("cosmoshub-4-2022-10"));
    expect(code).toBe(0);
    expect(out).toMatch(/validators +7 +12 +24 +7 +7 +0\.\d\d/);
    expect(out).toMatch(/33\.3 % of the stake, or 7 validators/);
    expect(out).toContain("Coinbase Custody, has 6.96 %");
  });

  test("as CSV, with operators as one failure each", async () => {
    const csv = written("stake.csv", "id,stake,operator\na,40,x\nb,30,x\nc,20,y\nd,10,z\n");
    const { code, out } = await called("analyse", csv, "--rule", "1/2");
    expect(code).toBe(0);
    expect(out).toMatch(/operators +1 +1 +1/);
    const loose = await called("analyse", csv, "--rule", "2/5");
    expect(loose.code).toBe(1);
    expect(loose.out).toContain("can fork though everybody is honest");
  });
});

describe("quorums", () => {
  test("as an expression: what may stop, what can lie, who matters, how busy", async () => {
    const file = written("q.txt", "{a, b, {c, d, e} >= 2} >= 2");
    const { code, out } = await called("analyse", file, "--pictures", place("q"));
    expect(code).toBe(0);
    expect(out).toContain("All quorums meet");
    expect(out).toContain("1 lying node can make quorums disagree, such as a.");
    expect(out).toContain("Any 1 node may stop; 2 nodes can halt it: a, b.");
    expect(out).toContain("Minimal quorums: 7.");
    expect(out).toMatch(/the busiest node takes part in 57\.1 % of all operations/);
    expect(readdirSync(place("q")).sort()).toEqual(["chances.svg", "load.svg", "quorums.svg", "report.html"]);
  });

  test("that need not meet end with 1, with two that do not", async () => {
    const { code, out } = await called("analyse", written("or.txt", "a & b | c & d"));
    expect(code).toBe(1);
    expect(out).toMatch(/a, b and c, d can decide differently|c, d and a, b can decide differently/);
  });

  test("of quoracle", async () => {
    const { code, out } = await called("analyse", written("q.py", "a * b + c * d"), "--as", "quoracle");
    expect(code).toBe(1);
    expect(out).toContain("a & b | c & d");
  });
});

describe("a trust graph", () => {
  const graph = "learner red: {r, s1, s2, s3} >= 3\nlearner blue: {b, s1, s2, s3} >= 3\n";

  test("that is valid", async () => {
    const { code, out } = await called(
      "analyse",
      written("g.txt", `${graph}edge red - blue: s1 & s2 & s3\n`),
    );
    expect(code).toBe(0);
    expect(out).toContain("The graph is valid");
    expect(out).toContain("{blue, red}");
  });

  test("that is invalid, with a witness", async () => {
    const { code, out } = await called("analyse", written("bad.txt", `${graph}edge red - blue: s1\n`));
    expect(code).toBe(1);
    expect(out).toContain("The graph is invalid");
  });
});
