import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterSchema } from "../src/node/schema.ts";
import { Shell } from "./support/shell.ts";

let shell: Shell;
beforeAll(async () => {
  shell = await Shell.open("setup");
  await shell.run("init", "--local", "3", "c");
  await shell.run("init", "--local", "3", "other");
}, 60_000);
afterAll(() => shell.close());

const at = (...path: string[]): string => join(shell.path, ...path);
const mode = (...path: string[]): string => (statSync(at(...path)).mode & 0o777).toString(8);

test("the program says its version, which is that of its manifest", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect((await shell.run("--version")).stdout).toBe(`${manifest.version}\n`);
});

describe("init", () => {
  test("makes one configuration for all, and keys that only their owner can read", () => {
    const text = readFileSync(at("c", "cluster.json"), "utf8");
    for (const id of ["n1", "n2", "n3"]) {
      expect(readFileSync(at("c", "nodes", id, "cluster.json"), "utf8")).toBe(text);
      expect(mode("c", "nodes", id, "key.pem")).toBe("600");
      expect(shell.json("c", "nodes", id, "data", "identity.json")).toMatchObject({ node: id });
    }
    const incarnations = ["n1", "n2", "n3"].map(
      (id) => shell.json("c", "nodes", id, "data", "identity.json").incarnation,
    );
    expect(new Set(incarnations).size).toBe(3);
    expect(mode("c", "authority", "ca-key.pem")).toBe("600");
    expect(mode("c", "controllers", "operator.json")).toBe("600");
    expect(mode("c", "clients", "client", "key.pem")).toBe("600");
    expect(shell.json("c", "cluster.schema.json")).toEqual(clusterSchema);
    expect(JSON.parse(text)).toMatchObject({ $schema: "./cluster.schema.json", application: "kv", f: 1 });
  });

  const refused: [what: string, args: string[], said: string][] = [
    ["a folder that is there", ["--local", "3", "c"], "expected an empty folder or none"],
    ["an address without a port", ["--nodes", "n1=here", "x"], "expected a node as name=host:port"],
    ["both kinds of nodes", ["--nodes", "n1=a:1", "--local", "1", "x"], "got both or neither"],
    ["two nodes of one address", ["--nodes", "n1=a:1,n2=a:1", "x"], '"nodes" expected addresses that differ'],
    [
      "more crashes than three nodes bear",
      ["--local", "3", "--f", "2", "x"],
      '"f" expected an integer from 0 to 1',
    ],
    [
      "more signatures than principals",
      ["--local", "3", "--threshold", "2", "x"],
      '"controllers.threshold" expected',
    ],
    [
      "a principal twice",
      ["--local", "3", "--controllers", "a,a", "x"],
      "--controllers expected different names",
    ],
    ["an option that is no number", ["--local", "many", "x"], "expected an integer from 1 to 64"],
  ];
  test.each(refused)("refuses %s, and leaves nothing behind", async (_what, args, said) => {
    const before = readdirSync(shell.path);
    const { code, stderr } = await shell.run("init", ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
    expect(readdirSync(shell.path)).toEqual(before);
  });

  test("with --json says what went wrong as JSON", async () => {
    const { code, stderr } = await shell.run("init", "--local", "3", "--json", "c");
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: "exists", message: expect.stringContaining("c: expected") },
    });
  });
});

describe("start refuses before anything starts", () => {
  /** A node's folder that was spoilt. */
  const spoilt = (spoil: (folder: string) => void): string => {
    const folder = at("spoilt");
    rmSync(folder, { recursive: true, force: true });
    cpSync(at("c", "nodes", "n1"), folder, { recursive: true });
    spoil(folder);
    return folder;
  };
  const cases: [what: string, spoil: (folder: string) => void, said: RegExp][] = [
    ["a folder of nothing", (folder) => rmSync(folder, { recursive: true }), /expected the folder of a node/],
    [
      "a node that lost its data",
      (folder) => rmSync(join(folder, "data"), { recursive: true }),
      /got ENOENT.*must not come back under its name.*eunomia join/,
    ],
    [
      "the configuration of another cluster",
      (folder) => cpSync(at("other", "cluster.json"), join(folder, "cluster.json")),
      /expected the data of a node of cluster/,
    ],
    [
      "a configuration that was changed",
      (folder) => {
        const file = join(folder, "cluster.json");
        writeFileSync(file, readFileSync(file, "utf8").replace('"alpha": 16', '"alpha": 8'));
      },
      /got one that was set up with .*bring back the cluster.json/,
    ],
    [
      "a configuration that does not hold",
      (folder) => {
        const file = join(folder, "cluster.json");
        writeFileSync(file, readFileSync(file, "utf8").replace('"alpha": 16', '"alpha": 0'));
      },
      /cluster.json: "alpha" expected an integer from 1 to 1024, got 0/,
    ],
    [
      "a key that others can read",
      (folder) => chmodSync(join(folder, "key.pem"), 0o644),
      /got mode 644. Run "chmod 600/,
    ],
    [
      "another node's certificate",
      (folder) => {
        for (const name of ["key.pem", "cert.pem"]) cpSync(at("c", "nodes", "n2", name), join(folder, name));
      },
      /expected the certificate of node n1 .* got that of node n2/,
    ],
    [
      "the data of another node",
      (folder) => cpSync(at("c", "nodes", "n2", "data"), join(folder, "data"), { recursive: true }),
      /expected the certificate of node n2 .* got that of node n1/,
    ],
  ];
  test.each(cases)("%s", async (_what, spoil, said) => {
    const { code, stderr } = await shell.run("start", spoilt(spoil));
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
  });
});

