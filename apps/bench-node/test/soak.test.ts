import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HistoryEvent, Linearizability, register } from "@eunomia/trace";
import { afterAll, beforeAll, expect, test } from "vitest";
import { judgeTraces } from "../src/demo/judge.ts";
import { kinds } from "../src/soak/plan.ts";
import type { SoakReport } from "../src/soak/report.ts";
import { withOldRead } from "./support/kv-history.ts";
import { Shell } from "./support/shell.ts";

let shell: Shell;
let report: SoakReport;
beforeAll(async () => {
  shell = await Shell.open("soak");
}, 60_000);
afterAll(() => shell?.close());

const lines = (name: string): string[] =>
  readFileSync(join(shell.path, "soak", name), "utf8")
    .trim()
    .split("\n");

test("every trouble once: nothing is lost or doubled, and the report says by what it was tried", {
  timeout: 600_000,
}, async () => {
  const ran = await shell.run(
    ...["soak", "--rounds", "1", "--seed", "20", "--rate", "50", "--directory", "soak", "--json"],
  );
  expect(ran).toMatchObject({ code: 0 });
  report = JSON.parse(ran.stdout);
  console.log(report.means.map(({ trouble, by }) => `${trouble}: ${by}`).join("\n"));
  expect(report).toMatchObject({ verdict: "ok", alarms: [], linearizability: { verdict: "ok" } });
  expect(report.linearizability.operations).toBeGreaterThan(100);
  expect(report.counts.deliveredCommands).toBeGreaterThan(200);
  expect(report.troubles.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  expect(report.troubles.every(({ what }) => what !== "")).toBe(true);
  expect(report.stored.most.bytes).toBeGreaterThan(2 ** 20);
  const page = readFileSync(join(shell.path, "soak", "report.html"), "utf8");
  for (const part of ["Resident memory", "Open descriptors", "Longest read or write", "What happened"])
    expect(page).toContain(part);
});

test("the same traces with one delivery left out are not ok, nor are they with a command that nobody handed in", async () => {
  const nodes = ["n1", "n2", "n3", "n4", "n5"];
  const traced = nodes.map((id) => join(shell.path, "soak", `${id}.trace.jsonl`));
  const judged = async (clients: string, follower: string): Promise<string[]> => {
    const { verdicts } = await judgeTraces(
      [...traced, clients, follower, join(shell.path, "soak", "soak.trace.jsonl")],
      nodes,
      ["subscriber"],
    );
    return verdicts.filter(({ kind }) => kind === "violated").map(({ property }) => property);
  };
  const [clients, follower] = ["clients", "subscriber"].map((who) =>
    join(shell.path, "soak", `${who}.trace.jsonl`),
  ) as [string, string];
  expect(await judged(clients, follower)).toEqual([]);
  const without = (name: string, at: number): string => {
    const file = join(shell.path, `without-${name}`);
    copyFileSync(join(shell.path, "soak", name), file);
    const all = lines(name);
    writeFileSync(file, `${[...all.slice(0, at), ...all.slice(at + 1)].join("\n")}\n`);
    return file;
  };
  expect(await judged(clients, without("subscriber.trace.jsonl", 40))).toContain("P6 gap-free");
  expect(await judged(without("clients.trace.jsonl", 10), follower)).toContain("P1 validity");
});

test("the same history with one old read is not linearizable", () => {
  const history = lines("history.jsonl").map((line) => JSON.parse(line) as HistoryEvent);
  const verdictOf = (events: readonly HistoryEvent[]): string => {
    const monitor = new Linearizability(register);
    for (const event of events) monitor.feed(event);
    return monitor.verdict().kind;
  };
  expect(verdictOf(history)).toBe("ok");
  expect(verdictOf(withOldRead(history))).toBe("violated");
});

test("what cannot be is refused before anything starts", async () => {
  for (const wrong of [
    ["--minutes", "0"],
    ["--seed", "x"],
    ["--rate", "0"],
    ["--rounds", "0"],
  ])
    expect((await shell.run("soak", ...wrong)).code).toBe(2);
});
