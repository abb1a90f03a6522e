import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyBatch, encodeRegistration, joinBatch } from "@eunomia/aneris-switch/messages";
import { keysOfSeed } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { type AnyEngine, type Effect, type EngineTypes, step } from "@eunomia/engine";
import { afterAll, describe, expect, test } from "vitest";
import { type ClusterConfig, checkedConfig } from "../src/node/config.ts";
import { type EvidenceFile, evidenceObjection, readEvidence } from "../src/node/evidence.ts";
import { membershipOf } from "../src/node/members.ts";
import { registry } from "../src/node/protocols.ts";
import { type Convicted, type Refused, type Stuck, Witness } from "../src/node/witness.ts";
import { keyed } from "../src/security/node-keys.ts";
import { signaturesOf } from "../src/security/signatures.ts";
import { called } from "./support/called.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";
import type { Ran } from "./support/shell.ts";

const directory = temporaryDirectory("evidence");
afterAll(() => directory.remove());

const ids = ["n1", "n2", "n3", "n4", "n5", "n6"];
const keysOf = (id: string) => keysOfSeed(new Uint8Array(32).fill(ids.indexOf(id) + 1));
const config: ClusterConfig = checkedConfig(
  {
    cluster: "lies",
    nodes: ids.map((id, i) => keyed({ id, host: "127.0.0.1", port: 7001 + i }, keysOf(id))),
    f: 1,
    initial: "paxos",
    protocols: { paxos: {}, "two-thirds-byzantine": {}, "hetero-paxos": {} },
    controllers: { threshold: 1, principals: [{ id: "op", publicKey: "ab".repeat(32) }] },
  },
  "cluster.json",
);
const membership = membershipOf(config.nodes, 1);
const epoch = {
  epoch: 3,
  from: 7,
  params: new Uint8Array(),
  nodes: ids,
  infos: membership.members.map(({ info }) => info),
  f: 1,
};

interface Process {
  readonly process: string;
  readonly engine: AnyEngine;
  readonly config: unknown;
  readonly state: unknown;
}

/** A process of a node in the epoch, at the beginning of a life without records. */
function born(node: string, protocol: string): Process {
  const key = native.ed25519.importSigningKey(keysOf(node).seed);
  const { processes } = registry(config, node, signaturesOf(key))[protocol]!.epoch(epoch);
  const one = processes.find(({ process }) => process === `${node}/member`)!;
  const alive = { ...one, state: one.engine.init(one.config) };
  take(alive, { kind: "start", records: [] });
  return alive;
}

const take = ({ engine, config: own, state }: Process, event: Parameters<typeof step>[3]) => [
  ...step(engine, own, state, event).effects,
];
const sent = (effects: readonly Effect<EngineTypes>[]) =>
  effects.flatMap((effect) => (effect.kind === "send" ? [effect.message as { readonly kind: string }] : []));
const outputs = (effects: readonly Effect<EngineTypes>[]) =>
  effects.flatMap((effect) => (effect.kind === "output" ? [effect.output as { readonly kind: string }] : []));

const values = [emptyBatch, joinBatch([encodeRegistration(new Uint8Array([1]))])];
/** What a node says first in slot 7 of each of two lives, the second without a memory of the first. */
const twoLives = {
  "two-thirds-byzantine": (node: string) =>
    values.map((value) => {
      const member = born(node, "two-thirds-byzantine");
      const message = { kind: "propose", slot: 7, value };
      const said = sent(take(member, { kind: "message", from: "n2/learner", message }));
      return said.find(({ kind }) => kind === "vote")!;
    }),
  "hetero-paxos": (node: string) =>
    values.map((value) => {
      const proposer = born("n2", "hetero-paxos");
      const [opening] = sent(
        take(proposer, { kind: "commands", commands: [{ kind: "propose", slot: 7, value }] }),
      );
      const acceptor = born(node, "hetero-paxos");
      take(acceptor, { kind: "commands", commands: [{ kind: "clock", ticks: 9 }] });
      const said = sent(take(acceptor, { kind: "message", from: "n2/member", message: opening! }));
      return [opening!, said.find(({ kind }) => kind === "1b")!];
    }),
} as const;
type Protocol = keyof typeof twoLives;

/** What another node puts out when it hears both lives. */
function heardOf(node: string, protocol: Protocol) {
  const listener = born("n1", protocol);
  if (protocol === "hetero-paxos")
    take(listener, { kind: "commands", commands: [{ kind: "clock", ticks: 9 }] });
  return twoLives[protocol](node)
    .flat()
    .flatMap((message) => outputs(take(listener, { kind: "message", from: `${node}/member`, message })));
}

function witness(protocol: string, folder: string) {
  const heard: (Convicted | Refused | Stuck)[] = [];
  const state = {
    epochs: [{ id: 3, from: 7, protocol: { name: protocol, params: new Uint8Array() }, membership }],
  };
  const onRefused = (refused: Refused) => void heard.push(refused);
  const onConvicted = (convicted: Convicted) => void heard.push(convicted);
  const onStuck = (stuck: Stuck) => void heard.push(stuck);
  return {
    heard,
    ear: new Witness({ cluster: "lies", folder, state: () => state, onRefused, onConvicted, onStuck }),
  };
}

