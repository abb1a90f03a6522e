import { join } from "node:path";
import {
  controlDomain,
  controlSigningBytes,
  encodeControl,
  encodeRegistration,
  joinBatch,
  Operation,
} from "@eunomia/aneris-switch/messages";
import { encode, toHex } from "@eunomia/codec";
import { signInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { afterAll, expect, test } from "vitest";
import { freePorts } from "../src/local/ports.ts";
import type { ClusterConfig, NodeAddress } from "../src/node/config.ts";
import { membershipOf } from "../src/node/members.ts";
import { type RunningNode, startNode } from "../src/node/stack.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("members");
afterAll(() => directory.remove());

const secrets = { nodes: "01".repeat(32), clients: "02".repeat(32) };
const key = native.ed25519.importSigningKey(new Uint8Array(32).fill(7));
const cluster = "members";

/** Has the order decide on other members: control command `n`, handed in at a node. */
function reconfigure(at: RunningNode, n: number, nodes: readonly NodeAddress[]): void {
  const operation: Operation = {
    kind: "reconfigure",
    protocol: { name: "paxos", params: new Uint8Array() },
    membership: membershipOf(nodes, 1),
  };
  const signed = controlSigningBytes(cluster, n, 1_000_000, encode(Operation, operation));
  const signature = signInDomain(key, controlDomain, signed);
  at.node.submit(joinBatch([encodeControl(n, 1_000_000, operation, [{ principal: "operator", signature }])]));
}

test("over real sockets every node of three is replaced, and the last ones have everything", {
  timeout: 120_000,
}, async () => {
  const ports = await freePorts(6);
  const all = ports.map((port, i) => ({ id: `n${i + 1}`, host: "127.0.0.1", port }));
  const config: ClusterConfig = {
    cluster,
    nodes: all.slice(0, 3),
    f: 1,
    initial: "paxos",
    protocols: { paxos: { phase1: 2, phase2: 2 } },
    controllers: { threshold: 1, principals: [{ id: "operator", publicKey: toHex(key.publicKey) }] },
    alpha: 4,
    mode: "cut",
    fifo: false,
    maxBatch: 16,
    maxBatchBytes: 4096,
  };
  const faults: Error[] = [];
  const vectors = new Map<string, string[]>();
  const sessions = new Map<string, Set<string>>();
  const removed = new Set<string>();
  const start = (id: string, joins?: { self: NodeAddress; contacts: NodeAddress[] }): Promise<RunningNode> =>
    startNode({
      config,
      secrets,
      id,
      ...(joins && { joins }),
      dataDirectory: join(directory.path, id),
      onDelivery: ({ vector, registered }) => {
        vectors.set(id, [...(vectors.get(id) ?? []), toHex(vector)]);
        for (const { nonce } of registered)
          sessions.set(id, (sessions.get(id) ?? new Set()).add(toHex(nonce)));
      },
      onRemoved: () => void removed.add(id),
      onFault: (error) => faults.push(error),
    });
  const running = new Map<string, RunningNode>();
  for (const { id } of config.nodes) running.set(id, await start(id));
  let members = [...config.nodes];
  let written = 0;
  // Only where what is handed in cannot leave with a node: nobody repeats it.
  const write = (at: readonly NodeAddress[]): void => {
    for (const { id } of at)
      running.get(id)?.node.submit(joinBatch([encodeRegistration(new Uint8Array([++written, 1]))]));
  };
  for (let step = 1; step <= 3; step += 1) {
    const [old, ...stay] = members as [NodeAddress, ...NodeAddress[]];
    const fresh = all[2 + step]!;
    write(stay);
    // The new node may be there before its control command or come after it.
    if (step !== 2) running.set(fresh.id, await start(fresh.id, { self: fresh, contacts: stay }));
    reconfigure(running.get(stay[0]!.id)!, step, [...stay, fresh]);
    if (step === 2) running.set(fresh.id, await start(fresh.id, { self: fresh, contacts: stay }));
    write(stay);
    await until(`${old.id} to be removed`, () => removed.has(old.id));
    await running.get(old.id)!.close();
    running.delete(old.id);
    members = [...stay, fresh];
  }
  write(members);
  const level = (): number[] => members.map(({ id }) => running.get(id)!.deliveredSlot);
  await until(
    "everybody to have everything",
    () => new Set(level()).size === 1 && members.every(({ id }) => sessions.get(id)?.size === written),
  );
  const [one, ...others] = members.map(({ id }) => vectors.get(id));
  for (const other of others) expect(other).toEqual(one);
  expect([...removed].sort()).toEqual(["n1", "n2", "n3"]);
  for (const node of running.values()) await node.close();
  expect(faults).toEqual([]);
});
