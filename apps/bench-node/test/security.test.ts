import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, GatewayLink } from "@eunomia/aneris-client";
import type { Operation } from "@eunomia/aneris-switch/messages";
import { toHex, utf8Encode } from "@eunomia/codec";
import { generateKeys } from "@eunomia/crypto-auth";
import { readSecretFile, systemRandom, writeSecretFile } from "@eunomia/crypto-auth/native";
import { type TcpTls, tcpTransport } from "@eunomia/transports/tcp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClient } from "../src/local/participants.ts";
import { freePorts } from "../src/local/ports.ts";
import type { ClusterConfig } from "../src/node/config.ts";
import { protocolSpec } from "../src/node/protocols.ts";
import { type RunningNode, startNode } from "../src/node/stack.ts";
import { type Authority, createAuthority, issue } from "../src/security/authority.ts";
import { readKeys, signControl, writeKeys } from "../src/security/signers.ts";
import { readTlsFiles, writeTlsFiles } from "../src/security/tls-files.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("security");
afterAll(() => directory.remove());

describe("files", () => {
  test("keys are written for their owner alone, and refused when others can read them", async () => {
    const authority = await createAuthority("files");
    const folder = join(directory.path, "n1");
    writeTlsFiles(folder, await issue(authority, { role: "node", name: "n1" }), authority.cert);
    const key = join(folder, "key.pem");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readTlsFiles(folder).key).toContain("PRIVATE KEY");
    for (const mode of [0o640, 0o604, 0o660, 0o622]) {
      chmodSync(key, mode);
      const refused = expect.objectContaining({
        code: "exposed",
        message: expect.stringContaining("chmod 600"),
      });
      expect(() => readTlsFiles(folder)).toThrow(refused);
      expect(() => readSecretFile(key)).toThrow(refused);
    }
    chmodSync(key, 0o400);
    expect(readTlsFiles(folder).revoked).toEqual([]);
    expect(() => readTlsFiles(join(directory.path, "nowhere"))).toThrow(
      expect.objectContaining({ code: "unreadable" }),
    );
  });

  test("a key is not written over by mistake, and a rotation replaces it whole", async () => {
    const authority = await createAuthority("files");
    const folder = join(directory.path, "n2");
    const [first, second] = [
      await issue(authority, { role: "node", name: "n2" }),
      await issue(authority, { role: "node", name: "n2" }),
    ];
    writeTlsFiles(folder, first, authority.cert);
    expect(() => writeTlsFiles(folder, second, authority.cert)).toThrow(
      expect.objectContaining({ code: "exists" }),
    );
    expect(() => writeSecretFile(join(folder, "key.pem"), "x")).toThrow(
      expect.objectContaining({ code: "exists" }),
    );
    expect(readTlsFiles(folder).cert).toBe(first.cert);
    writeTlsFiles(folder, second, authority.cert, true);
    expect(readTlsFiles(folder)).toMatchObject(second);
    expect(statSync(join(folder, "key.pem")).mode & 0o777).toBe(0o600);
  });

  test("control keys: damaged or exposed files are refused, and no message repeats a secret", () => {
    const file = join(directory.path, "controller.json");
    const keys = generateKeys(systemRandom());
    writeKeys(file, keys);
    expect(readKeys(file)).toEqual(keys);
    const damaged = join(directory.path, "damaged.json");
    const seed = toHex(keys.seed);
    writeFileSync(damaged, readFileSync(file, "utf8").replace(seed, seed.replace(/./, "g")), { mode: 0o600 });
    expect(() => readKeys(damaged)).toThrow(`${damaged}: "seed" expected`);
    chmodSync(file, 0o644);
    try {
      readKeys(file);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "exposed" });
      expect(String(error)).not.toContain(seed);
    }
  });

  test.each(["", "a/b", "a b", "-n1", "n1, OU=node", "x".repeat(65), "ü"])(
    "the name %j gets no certificate",
    async (name) => {
      const authority = await createAuthority("files");
      await expect(issue(authority, { role: "client", name })).rejects.toMatchObject({ code: "certificate" });
      await expect(createAuthority(name)).rejects.toMatchObject({ code: "certificate" });
    },
  );
});

