import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { join } from "node:path";
import { freePorts } from "../local/ports.ts";
import type { Absent, Target } from "./target.ts";

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

/** A message in the frame of gRPC: not compressed, length, bytes. */
function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

const putRequest = (key: string, value: Uint8Array): Buffer =>
  grpcFrame(Buffer.concat([field(1, Buffer.from(key)), field(2, value)]));

function call(
  session: ClientHttp2Session,
  path: string,
  frame: Buffer,
  done: (error: Error | null, reply: Buffer) => void,
): void {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const parts: Buffer[] = [];
  let status = "";
  stream.on("data", (part: Buffer) => parts.push(part));
  stream.on("trailers", (trailers) => {
    status = String(trailers["grpc-status"] ?? "");
  });
  stream.on("error", (error) => done(error, Buffer.alloc(0)));
  stream.on("end", () =>
    done(
      status === "0" ? null : new Error(`etcd answered with status ${status || "none"}`),
      Buffer.concat(parts),
    ),
  );
  stream.end(frame);
}

const unary = (session: ClientHttp2Session, path: string, message: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    call(session, path, grpcFrame(message), (error, reply) =>
      error === null ? resolve(reply) : reject(error),
    ),
  );

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
  const status = numbers(reply.subarray(5));
  const header = numbers(status.get(1) as Buffer);
  return header.get(2) === status.get(4);
}

/** Three members of Debian's etcd on the loopback interface, durable as it comes; null fields say why there is none. */
export async function startEtcd(directory: string): Promise<Target | Absent> {
  try {
    execFileSync("etcd", ["--version"], { stdio: "ignore" });
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
    const session = await connectToLeader([0, 1, 2].map(clientUrl));
    return {
      name: "etcd",
      pids: children.map((child) => child.pid!),
      load: loadOver(session),
      stop: async () => {
        session.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function connectToLeader(urls: readonly string[]): Promise<ClientHttp2Session> {
  for (let tries = 0; tries < 100; tries += 1) {
    for (const url of urls) {
      const session = connect(url);
      session.on("error", () => {});
      try {
        if (isLeader(await unary(session, "/etcdserverpb.Maintenance/Status", new Uint8Array())))
          return session;
      } catch {
        // Not up yet.
      }
      session.close();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("etcd found no leader within 10 s; see its logs");
}

/** All writes over one connection: one request each, as many streams open as writes are under way. */
function loadOver(session: ClientHttp2Session): Target["load"] {
  session.setMaxListeners(0);
  return (outstanding, commands, body, answered) =>
    new Promise((resolve, reject) => {
      let sent = 0;
      let done = 0;
      const next = (): void => {
        const key = `k${sent % 1000}`;
        sent += 1;
        const began = performance.now();
        call(session, "/etcdserverpb.KV/Put", putRequest(key, body), (error) => {
          if (error !== null) return reject(error);
          answered(performance.now() - began, 1);
          done += 1;
          if (done === commands) resolve();
          else if (sent < commands) next();
        });
      };
      for (let i = 0; i < Math.min(outstanding, commands); i += 1) next();
    });
}