test("join makes the folder of a new node once, and refuses names and addresses that are taken", async () => {
  const { nodes } = shell.json("other", "cluster.json");
  const joined = await shell.run("join", "n4=127.0.0.1:9104", "--in", "other", "--json");
  expect(JSON.parse(joined.stdout)).toMatchObject({
    self: { id: "n4", port: 9104, observe: { port: 10_104 } },
  });
  expect(joined.stderr).toContain("No node answers");
  expect(shell.json("other", "nodes", "n4", "join.json").contacts).toHaveLength(3);
  for (const taken of ["n4=127.0.0.1:9105", "n1=127.0.0.1:9105", `n5=127.0.0.1:${nodes[1].port}`]) {
    const { code, stderr } = await shell.run("join", taken, "--in", "other");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/expected (a name|an address)/),
    });
  }
  expect(readdirSync(at("other", "nodes"))).toEqual(["n1", "n2", "n3", "n4"]);
});

test("rotate replaces keys and certificates, and what it cannot find it names before it changes anything", async () => {
  const before = readFileSync(at("other", "nodes", "n1", "cert.pem"), "utf8");
  const missing = await shell.run("rotate", "--in", "other", "--nodes", "n1,n9");
  expect(missing).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("expected the folder of node n9"),
  });
  expect(readFileSync(at("other", "nodes", "n1", "cert.pem"), "utf8")).toBe(before);
  const done = await shell.run("rotate", "--in", "other", "--json");
  expect(JSON.parse(done.stdout).renewed).toHaveLength(5);
  expect(readFileSync(at("other", "nodes", "n1", "cert.pem"), "utf8")).not.toBe(before);
  expect(mode("other", "nodes", "n1", "key.pem")).toBe("600");
});

test("doctor says what fails: exposed keys, certificates that do not fit or end soon, ports that are taken", async () => {
  const doctor = async (folder: string) => {
    const { code, stdout } = await shell.run("doctor", folder, "--json");
    const { findings } = JSON.parse(stdout) as {
      findings: { verdict: string; check: string; detail: string }[];
    };
    return { code, of: (check: string) => findings.find((finding) => finding.check === check) };
  };
  const before = await doctor("c");
  expect(before.code).toBe(0);
  expect(before.of("peer n1")).toMatchObject({
    verdict: "warn",
    detail: expect.stringContaining("nothing runs there"),
  });
  expect((await doctor(at("c", "nodes", "n1"))).of("disk sync")).toMatchObject({ verdict: "ok" });

  await shell.run("rotate", "--in", "c", "--nodes", "n3", "--days", "7");
  expect((await doctor("c")).of("certificate n3")).toMatchObject({
    verdict: "warn",
    detail: expect.stringContaining("ends in "),
  });
  cpSync(at("other", "nodes", "n1", "cert.pem"), at("c", "nodes", "n3", "cert.pem"));
  chmodSync(at("c", "authority", "ca-key.pem"), 0o640);
  const after = await doctor("c");
  expect(after.code).toBe(1);
  expect(after.of("certificate n3")).toMatchObject({
    verdict: "fail",
    detail: expect.stringContaining("expected the certificate of node n3"),
  });
  expect(after.of("authority")).toMatchObject({
    verdict: "fail",
    detail: expect.stringContaining("chmod 600"),
  });
  expect(await shell.run("doctor", "nowhere")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("eunomia init"),
  });
});
