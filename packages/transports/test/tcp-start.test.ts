import { EventEmitter } from "node:events";
import type { Server } from "node:net";
import { describe, expect, test } from "vitest";
import { startListening } from "../src/tcp/door.ts";
import { type TcpOptions, tcpTransport } from "../src/tcp.ts";
import { anyPort, eventually, host, sockets, timers, withTcp } from "./worlds.ts";

describe("starting", () => {
  test("a port in use", () =>
    withTcp(async (start) => {
      const first = await start({ self: "a", listen: anyPort });
      const before = [timers(), sockets()];
      await expect(tcpTransport({ self: "b", listen: first.address! })).rejects.toMatchObject({
        code: "port-in-use",
        details: first.address,
        message: expect.stringContaining("choose another port"),
      });
      // A transport that never came to be must not keep the process alive.
      await eventually("no handle is left", () => timers() <= before[0]! && sockets() <= before[1]!);
    }));

  test("an address of another machine", async () => {
    // 192.0.2.0/24 is reserved for documentation: no machine has it.
    const started = tcpTransport({ self: "a", listen: { host: "192.0.2.1", port: 0 } });
    await expect(started).rejects.toMatchObject({ code: "host-unknown" });
  });

  test.each([
    ["EACCES", "port-forbidden"],
    ["ENOTFOUND", "host-unknown"],
    ["EMFILE", "listen-failed"],
  ])("the system's %s becomes %s", async (systemCode, code) => {
    const server = Object.assign(new EventEmitter(), {
      listen: () => server.emit("error", Object.assign(new Error("no"), { code: systemCode })),
    });
    await expect(startListening(server as unknown as Server, { host, port: 1 })).rejects.toMatchObject({
      code,
    });
  });

  const mistakes: Partial<TcpOptions>[] = [
    { self: "" },
    { self: "x".repeat(256) },
    { self: "a\u0000" },
    { self: "\ud800" },
    { cluster: "x".repeat(256) },
    { listen: { host, port: 65_536 } },
    { listen: { host: "", port: 1 } },
    { peers: { b: { host, port: 0 } } },
    { peers: { a: { host, port: 1 } } },
    { peers: { "": { host, port: 1 } } },
    { maxFrameBytes: 0 },
    { maxFrameBytes: 100, maxQueueBytes: 103 },
    { maxConnections: -1 },
    { quotas: { clients: { bytesPerSecond: 0 } } },
    { quotas: { peers: { connections: 1.5 } } },
    { handshakeTimeoutMs: 1.5 },
    { minRedialDelayMs: 10, maxRedialDelayMs: 9 },
  ];
  test.each(mistakes)("mistake %j is a typed error", async (mistake) => {
    await expect(tcpTransport({ self: "a", ...mistake })).rejects.toMatchObject({
      code: "bad-option",
      message: expect.stringMatching(/" expected .* got /),
    });
  });
});