for (const protocol of ["two-thirds-byzantine", "hetero-paxos"] as const)
  describe(protocol, () => {
    const folder = join(directory.path, protocol);
    const address = { process: `n1/member`, instance: "3" };
    const evidence = heardOf("n5", protocol).filter(({ kind }) => kind === "evidence");

    test("a node that comes back without its memory is convicted, once, in a file that convinces others", () => {
      expect(evidence).toHaveLength(1);
      const { heard, ear } = witness(protocol, folder);
      for (let times = 0; times < 2; times += 1) ear.hear(address, evidence[0]);
      const file = join(folder, "epoch-3-n5.json");
      expect(heard).toEqual([{ epoch: 3, slot: 7, accused: "n5", file }]);
      expect(evidenceObjection(readEvidence(file))).toBeNull();
    });

    test("what was changed in it convicts nobody", () => {
      const whole = readEvidence(join(folder, "epoch-3-n5.json"));
      const { members, statements } = whole;
      const swapped = members.map((member, i) => ({ ...member, publicKey: members[(i + 1) % 6]!.publicKey }));
      const wrong: Record<string, Partial<EvidenceFile>> = {
        "another node": { accused: "n4" },
        "another slot": { slot: 8 },
        "keys of others": { members: swapped },
        "no member": { members: members.filter(({ id }) => id !== "n5") },
        "bytes cut off": { statements: statements.slice(0, -2) },
        "a signature changed": { statements: `${statements.slice(0, -6)}000000` },
        ...(protocol === "two-thirds-byzantine" && {
          "another epoch": { epoch: 4 },
          "another cluster": { cluster: "x" },
        }),
      };
      for (const [what, over] of Object.entries(wrong))
        expect(evidenceObjection({ ...whole, ...over }), what).toEqual(expect.any(String));
    });

    test("an honest node is not convicted by what it says in one life, however often it comes", () => {
      const listener = born("n1", protocol);
      const once = twoLives[protocol]("n5").slice(0, 1).flat();
      const said = [...once, ...once].flatMap((message) =>
        outputs(take(listener, { kind: "message", from: `n5/member`, message })),
      );
      expect(said.filter(({ kind }) => kind === "evidence")).toEqual([]);
    });
  });

test("bad data and stuck slots are passed on, and a folder that cannot be made costs nothing but the file", () => {
  const blocked = join(directory.path, "blocked");
  writeFileSync(blocked, "");
  const { heard, ear } = witness("hetero-paxos", blocked);
  const address = { process: "n1/member", instance: "3" };
  ear.hear(address, { kind: "refused", from: "n2/member", reason: "signature" });
  const bound = [{ acceptor: "n2", learner: "log", ballot: {} }];
  ear.hear(address, { kind: "stuck", slot: 9, learner: "log", bound: [...bound, ...bound], wayOut: "graph" });
  ear.hear(
    address,
    heardOf("n5", "hetero-paxos").find(({ kind }) => kind === "evidence"),
  );
  ear.hear(address, { kind: "decided", slot: 9, value: emptyBatch });
  expect(heard).toEqual([
    { process: "n1/member", epoch: 3, from: "n2/member", reason: "signature" },
    { epoch: 3, slot: 9, learner: "log", bound: ["n2"], wayOut: "graph" },
    { epoch: 3, slot: 7, accused: "n5", file: null },
  ]);
});

test("what is no batch is not voted for", () => {
  const voted = (value: Uint8Array): boolean => {
    const member = born("n1", "two-thirds-byzantine");
    const message = { kind: "propose", slot: 7, value };
    return sent(take(member, { kind: "message", from: "n2/learner", message })).length > 0;
  };
  expect([Uint8Array.of(1), new Uint8Array(), ...values].map(voted)).toEqual([false, false, true, true]);
});

test("files that are no evidence are named", () => {
  mkdirSync(join(directory.path, "bad"), { recursive: true });
  const whole = readFileSync(join(directory.path, "hetero-paxos", "epoch-3-n5.json"), "utf8");
  const bad = [
    "",
    "{}",
    "null",
    whole.replace('"version": 1', '"version": 2'),
    whole.replace('"hetero-paxos"', '"raft"'),
  ];
  for (const [i, text] of bad.entries()) {
    const file = join(directory.path, "bad", `${i}.json`);
    writeFileSync(file, text);
    expect(() => readEvidence(file)).toThrow(expect.objectContaining({ code: "evidence" }));
  }
});

test("`evidence` says whom a file convicts, and by whose key", async () => {
  const file = join(directory.path, "two-thirds-byzantine", "epoch-3-n5.json");
  expect(await called("evidence", file, "--no-keys")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^n5 departed from two-thirds-byzantine.*epoch 3, slot 7.*not compared/s),
  });
  const cluster = join(directory.path, "cluster");
  mkdirSync(cluster);
  const told = async (nodes: ClusterConfig["nodes"]): Promise<Ran> => {
    writeFileSync(join(cluster, "cluster.json"), JSON.stringify({ ...config, nodes }));
    return called("evidence", file, "--in", cluster, "--json");
  };
  const good = await told(config.nodes);
  expect([good.code, JSON.parse(good.stdout)]).toMatchObject([0, { accused: "n5", convicts: true }]);
  const other = config.nodes.map((node) =>
    node.id === "n2" ? keyed(node, keysOfSeed(new Uint8Array(32))) : node,
  );
  const bad = await told(other);
  expect([bad.code, JSON.parse(bad.stdout)]).toMatchObject([
    1,
    { convicts: false, objection: expect.stringContaining("key of n2") },
  ]);
});
