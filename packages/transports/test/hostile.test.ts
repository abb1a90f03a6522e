import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TcpEvent, TcpRefusal } from "../src/tcp.ts";
import { frameOf } from "./frame-of.ts";
import { Echo, framed, RawPeer, rawHello, rawServer, refusalsOf } from "./raw.ts";
import { anyPort, eventually, moment, withTcp } from "./worlds.ts";

const hostileBytes: readonly { name: string; bytes: Uint8Array[]; reason: TcpRefusal }[] = [
  {
    name: "a web browser",
    bytes: [Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    reason: "handshake: not our protocol",
  },
  { name: "a giant length", bytes: [Buffer.of(255, 255, 255, 255)], reason: "handshake: not our protocol" },
  { name: "an empty frame", bytes: [framed(new Uint8Array(0))], reason: "handshake: not our protocol" },
  {
    name: "another magic",
    bytes: [framed(Buffer.from("OTHER protocol"))],
    reason: "handshake: not our protocol",
  },
  { name: "another version", bytes: [rawHello("x", "", 2)], reason: "handshake: another version" },
  { name: "another cluster", bytes: [rawHello("x", "test")], reason: "handshake: another cluster" },
  { name: "the server's own id", bytes: [rawHello("server")], reason: "handshake: our own id" },
  { name: "an empty id", bytes: [rawHello("")], reason: "handshake: malformed" },
  { name: "an id with a line break", bytes: [rawHello("x\ny")], reason: "handshake: malformed" },
  { name: "an id that is no text", bytes: [rawHello(Buffer.of(0xff, 0xfe))], reason: "handshake: malformed" },
  { name: "a cut hello", bytes: [framed(rawHello("x").subarray(4, -1))], reason: "handshake: malformed" },
  {
    name: "a long hello",
    bytes: [framed(Buffer.concat([rawHello("x").subarray(4), Buffer.of(0)]))],
    reason: "handshake: malformed",
  },
  {
    name: "a hello of magic and kind only",
    bytes: [framed(Buffer.from("EUNO\x01\x01"))],
    reason: "handshake: malformed",
  },
  {
    name: "an unknown kind",
    bytes: [framed(Buffer.from("EUNO\x01\x07abcdefghij"))],
    reason: "handshake: malformed",
  },
  { name: "a refusal", bytes: [framed(Buffer.from("EUNO\x01\x02no"))], reason: "handshake: malformed" },
  {
    name: "a giant length after the hello",
    bytes: [rawHello("x"), Buffer.of(255, 255, 255, 255)],
    reason: "frame: longer than the limit",
  },
  {
    name: "one byte beyond the limit",
    bytes: [rawHello("x"), Buffer.of(0, 1, 0x86, 0xa1)],
    reason: "frame: longer than the limit",
  },
];

describe("hostile bytes to a server", () => {
  test("each is refused for its reason, and told so; nobody else is disturbed", () =>
    withTcp(async (start) => {
      const server = await start({ self: "server", listen: anyPort, maxFrameBytes: 100_000 });
      const echo = new Echo(await start({ self: "good", peers: { server: server.address! } }), server);
      await echo.check();
      for (const { name, bytes, reason } of hostileBytes) {
        const before = refusalsOf(server, reason);
        const peer = await RawPeer.dial(server.address!, ...bytes);
        await eventually(
          `${name} is refused`,
          () => refusalsOf(server, reason) === before + 1 && peer.closed,
        );
        if (reason.startsWith("handshake")) {
          expect(peer.greeting, name).toEqual({ kind: "refusal", detail: expect.stringContaining(reason) });
        }
        await echo.check();
      }
      expect([...server.stats().refusals.values()].reduce((a, b) => a + b)).toBe(hostileBytes.length);
      expect([...server.stats().peers.keys()]).toEqual(["good"]);
    }));

  test("resets and ends at any moment leave nothing behind", () =>
    withTcp(async (start) => {
      const server = await start({ self: "server", listen: anyPort });
      const echo = new Echo(await start({ self: "good", peers: { server: server.address! } }), server);
      const script = Buffer.concat([rawHello("x"), framed(frameOf(1, 50)), framed(frameOf(2, 50))]);
      for (let length = 0; length <= script.length; length += 3) {
        const peer = await RawPeer.dial(server.address!, script.subarray(0, length));
        if (length % 2 === 0) peer.socket.resetAndDestroy();
        else peer.socket.end();
      }
      await echo.check();
      await eventually(
        "all are forgotten",
        () => server.stats().peers.size === 1 && server.stats().pendingHandshakes === 0,
      );
      expect(server.stats().refusals.size).toBe(0);
    }));

  test("mutated streams in random pieces", async () => {
    let delivered = 0;
    await withTcp(async (start) => {
      const server = await start({ self: "server", listen: anyPort, maxFrameBytes: 1000 });
      const echo = new Echo(await start({ self: "good", peers: { server: server.address! } }), server);
      const script = Buffer.concat([
        rawHello("x"),
        ...[9, 0, 300, 5].map((size) => framed(frameOf(size, size))),
      ]);
      const mutation = fc.record({ at: fc.nat(script.length - 1), byte: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(mutation, { maxLength: 3 }),
          fc.array(fc.nat(script.length), { maxLength: 3 }),
          fc.boolean(),
          async (mutations, cuts, reset) => {
            const bytes = Buffer.from(script);
            for (const { at, byte } of mutations) bytes[at] = byte;
            const peer = await RawPeer.dial(server.address!);
            let from = 0;
            for (const to of [...cuts.sort((a, b) => a - b), bytes.length]) {
              peer.socket.write(bytes.subarray(from, to));
              from = to;
              await moment();
            }
            delivered += peer.heard.length > 1 ? 1 : 0;
            if (reset) peer.socket.resetAndDestroy();
            else peer.socket.end();
          },
        ),
        { seed: 5, numRuns: 150 },
      );
      await echo.check();
      await eventually("all are forgotten", () => server.stats().peers.size === 1);
      expect(server.stats().refusals.size).toBeGreaterThan(2);
    });
    expect(delivered).toBeGreaterThan(20);
  });

  test("handshakes that take too long end, whether silent or a byte at a time", () =>
    withTcp(async (start) => {
      const server = await start({ self: "server", listen: anyPort, handshakeTimeoutMs: 40 });
      const silent = await RawPeer.dial(server.address!);
      const slow = await RawPeer.dial(server.address!);
      const hello = rawHello("slow".repeat(60));
      for (let at = 0; at < hello.length - 1 && !slow.closed; at++) {
        slow.socket.write(hello.subarray(at, at + 1));
        await moment();
      }
      await eventually("both are refused", () => silent.closed && slow.closed);
      expect(refusalsOf(server, "handshake: took too long")).toBe(2);
      expect(silent.greeting?.kind).toBe("refusal");
    }));

  test.each([105, 400])(
    "a process that stood still for %i ms reads what came in time before it refuses",
    (ms) =>
      withTcp(async (start) => {
        const server = await start({ self: "server", listen: anyPort, handshakeTimeoutMs: 100 });
        const peer = await RawPeer.dial(server.address!);
        await eventually("it is accepted", () => server.stats().pendingHandshakes === 1);
        peer.socket.write(rawHello("peer"));
        const until = performance.now() + ms;
        while (performance.now() < until);
        await eventually("it is answered", () => peer.greeting !== null);
        expect(refusalsOf(server, "handshake: took too long")).toBe(0);
      }),
  );

  test("a flood of silent connections makes room: the oldest go, and a client gets in", () =>
    withTcp(async (start) => {
      const server = await start({ self: "server", listen: anyPort, maxPendingHandshakes: 4 });
      const flood: RawPeer[] = [];
      for (let number = 0; number < 20; number++) flood.push(await RawPeer.dial(server.address!));
      await eventually("16 are crowded out", () => flood.filter((peer) => peer.closed).length === 16);
      expect(flood.map((peer) => peer.closed)).toEqual(flood.map((_, at) => at < 16));
      expect([server.stats().pendingHandshakes, refusalsOf(server, "handshake: crowded out")]).toEqual([
        4, 16,
      ]);
      await new Echo(await start({ self: "good", peers: { server: server.address! } }), server).check();
      for (const peer of flood) peer.socket.destroy();
    }));

  test("a flood of clients is refused beyond the limit; configured peers and present clients stay", () =>
    withTcp(async (start) => {
      const peer = await start({ self: "peer", listen: anyPort });
      const server = await start({
        self: "server",
        listen: anyPort,
        maxConnections: 3,
        peers: { peer: peer.address! },
      });
      const echo = new Echo(await start({ self: "good", peers: { server: server.address! } }), server);
      await echo.check();
      const flood: RawPeer[] = [];
      for (let number = 0; number < 10; number++)
        flood.push(await RawPeer.dial(server.address!, rawHello(`client ${number}`)));
      await eventually("8 are refused", () => refusalsOf(server, "handshake: too many connections") === 8);
      peer.setPeer("server", server.address!);
      await eventually("the peer gets in", () => server.stats().peers.get("peer")?.accepted === 1);
      await echo.check();
      expect(flood.find((one) => one.greeting?.kind === "refusal")?.greeting).toEqual({
        kind: "refusal",
        detail: "handshake: too many connections: at most 3",
      });
      for (const one of flood) one.socket.destroy();
      await eventually("places are free again", () => server.stats().peers.size === 2);
    }));

  test("a peer that takes nothing fills its own queue only, and is closed", () =>
    withTcp(async (start) => {
      const server = await start({
        self: "server",
        listen: anyPort,
        stallTimeoutMs: 60,
        maxQueueBytes: 1 << 20,
        maxFrameBytes: 1 << 16,
      });
      const echo = new Echo(await start({ self: "good", peers: { server: server.address! } }), server);
      const slow = await RawPeer.dial(server.address!, rawHello("slow"));
      await eventually("it is known", () => server.stats().peers.has("slow"));
      slow.socket.pause();
      let fullest = 0;
      let refusedSends = 0;
      // More than the kernel's buffers hold: frames go out until it is closed.
      await eventually("it is closed", () => {
        for (let frame = 0; frame < 20; frame++)
          if (!server.send("slow", new Uint8Array(1 << 16))) refusedSends++;
        fullest = Math.max(fullest, server.stats().peers.get("slow")?.queueBytes ?? 0);
        return refusalsOf(server, "connection: takes nothing") === 1;
      });
      expect(refusedSends).toBeGreaterThan(0);
      expect(fullest).toBeGreaterThan(1 << 19);
      expect(fullest).toBeLessThanOrEqual(1 << 20);
      expect(server.send("slow", new Uint8Array(1))).toBe(false);
      await echo.check();
      slow.socket.destroy();
    }));
});

describe("hostile servers to one that dials", () => {
  const answers: readonly { name: string; bytes: Uint8Array; reason: TcpRefusal }[] = [
    { name: "garbage", bytes: Buffer.from("SSH-2.0-OpenSSH\r\n"), reason: "handshake: not our protocol" },
    { name: "another peer", bytes: rawHello("somebody"), reason: "handshake: not the dialled peer" },
    { name: "another cluster", bytes: rawHello("bad", "prod"), reason: "handshake: another cluster" },
    { name: "another version", bytes: rawHello("bad", "", 9), reason: "handshake: another version" },
    {
      name: "a refusal",
      bytes: framed(Buffer.from("EUNO\x09\x02go\naway\x1b[2J")),
      reason: "refused by the peer",
    },
    {
      name: "a giant frame",
      bytes: Buffer.concat([rawHello("bad"), Buffer.of(255, 0, 0, 0)]),
      reason: "frame: longer than the limit",
    },
  ];
  for (const { name, bytes, reason } of answers)
    test(`${name}: counted, dialled again, others undisturbed`, () =>
      withTcp(async (start) => {
        const bad = await rawServer((socket) => socket.write(bytes));
        const events: TcpEvent[] = [];
        const good = await start({ self: "good", listen: anyPort });
        const node = await start({
          self: "node",
          peers: { bad: bad.address, good: good.address! },
          onEvent: (event) => events.push(event),
        });
        const echo = new Echo(node, good);
        await eventually("it is counted more than once", () => refusalsOf(node, reason) > 1);
        await echo.check();
        if (reason === "refused by the peer")
          expect(events).toContainEqual(
            expect.objectContaining({ kind: "refused-by-peer", detail: "go away [2J" }),
          );
        await bad.close();
      }));

  test("a server that accepts and says nothing", () =>
    withTcp(async (start) => {
      const bad = await rawServer(() => {});
      const node = await start({ self: "node", peers: { bad: bad.address }, handshakeTimeoutMs: 20 });
      await eventually("it is given up twice", () => refusalsOf(node, "handshake: took too long") > 1);
      expect(node.stats().peers.get("bad")?.dial).not.toBe("open");
      await bad.close();
    }));

  test("a server that resets at once", () =>
    withTcp(async (start) => {
      let resets = 0;
      const bad = await rawServer((socket) => {
        resets++;
        socket.resetAndDestroy();
      });
      await start({ self: "node", peers: { bad: bad.address } });
      await eventually("it is dialled again and again", () => resets > 5);
      await bad.close();
    }));
});
