import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@eunomia/aneris-client";
import { keysOfSeed } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { TraceWriter } from "@eunomia/trace/file";
import { afterAll, expect, test } from "vitest";
import type { LocalCluster } from "../src/local/cluster.ts";
import { Controller } from "../src/local/control.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const directory = temporaryDirectory("control");
afterAll(() => directory.remove());

const swap = { kind: "swap", protocol: { name: "paxos", params: new Uint8Array() } } as const;
type Outcome = Awaited<ReturnType<Client["control"]>>;
const effective = (n: number, slot: number): Outcome => ({ kind: "effective", n, slot });
const usedUp = (n: number): Outcome => ({
  kind: "refused",
  n,
  reason: `number: ${n} is used up, the next is ${n + 1}`,
  certain: false,
});

/** A controller whose cluster answers what it is told to; `epochs` are what its two nodes say, asked again and again. */
function controlled(name: string, answers: Outcome[], epochs: readonly (number | null)[]) {
  const file = join(directory.path, `${name}.jsonl`);
  const trace = new TraceWriter(file);
  const cluster = {
    config: { cluster: "00".repeat(16), nodes: [{ id: "n1" }, { id: "n2" }] },
    controller: keysOfSeed(new Uint8Array(32), native),
    status: async (id: string) => {
      const epoch = epochs[id === "n1" ? 0 : 1]!;
      return epoch === null ? null : { epoch };
    },
  } as unknown as LocalCluster;
  const client = {
    control: async ({ sign }) => {
      const answer = answers.shift()!;
      await sign(answer.n, 100);
      return answer;
    },
  } as Pick<Client, "control"> as Client;
  const controller = new Controller(cluster, trace);
  return {
    control: () => controller.control(client, swap),
    left: () => answers.length,
    signed() {
      trace.close();
      const lines = readFileSync(file, "utf8").trim().split("\n");
      return lines.map((line) => (JSON.parse(line) as { n: number }).n);
    },
  };
}

test("a number that a lagging gateway names a second time is no change: the command is signed anew", async () => {
  // n2 has just been restarted, before the first swap; n1 has come to epoch 1 by it.
  const { control, signed } = controlled("lag", [effective(1, 9), usedUp(1), effective(2, 20)], [1, 0]);
  expect(await control()).toBe("control command 1 took effect in slot 9");
  expect(await control()).toBe("control command 2 took effect in slot 20");
  expect(signed()).toEqual([1, 1, 2]);
});

test("a number that a copy of this very command has used is a change: it is not made twice", async () => {
  const { control, left } = controlled("lost", [usedUp(1), effective(2, 20), usedUp(3)], [null, 3]);
  expect(await control()).toBe("control command 1 has taken effect");
  expect(await control()).toBe("control command 2 took effect in slot 20");
  expect(await control()).toBe("control command 3 has taken effect");
  expect(left()).toBe(0);
});

test("what the cluster refuses is said", async () => {
  const refused: Outcome = { kind: "refused", n: 1, reason: "expired: not after slot 3", certain: true };
  await expect(controlled("refused", [refused], [0, 0]).control()).rejects.toThrow(
    "the cluster refused to swap: expired: not after slot 3",
  );
});
