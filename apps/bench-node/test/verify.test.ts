import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goodTrace, type TraceEvent, violatingTraces } from "@eunomia/trace";
import { TraceWriter } from "@eunomia/trace/file";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { formatVerified, verifyTraces } from "../src/verify/verify.ts";
import { called } from "./support/called.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const { path, remove } = temporaryDirectory("verify");
afterAll(remove);
afterEach(() => {
  for (const name of readdirSync(path)) rmSync(join(path, name));
});

/** The events as a cluster leaves them: a file for each process. */
function written(events: readonly TraceEvent[]): string[] {
  const files = new Map<string, TraceWriter>();
  for (const event of events) {
    const name = join(path, `${"who" in event ? event.who : "operator"}.trace.jsonl`);
    const writer = files.get(name) ?? new TraceWriter(name);
    files.set(name, writer);
    writer.write(event);
  }
  for (const writer of files.values()) writer.close();
  return [...files.keys()].sort();
}

const how = { fifo: false, complete: true };

test("a run that keeps every promise is found to", async () => {
  const verified = await verifyTraces(written(goodTrace), how);
  expect(verified).toMatchObject({ ok: true, why: "All that was judged holds.", broken: [] });
});

describe("a run that breaks a promise is refused by it, at the lines that show it", () => {
  // Not those that take more than the command asks for, nor the one that takes a recovery's word for nothing.
  const ours = violatingTraces.filter(
    ({ name, options = {} }) =>
      Object.keys(options).every((option) => option === "fifo") && !name.startsWith("a recovery claims"),
  );
  let placed = 0;
  test.each(ours.map((one) => [`${one.property}: ${one.name}`, one] as const))(
    "%s",
    async (_name, { property, events, options }) => {
      const files = written(events);
      const verified = await verifyTraces(files, { ...how, ...options });
      expect(verified.ok).toBe(false);
      expect(verified.verdicts.find((verdict) => verdict.property === property)?.kind).not.toBe("ok");
      for (const { places } of verified.broken) {
        placed += 1;
        expect(places.length).toBeGreaterThan(0);
        expect(formatVerified(verified)).toContain(`${places[0]!.file}:${places[0]!.line} {"kind":`);
      }
    },
  );

  test("most of them name lines", () => {
    expect(ours.length).toBeGreaterThan(20);
    expect(placed).toBeGreaterThan(15);
  });
});

describe("without traces of clients", () => {
  const ofNodes = goodTrace.filter(({ kind }) => kind !== "broadcast" && kind !== "control");

  test("validity and termination are left out, and the rest is judged", async () => {
    const verified = await verifyTraces(written(ofNodes), how);
    expect(verified.ok).toBe(true);
    const judged = verified.verdicts.map(({ property }) => property);
    expect(judged).toContain("P3 agreement");
    expect(judged.filter((property) => /^P[14] /.test(property))).toEqual([]);
  });

  test("nodes that disagree are refused all the same", async () => {
    const [mine] = violatingTraces.filter(({ property }) => property === "P3 agreement");
    const events = mine!.events.filter(({ kind }) => kind !== "broadcast" && kind !== "control");
    expect((await verifyTraces(written(events), how)).why).toBe("Violated: P3 agreement.");
  });

  test("a node that has not got everything is pending, and a failure for who asks for all of it", async () => {
    const short = ofNodes.filter(
      (event) =>
        !(event.kind === "quiesced" || (event.kind === "deliver" && event.who === "r1" && event.slot > 2)),
    );
    const files = written(short);
    expect(await verifyTraces(files, { ...how, complete: false })).toMatchObject({
      ok: true,
      why: expect.stringContaining("Not fulfilled when the traces end: P5 relay"),
    });
    expect(await verifyTraces(files, how)).toMatchObject({ ok: false });
  });
});

describe("the command", () => {
  const verify = (...words: string[]) => called("verify", ...words);

  test("ends with 0 for a good folder, with 1 for a bad one, and says so as JSON too", async () => {
    written(goodTrace);
    expect(await verify(path)).toMatchObject({ code: 0, stdout: expect.stringContaining("P3 agreement") });
    for (const name of readdirSync(path)) rmSync(join(path, name));
    written(violatingTraces.find(({ property }) => property === "P3 agreement")!.events);
    const { code, stdout } = await verify(path, "--json");
    expect(code).toBe(1);
    const { ok, broken } = JSON.parse(stdout);
    expect({ ok, property: broken[0].property }).toEqual({ ok: false, property: "P3 agreement" });
  });

  test("refuses folders without traces, files that are none, and runs in which nothing was delivered", async () => {
    expect(await verify(path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("eunomia start --trace"),
    });
    expect(await verify(join(path, "absent"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("got nothing"),
    });
    const file = join(path, "n1.trace.jsonl");
    writeFileSync(file, '{"kind":"deliver","who":"n1"}\n');
    expect(await verify(path)).toMatchObject({ code: 2, stderr: expect.stringContaining(file) });
    writeFileSync(file, '{"kind":"recover","at":1,"who":"n1","slot":0}\n');
    expect(await verify(path)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("nothing was judged"),
    });
  });
});
