import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Quota } from "../src/tcp/quota.ts";
import { testAuthority } from "./certificates.ts";
import { Echo, RawPeer, rawHello, refusalsOf } from "./raw.ts";
import { anyPort, eventually, moment, withTcp } from "./worlds.ts";

describe("what a sender has left", () => {
  test("whoever waits as told sends no more than a second's worth, what time brings, and one piece", () => {
    let waited = 0;
    const piece = fc.record({ bytes: fc.integer({ min: 1, max: 70_000 }), idleMs: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 60 }), (pieces) => {
        const bytesPerSecond = 50_000;
        const quota = new Quota({ bytesPerSecond }, 0);
        let now = 0;
        let owedMs = 0;
        let sent = 0;
        for (const { bytes, idleMs } of pieces) {
          now += idleMs;
          if (owedMs > 0) now += owedMs;
          const { pauseMs } = quota.take(bytes, 1, now);
          expect(sent).toBeLessThanOrEqual(bytesPerSecond * (1 + now / 1000) + 70_000);
          sent += bytes;
          owedMs = pauseMs;
          if (pauseMs > 0) waited++;
          expect(pauseMs).toBeLessThanOrEqual(1000);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
    expect(waited).toBeGreaterThan(1000);
  });

  test("the bound that is exceeded more says for how long, and a debt is paid by time alone", () => {
    const quota = new Quota({ bytesPerSecond: 1000, framesPerSecond: 10 }, 0);
    expect(quota.take(1000, 10, 0)).toMatchObject({ pauseMs: 0 });
    expect(quota.take(100, 0, 0)).toEqual({ pauseMs: 100, reason: "quota: bytes" });
    expect(quota.take(0, 5, 0)).toEqual({ pauseMs: 500, reason: "quota: frames" });
    expect(quota.take(0, 0, 400)).toEqual({ pauseMs: 100, reason: "quota: frames" });
    expect(quota.take(5000, 0, 500)).toMatchObject({ pauseMs: 1000 });
    expect(quota.isSpare(500)).toBe(false);
    expect(quota.isSpare(7000)).toBe(true);
    quota.connections = 1;
    expect(quota.isSpare(7000)).toBe(false);
  });
});

describe("quotas of a transport", () => {
  test("too much is not read for a while: it is counted, and others do not wait", () =>
    withTcp(async (start) => {
      const node = await start({
        self: "node",
        listen: anyPort,
        quotas: { clients: { bytesPerSecond: 1000 } },
      });
      const greedy = await start({ self: "greedy", peers: { node: node.address! } });
      const echo = new Echo(await start({ self: "good", peers: { node: node.address! } }), node);
      // More than an hour's worth: what is not read now is not read before this test ends.
      expect(greedy.send("node", new Uint8Array(4 << 20))).toBe(true);
      await eventually("it is held back", () => (node.stats().peers.get("greedy")?.pauses ?? 0) > 0);
      for (let round = 0; round < 30; round++) await echo.check();
      expect(node.stats().peers.get("good")).toMatchObject({ framesIn: 30, pauses: 0 });
      expect(node.stats().peers.get("greedy")).toMatchObject({ framesIn: 0 });
      expect(refusalsOf(node, "quota: bytes")).toBe(node.stats().peers.get("greedy")!.pauses);
    }));

  test("frames are bounded too, and peers have bounds of their own", () =>
    withTcp(async (start) => {
      const peer = await start({ self: "peer", listen: anyPort });
      const quotas = { peers: { framesPerSecond: 100 } };
      const peers = { peer: peer.address! };
      const node = await start({ self: "node", listen: anyPort, peers, quotas });
      peer.setPeer("node", node.address!);
      const client = await start({ self: "client", peers: { node: node.address! } });
      node.listen(() => {});
      await eventually("both are connected", () => node.stats().peers.get("client")?.accepted === 1);
      for (let frame = 0; frame < 150; frame++)
        for (const sender of [peer, client]) expect(sender.send("node", Uint8Array.of(frame))).toBe(true);
      await eventually(
        "the client has all through",
        () => node.stats().peers.get("client")?.framesIn === 150,
      );
      await eventually("the peer too", () => node.stats().peers.get("peer")?.framesIn === 150);
      expect(node.stats().peers.get("client")!.pauses).toBe(0);
      expect(refusalsOf(node, "quota: frames")).toBeGreaterThan(0);
    }));

  test("by certificate: ids and connections of one client have one quota, and dialling anew pays no debt", async () => {
    const authority = await testAuthority();
    const server = await authority.issue({ name: "node" });
    const orders = await authority.issue({ name: "orders", role: "client" });
    await withTcp(async (start) => {
      // A debt of half a minute, so that a busy machine does not pay it off meanwhile.
      const quotas = { clients: { framesPerSecond: 10, connections: 2 } };
      const node = await start({ self: "node", listen: anyPort, tls: server, quotas });
      node.listen(() => {});
      const peers = { node: node.address! };
      const open = (number: number) => start({ self: `orders/${number}`, peers, tls: orders });
      const first = await open(1);
      const second = await open(2);
      await eventually("two are in", () => node.stats().peers.size === 2);
      const third = await open(3);
      await eventually("no third", () => refusalsOf(node, "quota: connections") > 0);
      expect(node.stats().peers.has("orders/3")).toBe(false);
      for (let frame = 0; frame < 400; frame++) first.send("node", Uint8Array.of(1));
      await eventually("it is in debt", () => refusalsOf(node, "quota: frames") > 0);
      await first.close();
      await eventually("there is room again", () => third.stats().peers.get("node")?.dial === "open");
      const before = refusalsOf(node, "quota: frames");
      third.send("node", Uint8Array.of(1));
      second.send("node", Uint8Array.of(1));
      await eventually("others of the name pay", () => refusalsOf(node, "quota: frames") >= before + 2);
    });
  });

  test("a sender that is held back can be closed, and can leave", () =>
    withTcp(async (start) => {
      const quotas = { clients: { bytesPerSecond: 1000 } };
      const node = await start({ self: "node", listen: anyPort, quotas });
      node.listen(() => {});
      const raw = await RawPeer.dial(
        node.address!,
        rawHello("x"),
        Buffer.concat(Array(500).fill(Buffer.of(0, 0, 0, 4, 1, 2, 3, 4))),
      );
      await eventually("held back", () => refusalsOf(node, "quota: bytes") > 0);
      raw.socket.end();
      await moment();
      await node.close();
      await eventually("closed", () => raw.closed);
    }));
});
