import { consensusSchedules, readVectors, runVector } from "@eunomia/conformance";
import { expect, test } from "vitest";
import { memberEngine } from "../src/index.ts";
import { adapter } from "./adapter.ts";
import { cluster, everybody } from "./cluster.ts";
import type { EngineOf } from "./rig.ts";
import { rules } from "./rules.ts";
import { digestRules } from "./rules-digest.ts";
import { timingRules } from "./rules-timing.ts";
import { twins } from "./twins.ts";

const vectors = readVectors(new URL("./vectors.jsonl", import.meta.url));

/** Which of the tests of this package refuse the engine. */
function refusals(engineOf: EngineOf): string[] {
  const refused: string[] = [];
  const attempt = (name: string, run: () => void) => {
    try {
      run();
    } catch {
      refused.push(name);
    }
  };
  for (const vector of vectors) attempt(vector.id, () => void runVector(vector, adapter(engineOf)));
  for (const { name, run } of [...rules, ...timingRules, ...digestRules]) attempt(name, () => run(engineOf));
  return refused;
}

test("the engine itself is not refused", () => {
  expect(refusals(memberEngine)).toEqual([]);
});

for (const { kind, fault, engineOf } of twins)
  test(`refused, ${kind}: ${fault}`, () => {
    const refused = refusals(engineOf);
    expect(refused).not.toEqual([]);
  });

/** Schedules per broken set-up; the search stops at the first violation. */
const count = Number(process.env.TWO_THIRDS_SCHEDULES ?? 3000);

function violation(options: {
  engineOf?: EngineOf;
  recover?: () => readonly unknown[];
  loss?: number;
}): string {
  const { engineOf = memberEngine, loss = 0.1, ...rest } = options;
  const report = consensusSchedules({
    engines: cluster({ engineOf }),
    ...everybody(),
    slots: 1,
    seeds: { count },
    faults: { loss, duplication: 0.1, crash: 0.03 },
    shrinkReplays: 0,
    ...rest,
  });
  const [failure] = report.failures;
  console.log(`${failure?.property ?? "nothing"} after ${report.runs} schedules: ${failure?.reason ?? ""}`);
  return failure?.property ?? "nothing";
}

test("random schedules find T = 2 of 4", () => {
  const twin = twins.find(({ fault }) => fault === "T - 1 votes lead to the next round")!;
  expect(["agreement", "integrity"]).toContain(violation(twin));
});

test("random schedules find votes that are not durable", () => {
  const amnesia = violation({ recover: () => [] });
  expect(["agreement", "integrity"]).toContain(amnesia);
});

test("random schedules find votes that leave before they are durable", () => {
  const twin = twins.find(({ kind }) => kind === "vote not durable")!;
  expect(["agreement", "integrity"]).toContain(violation(twin));
});

test("random schedules find what stops a live cluster from deciding", () => {
  const twin = twins.find(({ fault }) => fault === "a lost vote stays lost")!;
  expect(violation({ engineOf: twin.engineOf, loss: 0.5 })).toBe("liveness");
});
