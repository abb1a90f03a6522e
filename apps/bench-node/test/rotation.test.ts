import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { toHex, utf8Encode } from "@eunomia/codec";
import { generateKeys } from "@eunomia/crypto-auth";
import { systemRandom } from "@eunomia/crypto-auth/native";
import { afterAll, expect, test } from "vitest";
import { openClient } from "../src/local/participants.ts";
import { freePorts } from "../src/local/ports.ts";
import { nodeProgram } from "../src/local/program.ts";
import { readClusterConfig } from "../src/node/config.ts";
import { createAuthority, issue } from "../src/security/authority.ts";
import { writeTlsFiles } from "../src/security/tls-files.ts";
import { temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("rotation");
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill("SIGKILL");
  directory.remove();
});

/** Fingerprint of the certificate that a server shows. */
const shownAt = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, minVersion: "TLSv1.3" });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
  });

test("SIGHUP has a node read its certificates again, and what cannot work changes nothing", async () => {
  const authority = await createAuthority("rotated");
  const [port] = await freePorts(1);
  const { principal, bundle } = generateKeys(systemRandom());
  const file = join(directory.path, "cluster.json");
  writeFileSync(
    file,
    JSON.stringify({
      cluster: "rotated",
      nodes: [{ id: "n1", host: "127.0.0.1", port }],
      f: 0,
      initial: "paxos",
      protocols: { paxos: { phase1: 1, phase2: 1 } },
      controllers: { threshold: 1, principals: [{ id: principal, publicKey: toHex(bundle[0]!.publicKey) }] },
    }),
  );
  const folder = join(directory.path, "tls");
  const renew = async (): Promise<void> =>
    writeTlsFiles(folder, await issue(authority, { role: "node", name: "n1" }), authority.cert, true);
  await renew();
  const program = await nodeProgram(directory.path);
  const args = [
    "node",
    "--config",
    file,
    "--tls",
    folder,
    "--id",
    "n1",
    "--data",
    join(directory.path, "n1"),
  ];
  const node = fork(program, args, { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  child = node;
  let log = "";
  node.stderr!.on("data", (chunk) => {
    log += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    node.once("message", (report: { kind: string }) =>
      report.kind === "ready" ? resolve() : reject(report),
    );
    node.once("exit", () => reject(new Error(log)));
  });
  const tls = { ...(await issue(authority, { role: "client", name: "writer" })), ca: authority.cert };
  const config = readClusterConfig(file);
  const { client, link } = await openClient({ config, clientSecret: tls, self: "writer/1", nodes: ["n1"] });
  expect((await client.broadcast(utf8Encode("before"))).seq).toBe(1);
  const first = await shownAt(port!);

  await renew();
  expect(await shownAt(port!)).toBe(first);
  node.kill("SIGHUP");
  await until("the new certificate", async () => (await shownAt(port!)) !== first);
  const second = await shownAt(port!);
  expect((await client.broadcast(utf8Encode("after"))).seq).toBe(2);

  const key = join(folder, "key.pem");
  const faults: [string, () => void][] = [
    ["exposed", () => chmodSync(key, 0o644)],
    ["bad-certificate", () => chmodSync(key, 0o600)],
  ];
  // The second: a certificate for another key than the one that lies beside it.
  const { cert } = await issue(authority, { role: "node", name: "n1" });
  for (const [code, spoil] of faults) {
    spoil();
    if (code === "bad-certificate") writeFileSync(join(folder, "cert.pem"), cert);
    node.kill("SIGHUP");
    await until(`the node to say ${code}`, () => log.includes(`"code":"${code}"`));
    expect(await shownAt(port!)).toBe(second);
  }
  expect(log).not.toContain(readFileSync(key, "utf8").split("\n")[1]);
  expect((await client.broadcast(utf8Encode("still"))).seq).toBe(3);
  await client.close();
  await link.close();
  const ended = new Promise((resolve) => node.once("exit", resolve));
  node.kill("SIGTERM");
  expect(await ended).toBe(0);
}, 60_000);
