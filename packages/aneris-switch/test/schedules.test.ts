import { engineCases } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { gatewayEngine, replicaEngine } from "../src/index.ts";
import { ClientMessage, membershipOf } from "../src/messages.ts";
import { configOf, oracles } from "./support/lab.ts";
import { Schedule, type ScheduleOptions } from "./support/schedule.ts";
import { gatewayCommands, replicaCommands } from "./support/walkers.ts";
import { memberTwins } from "./twins/members.ts";
import { replicaTwins } from "./twins/replicas.ts";

/** More by `ANERIS_SCHEDULES=20000 npx vitest run test/schedules.test.ts`, from another place by `ANERIS_SEED`. */
const count = Number(process.env.ANERIS_SCHEDULES ?? 1000);
const from = Number(process.env.ANERIS_SEED ?? 1);

interface Total {
  delivered: number;
  swaps: number;
  changes: number;
  removed: number;
  events: number;
  crashes: number;
  failures: string[];
}

function runAll(seeds: number, options: ScheduleOptions = {}, failuresMax = Number.POSITIVE_INFINITY): Total {
  const total: Total = {
    delivered: 0,
    swaps: 0,
    changes: 0,
    removed: 0,
    events: 0,
    crashes: 0,
    failures: [],
  };
  for (let seed = from; seed < from + seeds && total.failures.length < failuresMax; seed += 1) {
    const { violation, swaps, changes, removed, events, crashes } = Schedule.run(seed, options);
    total.events += events;
    total.crashes += crashes;
    if (violation !== null) total.failures.push(`seed ${seed}: ${violation.message}`);
    else {
      total.delivered += 1;
      total.swaps += swaps;
      total.changes += changes;
      total.removed += removed;
    }
  }
  return total;
}

test("random schedules: P1 to P8, P11, P12, and everything arrives", { timeout: 3_600_000 }, () => {
  const { failures, ...total } = runAll(count);
  console.log(`${count} schedules`, JSON.stringify(total));
  expect(failures).toEqual([]);
  expect(total.delivered).toBe(count);
  expect(total.swaps).toBeGreaterThan(count / 2);
  expect(total.changes).toBeGreaterThan(count / 4);
  expect(total.removed).toBeGreaterThan(count / 4);
});

describe("broken twins are found", () => {
  for (const [name, make] of Object.entries({ ...replicaTwins, ...memberTwins }))
    test(name, { timeout: 60_000 }, () => {
      const [failure] = runAll(1000, { make }, 1).failures;
      expect(failure).toBeDefined();
      console.log(`found: ${failure}`);
    });
});

describe("a replica is an engine", () => {
  const ids = ["r0", "r1", "r2"];
  const processes = Object.fromEntries(
    ids.map((self) => {
      const config = configOf({
        self,
        membership: membershipOf(ids, 1),
        alpha: 2,
        maxPending: 64,
        maxAhead: 32,
      });
      return [self, { engine: replicaEngine(config, oracles), config }];
    }),
  );
  const subject = {
    processes,
    commands: replicaCommands(),
    ids: { process: ids },
    durable: (_process: string, observation: unknown) => observation,
  };
  for (const one of engineCases) test(one.name, () => one.run(subject));
});

describe("a gateway is an engine", () => {
  const config = { self: "g0", maxSubscribers: 4, maxClients: 8, readBytes: 1024, ownerUntil: "" };
  const subject = {
    processes: { g0: { engine: gatewayEngine, config } },
    commands: gatewayCommands,
    ids: { process: ["a", "b", "c"] },
  };
  for (const one of engineCases) test(one.name, () => one.run(subject));
  test("its messages are the public ones", () => expect(gatewayEngine.schema.message).toBe(ClientMessage));
});