describe("a cluster on certificates", () => {
  const controllers = Array.from({ length: 3 }, () => generateKeys(systemRandom()));
  const nodes = new Map<string, RunningNode>();
  const foreign: string[] = [];
  const faults: Error[] = [];
  const opened: { client: Client; link: GatewayLink }[] = [];
  let authority: Authority;
  let config: ClusterConfig;

  const certified = async (role: "node" | "client", name: string, by = authority): Promise<TcpTls> => ({
    ...(await issue(by, { role, name })),
    ca: by.cert,
  });
  const open = async (self: string, tls: TcpTls, options: Parameters<typeof openClient>[1] = {}) => {
    const ids = config.nodes.map(({ id }) => id);
    const pair = await openClient({ config, clientSecret: tls, self, nodes: ids }, options);
    opened.push(pair);
    return pair;
  };

  beforeAll(async () => {
    authority = await createAuthority("secured");
    const ports = await freePorts(3);
    config = {
      cluster: "secured",
      nodes: ports.map((port, i) => ({ id: `n${i + 1}`, host: "127.0.0.1", port })),
      f: 1,
      initial: "paxos",
      protocols: { paxos: { phase1: 2, phase2: 2 } },
      controllers: {
        threshold: 2,
        principals: controllers.map(({ principal, bundle }) => ({
          id: principal,
          publicKey: toHex(bundle[0]!.publicKey),
        })),
      },
      alpha: 2,
      mode: "cut",
      fifo: false,
      maxBatch: 4096,
      maxBatchBytes: 512 * 1024,
    };
    for (const { id } of config.nodes) {
      const dataDirectory = join(directory.path, "data", id);
      mkdirSync(dataDirectory, { recursive: true });
      nodes.set(
        id,
        await startNode({
          config,
          id,
          dataDirectory,
          tls: await certified("node", id),
          quotas: { clients: { connections: 8, bytesPerSecond: 50 << 20 } },
          onForeign: ({ process }) => foreign.push(process),
          onFault: (error) => faults.push(error),
        }),
      );
    }
  }, 60_000);

  afterAll(async () => {
    for (const { client, link } of opened) {
      await client.close();
      await link.close();
    }
    for (const node of nodes.values()) await node.close();
    expect(faults).toEqual([]);
  });

  test("a node takes secrets or certificates, one of the two", async () => {
    const both = {
      secrets: { nodes: "00".repeat(32), clients: "00".repeat(32) },
      tls: await certified("node", "n1"),
    };
    for (const [got, security] of [
      ["both", both],
      ["neither", {}],
    ] as const)
      await expect(
        startNode({
          config,
          id: "n1",
          dataDirectory: join(directory.path, got),
          ...security,
          onFault: () => {},
        }),
      ).rejects.toMatchObject({ code: "config", message: expect.stringContaining(`got ${got}`) });
  });

  test("clients write under their names; an impostor gets nothing in, and the session goes on undisturbed", async () => {
    const { client } = await open("orders/1", await certified("client", "orders"));
    const session = await client.registered();
    expect((await client.broadcast(utf8Encode("mine"))).seq).toBe(1);
    const lost: string[] = [];
    const impostor = await open("mallory/1", await certified("client", "mallory"), {
      clientId: session,
      firstSeq: 2,
      onLost: (error) => lost.push(error.code),
    });
    await expect(impostor.client.broadcast(utf8Encode("not mine"))).rejects.toMatchObject({
      code: "session",
    });
    expect(new Set(foreign)).toEqual(new Set(["mallory/1"]));
    expect((await client.broadcast(utf8Encode("mine again"))).seq).toBe(2);
    // Another process of the same name may take the session over.
    const heir = await open("orders/2", await certified("client", "orders"), {
      clientId: session,
      firstSeq: 3,
    });
    expect((await heir.client.broadcast(utf8Encode("still mine"))).seq).toBe(3);
  });

  test("a name that the certificate does not give is a mistake here already", async () => {
    for (const [self, name] of [
      ["orders/1", "mallory"],
      ["n9", "n9"],
    ] as const)
      await expect(open(self, await certified("client", name))).rejects.toMatchObject({
        code: "bad-certificate",
      });
  });

  test("another authority, and no certificate: the cluster lets nobody in", async () => {
    const stranger = await createAuthority("secured");
    const { host, port } = config.nodes[0]!;
    // A stranger trusts the cluster, so that it is the cluster that refuses.
    const strange = await certified("client", "orders", stranger);
    for (const tls of [{ ...strange, ca: `${stranger.cert}${authority.cert}` }, undefined]) {
      const before = refusedAt("n1");
      const peers = { n1: { host, port } };
      const transport = await tcpTransport({
        self: "orders/1",
        cluster: "secured",
        peers,
        ...(tls && { tls }),
      });
      await until("a refusal", () => refusedAt("n1") > before);
      expect(transport.stats().peers.get("n1")?.dial).not.toBe("open");
      await transport.close();
    }
  });

  const refusedAt = (id: string): number =>
    [...nodes.get(id)!.links().refusals.values()].reduce((a, b) => a + b, 0);

  test("two of three control principals swap; one, one twice, and none do not", async () => {
    const { client } = await open("admin/1", await certified("client", "admin"));
    const operation: Operation = { kind: "swap", protocol: protocolSpec(config, "paxos") };
    const swap = (signers: readonly number[]) =>
      client.control({
        operation,
        signal: AbortSignal.timeout(30_000),
        sign: (n, notAfter) =>
          signControl(
            signers.map((i) => controllers[i]!),
            config.cluster,
            n,
            notAfter,
            operation,
          ),
      });
    await expect(swap([0, 0])).rejects.toMatchObject({ code: "key used twice" });
    expect(await swap([0])).toMatchObject({ kind: "refused", reason: expect.stringContaining("expected 2") });
    const twice = await client.control({
      operation,
      signal: AbortSignal.timeout(30_000),
      sign: (n, notAfter) => {
        const [one] = signControl([controllers[0]!], config.cluster, n, notAfter, operation);
        return [one!, one!];
      },
    });
    expect(twice).toMatchObject({ kind: "refused", reason: "signatures: a principal signs once" });
    expect(await swap([2, 0])).toMatchObject({ kind: "effective" });
    await until("all nodes are in epoch 1", () =>
      [...nodes.values()].every(({ node }) => node.state?.epochs.at(-1)?.id === 1),
    );
  });

  test("every certificate and the authority are replaced while a client writes: nothing is lost or doubled", async () => {
    const next = await createAuthority("secured");
    const both = `${authority.cert}${next.cert}`;
    const { client } = await open("writer/1", { ...(await certified("client", "writer")), ca: both });
    let answered = 0;
    let stopped = false;
    const places = new Set<string>();
    const writing = (async () => {
      for (let seq = 1; !stopped; seq += 1) {
        const receipt = await client.broadcast(utf8Encode(`write ${seq}`));
        expect(receipt.seq).toBe(seq);
        places.add(`${receipt.slot}.${receipt.index}`);
        answered = seq;
      }
    })();
    const progress = async (what: string): Promise<void> => {
      const before = answered;
      await until(`writes after ${what}`, () => answered > before + 20);
    };
    await progress("the start");
    const each = async (what: string, tlsOf: (id: string) => Promise<TcpTls>): Promise<void> => {
      for (const [id, node] of nodes) node.updateTls(await tlsOf(id));
      await progress(what);
    };
    const old = new Map<string, TcpTls>();
    for (const id of nodes.keys()) old.set(id, await certified("node", id));
    await each("both authorities are accepted", async (id) => ({ ...old.get(id)!, ca: both }));
    const fresh = new Map<string, TcpTls>();
    for (const id of nodes.keys()) fresh.set(id, await certified("node", id, next));
    await each("new certificates", async (id) => ({ ...fresh.get(id)!, ca: both }));
    stopped = true;
    await writing;
    expect(places.size).toBe(answered);
    const { fingerprint } = nodes.get("n1")!.links().certificate!;
    // The old authority goes: the writer's certificate was its, so it is cut off; one of the new authority goes on.
    for (const [id, node] of nodes) node.updateTls(fresh.get(id)!);
    expect(nodes.get("n1")!.links().certificate!.fingerprint).toBe(fingerprint);
    authority = next;
    const { client: late } = await open("late/1", await certified("client", "late"));
    expect((await late.broadcast(utf8Encode("after all"))).seq).toBe(1);
    await until("the old client is gone", () =>
      [...nodes.values()].every((node) => (node.links().peers.get("writer/1")?.accepted ?? 0) === 0),
    );
  }, 120_000);
});
