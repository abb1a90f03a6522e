import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../local/ports.ts";
import { GrpcConnection } from "./h2.ts";
import { type Absent, spread, type Target } from "./target.ts";

/** Protocol buffers as far as a put needs them. */
function varint(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 128);
  }
}
const field = (number: number, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);

const putRequest = (key: string, value: Uint8Array): Buffer =>
  Buffer.concat([field(1, Buffer.from(key)), field(2, value)]);

/** Fields 1 (header.member_id) and 4 (leader) of a StatusResponse, as text: equal at the leader. */
function isLeader(reply: Buffer): boolean {
  const numbers = (bytes: Buffer): Map<number, bigint | Buffer> => {
    const fields = new Map<number, bigint | Buffer>();
    let at = 0;
    const next = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++]!;
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = Number(next());
      if ((tag & 7) === 0) fields.set(tag >> 3, next());
      else if ((tag & 7) === 2) {
        const length = Number(next());
        fields.set(tag >> 3, bytes.subarray(at, at + length));
        at += length;
      } else if ((tag & 7) === 1) at += 8;
      else at += 4;
    }
    return fields;
  };
  const status = numbers(reply);
  const header = numbers(status.get(1) as Buffer);
  return header.get(2) === status.get(4);
}

/** Three members of Debian's etcd on the loopback interface, durable as it comes; null fields say why there is none. */
export async function startEtcd(directory: string): Promise<Target | Absent> {
  let version: string;
  try {
    version = execFileSync("etcd", ["--version"], { encoding: "utf8" })
      .split("\n")[0]!
      .replace(" Version:", "");
  } catch {
    return { absent: "etcd is not installed (Debian: apt-get install etcd-server)" };
  }
  const ports = await freePorts(6);
  const peer = (i: number): string => `http://127.0.0.1:${ports[i]}`;
  const clientUrl = (i: number): string => `http://127.0.0.1:${ports[3 + i]}`;
  const children: ChildProcess[] = [];
  mkdirSync(join(directory, "etcd"), { recursive: true });
  for (let i = 0; i < 3; i += 1) {
    const log = openSync(join(directory, "etcd", `m${i}.log`), "a");
    children.push(
      spawn(
        "etcd",
        [
          ...["--name", `m${i}`, "--data-dir", join(directory, "etcd", `m${i}`)],
          ...["--listen-peer-urls", peer(i), "--initial-advertise-peer-urls", peer(i)],
          ...["--listen-client-urls", clientUrl(i), "--advertise-client-urls", clientUrl(i)],
          ...["--initial-cluster", [0, 1, 2].map((n) => `m${n}=${peer(n)}`).join(",")],
          ...["--quota-backend-bytes", String(8 * 2 ** 30), "--log-level", "error"],
        ],
        { stdio: ["ignore", log, log] },
      ),
    );
  }
  const stop = async (): Promise<void> => {
    await Promise.all(
      children.map((child) => {
        if (child.exitCode !== null || child.signalCode !== null) return null;
        const exited = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        return exited;
      }),
    );
  };
  try {
    const leader = await findLeader(ports.slice(3));
    return {
      name: "etcd",
      about: `${version}, three members as they come, fdatasync at a majority before a reply, no TLS`,
      pids: children.map((child) => child.pid!),
      async connect(connections) {
        const all: GrpcConnection[] = [];
        for (let at = 0; at < connections; at += 1) all.push(await GrpcConnection.open("127.0.0.1", leader));
        return {
          async run(outstanding, commands, body, answered) {
            const under = spread(outstanding, connections);
            const shares = spread(commands, connections);
            await Promise.all(all.map((each, at) => put(each, under[at]!, shares[at]!, body, answered)));
          },
          async close() {
            for (const each of all) each.close();
          },
        };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The client port of the leader. */
async function findLeader(ports: readonly number[]): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const port of ports) {
      const connection = await GrpcConnection.open("127.0.0.1", port).catch(() => null);
      if (connection === null) continue;
      const status = await new Promise<Buffer | null>((resolve) =>
        connection.call("/etcdserverpb.Maintenance/Status", new Uint8Array(), resolve),
      );
      connection.close();
      if (status !== null && isLeader(status)) return port;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("etcd found no leader within 10 s; see its logs");
}

/** Writes over one connection: one request each, as many streams open as writes are under way. */
function put(
  connection: GrpcConnection,
  outstanding: number,
  commands: number,
  body: Uint8Array,
  answered: (latencyMs: number) => void,
): Promise<void> {
  if (commands === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    let sent = 0;
    let done = 0;
    const next = (): void => {
      const key = `k${sent % 1000}`;
      sent += 1;
      const began = performance.now();
      connection.call("/etcdserverpb.KV/Put", putRequest(key, body), (reply) => {
        if (reply === null) return reject(new Error("etcd refused a write; see its logs"));
        answered(performance.now() - began);
        done += 1;
        if (done === commands) resolve();
        else if (sent < commands) next();
      });
    };
    for (let i = 0; i < Math.min(outstanding, commands); i += 1) next();
  });
}
