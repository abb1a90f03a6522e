import { generateKeyPairSync, sign, verify } from "node:crypto";
import { equalBytes, sha256 } from "@eunomia/codec";
import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import {
  type ByzantineOracles,
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
} from "../src/byzantine.ts";
import { learnerConfig, learnerEngine, memberConfig, memberEngine } from "../src/index.ts";

/**
 * Decisions per CPU second of one process that plays a whole cluster, f = 1, one round per slot and one learner beside the first
 * member: crash mode with 4 members, Byzantine mode with 6, once with seals that cost a hash and once with Ed25519 of node:crypto.
 */
interface Process {
  readonly engine: AnyEngine;
  readonly config: unknown;
  readonly state: unknown;
}

const processOf = (engine: AnyEngine, config: unknown): Process => ({
  engine,
  config,
  state: engine.init(config as never),
});

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `p${i}`);
const beside = { colocatedLearner: "r", learners: ["r"], headMs: 0, relay: "lazy" } as const;

function crash(): Map<string, Process> {
  const members = names(4);
  const all = new Map<string, Process>();
  for (const self of members) {
    const config = memberConfig({
      ...beside,
      colocatedLearner: self === "p0" ? "r" : null,
      ...{ self, members, graceMs: 0 },
    });
    all.set(self, processOf(memberEngine(config), config));
  }
  const config = learnerConfig({ self: "r", members, colocatedMember: "p0" });
  return all.set("r", processOf(learnerEngine(config), config));
}

function byzantine(oraclesOf: (self: string) => ByzantineOracles): Map<string, Process> {
  const members = names(6);
  const context = "bench/0";
  const all = new Map<string, Process>();
  for (const self of members) {
    const config = byzantineMemberConfig({
      ...beside,
      colocatedLearner: self === "p0" ? "r" : null,
      ...{ self, context, members },
    });
    all.set(self, processOf(byzantineMemberEngine(config, oraclesOf(self)), config));
  }
  const config = byzantineLearnerConfig({ self: "r", context, members, colocatedMember: "p0" });
  return all.set("r", processOf(byzantineLearnerEngine(config, oraclesOf("r")), config));
}

const bytesOf = (signer: string, domain: string, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${signer}\u0000${domain}\u0000`), bytes]);

const seals = (self: string): ByzantineOracles => ({
  sign: (domain, bytes) => sha256(bytesOf(self, domain, bytes)),
  verify: (signer, domain, bytes, signature) => equalBytes(sha256(bytesOf(signer, domain, bytes)), signature),
  valid: () => true,
});

const keys = new Map(names(6).map((name) => [name, generateKeyPairSync("ed25519")]));
const ed25519 = (self: string): ByzantineOracles => ({
  sign: (domain, bytes) => new Uint8Array(sign(null, bytesOf("", domain, bytes), keys.get(self)!.privateKey)),
  verify: (signer, domain, bytes, signature) =>
    verify(null, bytesOf("", domain, bytes), keys.get(signer)!.publicKey, signature),
  valid: () => true,
});

/** Decides so many slots; answers decisions per CPU second and messages per decision. */
function decisions(processes: ReadonlyMap<string, Process>, slots: number, value: Uint8Array) {
  let decided = 0;
  let messages = 0;
  const queue: { to: string; event: Event<EngineTypes> }[] = [];
  const take = (id: string, event: Event<EngineTypes>): void => {
    const { engine, config, state } = processes.get(id)!;
    for (const effect of step(engine, config as never, state as never, event as never)
      .effects as Effect<EngineTypes>[]) {
      if (effect.kind === "output" && id === "r" && (effect.output as { kind: string }).kind === "decided")
        decided += 1;
      if (effect.kind !== "send") continue;
      messages += effect.to.length;
      for (const to of effect.to)
        queue.push({ to, event: { kind: "message", from: id, message: effect.message } });
    }
  };
  for (const id of processes.keys()) take(id, { kind: "start", records: [] });
  const before = process.cpuUsage();
  for (let slot = 1; slot <= slots; slot += 1) {
    take("r", { kind: "commands", commands: [{ kind: "propose", slot, value }] });
    for (let at = 0; at < queue.length; at += 1) take(queue[at]!.to, queue[at]!.event);
    queue.length = 0;
    if (slot % 64 === 0) take("r", { kind: "commands", commands: [{ kind: "trim", slot }] });
  }
  const { user, system } = process.cpuUsage(before);
  if (decided !== slots) throw new Error(`${decided} of ${slots} decided`);
  return { perSecond: Math.round((slots * 1e6) / (user + system)), messages: Math.round(messages / slots) };
}

const subjects = {
  "crash, 4 members": () => crash(),
  "Byzantine, 6 members, seals": () => byzantine(seals),
  "Byzantine, 6 members, Ed25519": () => byzantine(ed25519),
};

for (const sizeBytes of [16, 4096])
  for (const [name, make] of Object.entries(subjects)) {
    const value = new Uint8Array(sizeBytes).fill(7);
    decisions(make(), 64, value);
    const runs = [1, 2, 3].map(() => decisions(make(), name.includes("Ed25519") ? 128 : 512, value));
    const rates = runs.map(({ perSecond }) => perSecond).sort((a, b) => a - b);
    console.log(
      `${sizeBytes} B, ${name}: ${rates.join(", ")} decisions per CPU second, ${runs[0]!.messages} messages each`,
    );
  }
