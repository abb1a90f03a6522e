import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { type ClusterConfig, ConfigError, readClusterConfig, readSecrets } from "../src/node/config.ts";
import { clusterSchema } from "../src/node/schema.ts";
import { startNode } from "../src/node/stack.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const directory = temporaryDirectory("config");
afterAll(() => directory.remove());

let files = 0;
function fileOf(content: unknown): string {
  files += 1;
  const file = join(directory.path, `${files}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
}

const good = {
  cluster: "test",
  nodes: [1, 2, 3, 4].map((i) => ({ id: `n${i}`, host: "127.0.0.1", port: 1 + i })),
  f: 1,
  initial: "two-thirds",
  protocols: { "two-thirds": {}, paxos: { phase1: 3, phase2: 2 } },
  controllers: { threshold: 1, principals: [{ id: "operator", publicKey: "ab".repeat(32) }] },
};
const without = (field: string): object => {
  const copy: Record<string, unknown> = { ...good };
  delete copy[field];
  return copy;
};
const [first, ...rest] = good.nodes;

describe("the configuration of a cluster", () => {
  test("its schema is one", () => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(clusterSchema)).toBe(true);
    // Strict: no keyword that nobody knows.
    ajv.compile(clusterSchema);
  });

  test("what is left out has its default", () => {
    expect(readClusterConfig(fileOf(good))).toEqual({
      ...good,
      protocols: { "two-thirds": { graceMs: 20 }, paxos: { phase1: 3, phase2: 2 } },
      alpha: 2,
      mode: "cut",
      fifo: false,
      maxBatch: 4096,
      maxBatchBytes: 512 * 1024,
      checkpointSlots: 10_000,
      application: "none",
    } satisfies ClusterConfig);
    expect(readClusterConfig(fileOf(without("f"))).f).toBe(1);
  });

  const wrong: [what: string, content: unknown, field: string, expected: string, got: string][] = [
    ["no JSON", "{ cluster: ", "(whole file)", "JSON", "JSON"],
    ["a list", [], "(whole file)", "an object", "[]"],
    ["a missing field", without("cluster"), "cluster", "at most 64 letters", "nothing"],
    ["an unknown field", { ...good, colour: 1 }, "colour", "only the fields cluster", "another one"],
    ["a wrong type", { ...good, alpha: "2" }, "alpha", "an integer from 1", '"2"'],
    ["a number out of range", { ...good, maxBatch: 0 }, "maxBatch", "an integer from 1", "0"],
    ["a flag that is none", { ...good, fifo: 1 }, "fifo", "true or false", "1"],
    ["an unknown mode", { ...good, mode: "abrupt" }, "mode", '"cut" or "window"', '"abrupt"'],
    ["no nodes", { ...good, nodes: [] }, "nodes", "a list of 1 to 64 nodes", "[]"],
    [
      "a field of a node",
      { ...good, nodes: [{ ...first, port: 0 }, ...rest] },
      "nodes[0].port",
      "an integer",
      "0",
    ],
    ["two nodes of one id", { ...good, nodes: [first, ...good.nodes] }, "nodes", "ids that differ", "n1"],
    [
      "an id with a slash",
      { ...good, nodes: [{ ...first, id: "a/b" }, ...rest] },
      "nodes[0].id",
      "at most 64 letters, digits",
      "a/b",
    ],
    ["an unknown first protocol", { ...good, initial: "raft" }, "initial", "a name in protocols", '"raft"'],
    [
      "an unknown protocol",
      { ...good, protocols: { ...good.protocols, raft: {} } },
      "protocols.raft",
      "only",
      "another",
    ],
    ["f too large", { ...good, f: 2 }, "f", "an integer from 0 to 1", "2"],
    [
      "f too large for two-thirds",
      {
        ...good,
        nodes: good.nodes.slice(0, 3),
        protocols: { "two-thirds": {}, paxos: { phase1: 2, phase2: 2 } },
      },
      "f",
      "an integer from 0 to 0",
      "1",
    ],
    [
      "quorums that do not meet",
      { ...good, protocols: { "two-thirds": {}, paxos: { phase1: 2, phase2: 2 } } },
      "protocols.paxos",
      "phase1 + phase2 of more than 4 nodes",
      '{"phase1":2,"phase2":2}',
    ],
    [
      "a key that is no key",
      { ...good, controllers: { threshold: 1, principals: [{ id: "operator", publicKey: "xyz" }] } },
      "controllers.principals[0].publicKey",
      "32 bytes in lower-case hexadecimal",
      '"xyz"',
    ],
    [
      "a threshold above the principals",
      { ...good, controllers: { ...good.controllers, threshold: 2 } },
      "controllers.threshold",
      "an integer from 1 to 1",
      "2",
    ],
    [
      "two principals of one id",
      {
        ...good,
        controllers: {
          threshold: 1,
          principals: [...good.controllers.principals, ...good.controllers.principals],
        },
      },
      "controllers.principals",
      "ids that differ",
      "operator",
    ],
  ];
  for (const [what, content, field, expected, got] of wrong)
    test(`${what}: file, field, expected, got`, () => {
      const file = fileOf(content);
      const read = (): unknown => readClusterConfig(file);
      expect(read).toThrow(ConfigError);
      try {
        read();
      } catch (error) {
        expect(error).toMatchObject({ code: "config", file, field });
        const { message } = error as Error;
        expect(message.startsWith(`${file}: "${field}" expected `)).toBe(true);
        expect(message).toContain(expected);
        expect(message.slice(message.lastIndexOf(", got "))).toContain(got);
      }
    });

  test("a file that is not there", () => {
    const file = join(directory.path, "absent.json");
    expect(() => readClusterConfig(file)).toThrow(
      `${file}: "(whole file)" expected a readable file, got ENOENT`,
    );
  });

  test("a node that is not in it", async () => {
    const started = startNode({
      config: readClusterConfig(fileOf(good)),
      secrets: { nodes: "00".repeat(32), clients: "00".repeat(32) },
      id: "n9",
      dataDirectory: join(directory.path, "n9"),
      onFault: () => {},
    });
    await expect(started).rejects.toThrow(
      '"nodes" expected a node "n9", or where that node listens when it joins, got n1, n2, n3, n4',
    );
  });
});

describe("secrets", () => {
  const secret = "0123456789abcdef".repeat(4);
  test("a client needs only the second one", () => {
    expect(readSecrets(fileOf({ clients: secret }), "client")).toEqual({ nodes: "", clients: secret });
    expect(readSecrets(fileOf({ nodes: secret, clients: secret }), "node").nodes).toBe(secret);
    expect(() => readSecrets(fileOf({ clients: secret }), "node")).toThrow('"nodes" expected 32 bytes');
    const exposed = fileOf({ nodes: secret, clients: secret });
    chmodSync(exposed, 0o640);
    expect(() => readSecrets(exposed, "node")).toThrow(expect.objectContaining({ code: "exposed" }));
  });

  for (const [what, bad] of [
    ["too short", secret.slice(2)],
    ["upper case", secret.toUpperCase()],
    ["no text", 17],
    ["an empty one", ""],
  ] as const)
    test(`${what} is refused, and no message repeats it`, () => {
      const file = fileOf({ nodes: bad, clients: secret });
      const read = (): unknown => readSecrets(file, "node");
      expect(read).toThrow(
        `${file}: "nodes" expected 32 bytes in lower-case hexadecimal, got something else`,
      );
    });

  test.each([`{"nodes": "${secret}" "clients": "${secret}"}`, `x${secret}`, `["${secret}"]`, `"${secret}"`])(
    "no message repeats a secret of a file that is something else",
    (content) => {
      const file = fileOf(content);
      let message = "";
      try {
        readSecrets(file, "node");
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toContain(`${file}: "(whole file)" expected `);
      expect(message).not.toContain(secret.slice(0, 8));
    },
  );
});

describe("a node process", () => {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const run = (args: readonly string[]): Promise<{ code: number | null; stderr: string }> =>
    new Promise((resolve) => {
      const loader = ["--conditions=@eunomia/source", "--import", "tsx"];
      const child = spawn(process.execPath, [...loader, main, "node", ...args], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.on("data", (part) => {
        stderr += part;
      });
      child.once("close", (code) => resolve({ code, stderr }));
    });

  test("ends with 2 and says what is wrong with its configuration or its secrets", {
    timeout: 60_000,
  }, async () => {
    const secrets = fileOf({ nodes: "00".repeat(32), clients: "00".repeat(32) });
    const data = join(directory.path, "data");
    const args = (config: string, secret: string, id: string): string[] => [
      ...["--config", config, "--secrets", secret, "--id", id, "--data", data],
    ];
    const bad = fileOf({ ...good, alpha: 0 });
    const badSecrets = fileOf({ nodes: "secret", clients: "secret" });
    const [config, secret, unknown] = await Promise.all([
      run(args(bad, secrets, "n1")),
      run(args(fileOf(good), badSecrets, "n1")),
      run(args(fileOf(good), secrets, "n9")),
    ]);
    expect(config.code).toBe(2);
    expect(JSON.parse(config.stderr).msg).toBe(`${bad}: "alpha" expected an integer from 1 to 1024, got 0`);
    expect(secret.code).toBe(2);
    expect(JSON.parse(secret.stderr)).toMatchObject({
      code: "config",
      msg: expect.stringContaining(badSecrets),
    });
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.stderr).msg).toContain('a node \\"n9\\"'.replaceAll("\\", ""));
  });
});
