/**
 * One command through one replica: submit, propose, decided, deliver; against a bare loop that keeps sessions in a map and
 * hashes the batch. Both take turns in one run. `npx tsx --conditions=@eunomia/source bench/replica.bench.ts`
 */
import { createHash } from "node:crypto";
import { step } from "@eunomia/engine";
import { type ReplicaConfig, replicaDefaults, replicaEngine } from "../src/index.ts";
import { encodeCommand, joinBatch, membershipOf } from "../src/messages.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const body = new Uint8Array(256).fill(7);
const clients = 16;

const config: ReplicaConfig = {
  ...replicaDefaults,
  cluster: "bench",
  self: "r0",
  membership: membershipOf(["r0"], 0),
  staticClients: clients + 1,
  initial: { name: "none", params: new Uint8Array() },
  controllers: { threshold: 1, principals: [{ id: "m", key: new Uint8Array(32) }] },
};

/** Batches as clients send them: `perSlot` commands of one client, numbers ascending. */
function* batches(perSlot: number): Generator<{ client: number; first: number; batch: Uint8Array }> {
  const next = new Array<number>(clients + 1).fill(1);
  for (let turn = 0; ; turn += 1) {
    const client = 1 + (turn % clients);
    const first = next[client]!;
    next[client] = first + perSlot;
    const entries = Array.from({ length: perSlot }, (_, i) =>
      encodeCommand(client, first + i, first - 1, body),
    );
    yield { client, first, batch: joinBatch(entries) };
  }
}

interface Runner {
  /** Nanoseconds spent on the batch. */
  take(given: { client: number; first: number; batch: Uint8Array }): number;
}

function ours(): Runner {
  const engine = replicaEngine(config, { sha256, verify: () => true, validate: () => null });
  const state = engine.init(config);
  step(engine, config, state, { kind: "start", records: [] });
  return {
    take({ batch }) {
      const before = process.hrtime.bigint();
      const { effects } = step(engine, config, state, {
        kind: "commands",
        commands: [{ kind: "submit", batch }],
      });
      const effect = effects[0]!;
      if (effect.kind !== "output" || effect.output.kind !== "propose") throw new Error("not proposed");
      const { epoch, slot, value } = effect.output;
      const done = step(engine, config, state, {
        kind: "commands",
        commands: [{ kind: "decided", epoch, slot, value }],
      });
      const spent = Number(process.hrtime.bigint() - before);
      if (done.effects.length !== 2) throw new Error("not delivered");
      return spent;
    },
  };
}

/** What is left when nothing can go wrong: the next number of each client, and a chain of hashes. */
function bare(perSlot: number): Runner {
  const sessions = new Map<number, number>();
  let chain = new Uint8Array(32);
  return {
    take({ client, first, batch }) {
      const before = process.hrtime.bigint();
      for (let i = 0; i < perSlot; i += 1)
        if ((sessions.get(client) ?? 0) === first + i - 1) sessions.set(client, first + i);
      const both = new Uint8Array(64);
      both.set(chain, 0);
      both.set(sha256(batch), 32);
      chain = new Uint8Array(sha256(both));
      return Number(process.hrtime.bigint() - before);
    },
  };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

for (const perSlot of [1, 16, 256]) {
  const runners = { ours: ours(), bare: bare(perSlot) };
  const source = batches(perSlot);
  const spent: Record<keyof typeof runners, number[]> = { ours: [], bare: [] };
  const rounds = perSlot === 256 ? 2500 : 20_000;
  for (let round = 0; round < rounds; round += 1) {
    const given = source.next().value!;
    for (const name of ["ours", "bare"] as const) {
      const nanoseconds = runners[name].take(given);
      if (round > rounds / 5) spent[name].push(nanoseconds / perSlot);
    }
  }
  const [own, other] = [median(spent.ours), median(spent.bare)];
  console.log(
    `${String(perSlot).padStart(3)} commands per slot: ${(own / 1000).toFixed(3)} µs per command, bare loop ${(other / 1000).toFixed(3)} µs, ratio ${(own / other).toFixed(2)}`,
  );
}
