import { describe, expect, test, vi } from "vitest";
import { type TcpEvent, tcpTransport } from "../src/tcp.ts";
import { frameOf } from "./frame-of.ts";
import { RawPeer, rawHello, rawServer, refusalsOf } from "./raw.ts";
import { anyPort, eventually, host, moment, sockets, timers, withTcp } from "./worlds.ts";

describe("ids are claims", () => {
  test("clients unknown in advance are answered on their own connections", () =>
    withTcp(async (start) => {
      const server = await start({ self: "server", listen: anyPort });
      server.listen((from, bytes) => server.send(from, Buffer.concat([Buffer.from(from), bytes])));
      const answers: string[] = [];
      for (let number = 0; number < 5; number++) {
        const client = await start({ self: `client ${number}`, peers: { server: server.address! } });
        client.listen((_from, bytes) => answers.push(Buffer.from(bytes).toString()));
        client.send("server", Buffer.from(" asks"));
      }
      await eventually("all are answered", () => answers.length === 5);
      expect(answers.sort()).toEqual([0, 1, 2, 3, 4].map((number) => `client ${number} asks`));
    }));

  test("an impostor of a configured peer gets nothing and cuts nothing off", () =>
    withTcp(async (start) => {
      const peer = await start({ self: "peer", listen: anyPort });
      const node = await start({ self: "node", listen: anyPort, peers: { peer: peer.address! } });
      peer.setPeer("node", node.address!);
      let received = 0;
      peer.listen(() => received++);
      await eventually("the peer has dialled in", () => node.stats().peers.get("peer")?.accepted === 1);
      const impostors: RawPeer[] = [];
      for (let number = 0; number < 12; number++) {
        // The genuine peer speaks now and then, the impostors only claim.
        const before = node.stats().peers.get("peer")!.accepted;
        expect(before).toBeGreaterThan(0);
        expect(peer.send("node", Uint8Array.of(number))).toBe(true);
        await eventually(
          "the peer was heard",
          () => refusalsOf(node, "frame: nobody listens") === number + 1,
        );
        const impostor = await RawPeer.dial(node.address!, rawHello("peer"));
        await eventually("the impostor is let in", () => impostor.heard.length === 1);
        impostors.push(impostor);
      }
      for (let frame = 0; frame < 10; frame++) expect(node.send("peer", Uint8Array.of(1))).toBe(true);
      await eventually("the peer has all frames", () => received === 10);
      // Four places for one id, one of them the genuine peer's.
      expect(refusalsOf(node, "connection: crowded out by the same id")).toBe(9);
      expect(peer.stats().peers.get("node")?.dial).toBe("open");
      expect(impostors.every((impostor) => impostor.heard.length === 1)).toBe(true);
      for (const impostor of impostors) impostor.socket.destroy();
    }));

  test("of a client's id every connection gets the frames, and the one silent for longest makes room", () =>
    withTcp(async (start) => {
      const node = await start({ self: "node", listen: anyPort, maxConnectionsPerId: 2 });
      const heard: number[] = [];
      node.listen((_from, bytes) => heard.push(bytes[0]!));
      const dial = async () => {
        const raw = await RawPeer.dial(node.address!, rawHello("c"));
        await eventually("let in", () => raw.heard.length === 1);
        return raw;
      };
      const first = await dial();
      const second = await dial();
      expect(node.send("c", Uint8Array.of(7))).toBe(true);
      await eventually("both hear", () => first.heard.length === 2 && second.heard.length === 2);
      first.socket.write(Buffer.of(0, 0, 0, 1, 42));
      await eventually("the first speaks", () => heard.length === 1);
      const third = await dial();
      await eventually("the second went", () => second.closed);
      expect([first.closed, third.closed]).toEqual([false, false]);
      for (const raw of [first, third]) raw.socket.destroy();
    }));

  test("another dialect, or none: both sides count it, and the refused one reads why", () =>
    withTcp(async (start) => {
      const node = await start({ self: "node", listen: anyPort, dialect: "orders 2" });
      const same = await start({ self: "same", dialect: "orders 2", peers: { node: node.address! } });
      for (const [self, dialect] of [
        ["older", "orders 1"],
        ["oldest", ""],
      ] as const) {
        const events: TcpEvent[] = [];
        const onEvent = (event: TcpEvent): void => void events.push(event);
        const before = refusalsOf(node, "handshake: another dialect");
        await start({ self, dialect, peers: { node: node.address! }, onEvent });
        await eventually("refused", () => events.some(({ kind }) => kind === "refused-by-peer"));
        expect(refusalsOf(node, "handshake: another dialect")).toBeGreaterThan(before);
        expect(events[0]).toMatchObject({
          kind: "refused-by-peer",
          detail: `handshake: another dialect: this node speaks "orders 2", got "${dialect}"`,
        });
      }
      await eventually("the same one is let in", () => same.stats().peers.get("node")?.dial === "open");
    }));

  test("another cluster: both sides count it, and the refused one reads why", () =>
    withTcp(async (start) => {
      const events: TcpEvent[] = [];
      const node = await start({ self: "node", listen: anyPort, cluster: "production" });
      const lost = await start({
        self: "lost",
        cluster: "test",
        peers: { node: node.address! },
        onEvent: (event) => events.push(event),
      });
      await eventually("refused", () => refusalsOf(lost, "refused by the peer") > 0);
      expect(refusalsOf(node, "handshake: another cluster")).toBeGreaterThan(0);
      expect(events[0]).toMatchObject({
        kind: "refused-by-peer",
        peer: "node",
        detail: 'handshake: another cluster: this is cluster "production", got "test"',
      });
    }));
});

test("a dialler that finds another node at the address says nothing that could be taken for a frame", () =>
  withTcp(async (start) => {
    const other = await start({ self: "other", listen: anyPort });
    const received: Uint8Array[] = [];
    other.listen((_from, bytes) => received.push(bytes));
    const node = await start({ self: "node", peers: { peer: other.address! } });
    await eventually("refused often", () => refusalsOf(node, "handshake: not the dialled peer") >= 8);
    expect(received).toEqual([]);
  }));

describe("peers come and go", () => {
  test("redials wait longer and longer within bounds, and shortly again after success", () =>
    withTcp(async (start) => {
      const closed = await rawServer(() => {});
      await closed.close();
      const retries: number[] = [];
      const lost: TcpEvent[] = [];
      const node = await start({
        self: "node",
        peers: { peer: closed.address },
        random: { next: () => 2 ** 32 - 1 },
        minRedialDelayMs: 2,
        maxRedialDelayMs: 30,
        onEvent: (event) => {
          if (event.kind === "dial-failed") retries.push(event.retryMs);
          if (event.kind === "disconnected") lost.push(event);
        },
      });
      await eventually("seven dials fail", () => retries.length >= 7);
      expect(retries.slice(0, 7)).toEqual([2, 4, 8, 16, 30, 30, 30]);
      const peer = await start({ self: "peer", listen: closed.address });
      await eventually("connected", () => node.stats().peers.get("peer")?.dial === "open");
      retries.length = 0;
      await peer.close();
      await eventually("dials fail again", () => retries.length >= 3);
      expect(retries.slice(0, 3)).toEqual([4, 8, 16]);
      expect(lost).toEqual([{ kind: "disconnected", peer: "peer", direction: "dialled", reason: "ended" }]);
    }));

  test("jitter is drawn from half of the delay to all of it", () =>
    withTcp(async (start) => {
      const closed = await rawServer(() => {});
      await closed.close();
      const retries: number[] = [];
      await start({
        self: "node",
        peers: { peer: closed.address },
        random: { next: () => 0 },
        minRedialDelayMs: 4,
        maxRedialDelayMs: 16,
        onEvent: (event) => event.kind === "dial-failed" && retries.push(event.retryMs),
      });
      await eventually("four dials fail", () => retries.length >= 4);
      expect(retries.slice(0, 4)).toEqual([2, 4, 8, 8]);
    }));

  test("a peer that dials in is dialled soon, however long the wait was", () =>
    withTcp(async (start) => {
      const closed = await rawServer(() => {});
      await closed.close();
      // Waits pass only when told; sockets go on by themselves.
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const settled = async (holds: () => boolean) => {
        for (let turns = 0; !holds(); turns++) {
          expect(turns).toBeLessThan(100_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      try {
        let retryMs = 0;
        const node = await start({
          self: "node",
          listen: anyPort,
          peers: { peer: closed.address },
          minRedialDelayMs: 100,
          maxRedialDelayMs: 1_000_000,
          onEvent: (event) => {
            if (event.kind === "dial-failed") retryMs = event.retryMs;
          },
        });
        const dial = () => node.stats().peers.get("peer")?.dial;
        for (let failure = 0; failure < 6; failure++) {
          await settled(() => dial() === "waiting");
          expect(node.send("peer", Uint8Array.of(1))).toBe(false);
          vi.advanceTimersByTime(retryMs);
        }
        await settled(() => dial() === "waiting");
        expect(retryMs).toBeGreaterThan(3000);
        await start({ self: "peer", listen: closed.address, peers: { node: node.address! } });
        await settled(() => node.stats().peers.get("peer")?.accepted === 1);
        expect(dial()).toBe("waiting");
        vi.advanceTimersByTime(100);
        await settled(() => dial() === "open");
      } finally {
        vi.useRealTimers();
      }
    }));

  test("peers are set and taken away at run time", () =>
    withTcp(async (start) => {
      const b = await start({ self: "b", listen: anyPort });
      const other = await start({ self: "b", listen: anyPort });
      const a = await start({ self: "a" });
      const heard: string[] = [];
      b.listen((_from, bytes) => heard.push(`b ${bytes[0]}`));
      other.listen((_from, bytes) => heard.push(`other ${bytes[0]}`));
      expect(a.send("b", Uint8Array.of(0))).toBe(false);
      a.setPeer("b", b.address!);
      expect(a.send("b", Uint8Array.of(1))).toBe(true);
      await eventually("b hears", () => heard.length === 1);
      a.setPeer("b", b.address!);
      expect(a.send("b", Uint8Array.of(2))).toBe(true);
      // What waits is still written, then the frames go to the new address.
      a.setPeer("b", other.address!);
      expect(a.send("b", Uint8Array.of(3))).toBe(true);
      await eventually("all is heard", () => heard.length === 3);
      expect(heard.sort()).toEqual(["b 1", "b 2", "other 3"]);
      a.setPeer("b", null);
      a.setPeer("b", null);
      expect(a.send("b", Uint8Array.of(4))).toBe(false);
      expect(a.stats().peers.size).toBe(0);
      await eventually("b knows", () => b.stats().peers.size === 0 && other.stats().peers.size === 0);
      expect(() => a.setPeer("a", b.address!)).toThrow(expect.objectContaining({ code: "bad-option" }));
      await a.close();
      expect(() => a.setPeer("b", b.address!)).toThrow(expect.objectContaining({ code: "closed" }));
    }));

  test("the peer's own limit is known here: longer frames are refused at `send`", () =>
    withTcp(async (start) => {
      const small = await start({ self: "small", listen: anyPort, maxFrameBytes: 1000 });
      const sizes: number[] = [];
      small.listen((_from, bytes) => sizes.push(bytes.length));
      const a = await start({ self: "a", peers: { small: small.address! } });
      // Before the hello nothing is known: the first is taken, and dropped when the limit is learnt.
      expect(a.send("small", new Uint8Array(1001))).toBe(true);
      a.send("small", new Uint8Array(1000));
      await eventually("the short one arrives", () => sizes.length === 1);
      expect(a.send("small", new Uint8Array(1001))).toBe(false);
      expect(a.stats().peers.get("small")).toMatchObject({ dial: "open", droppedFrames: 2 });
      expect(sizes).toEqual([1000]);
    }));

  test("statistics count frames and bytes on both sides", () =>
    withTcp(async (start) => {
      const b = await start({ self: "b", listen: anyPort });
      const a = await start({ self: "a", peers: { b: b.address! } });
      b.listen(() => {});
      for (let size = 0; size < 10; size++) a.send("b", new Uint8Array(size));
      await eventually("all arrive", () => b.stats().peers.get("a")?.framesIn === 10);
      expect(b.stats().peers.get("a")).toMatchObject({
        dial: "none",
        accepted: 1,
        bytesIn: 45,
        framesOut: 0,
      });
      expect(a.stats().peers.get("b")).toMatchObject({
        dial: "open",
        accepted: 0,
        framesOut: 10,
        bytesOut: 45,
      });
      await eventually("nothing waits", () => a.stats().peers.get("b")?.queueBytes === 0);
    }));
});

describe("closing", () => {
  test("what was sent is still written, and no handle is left", async () => {
    const before = [timers(), sockets()];
    const b = await tcpTransport({ self: "b", listen: anyPort });
    let received = 0;
    b.listen((_from, bytes) => {
      received += bytes.length;
    });
    const a = await tcpTransport({
      self: "a",
      peers: { b: b.address!, gone: { host, port: 1 } },
      // A busy machine may need longer than usual for five megabytes.
      closeTimeoutMs: 60_000,
    });
    await eventually("connected", () => a.stats().peers.get("b")?.dial === "open");
    for (let frame = 0; frame < 50; frame++) a.send("b", frameOf(frame, 100_000));
    await a.close();
    await eventually("all arrive", () => received === 5_000_000);
    await b.close();
    await eventually("no handle is left", () => timers() <= before[0]! && sockets() <= before[1]!);
  });

  test("a peer that takes nothing does not hold it up, and no event comes afterwards", async () => {
    const events: TcpEvent[] = [];
    const node = await tcpTransport({
      self: "node",
      listen: anyPort,
      closeTimeoutMs: 20,
      onEvent: (event) => events.push(event),
    });
    const slow = await RawPeer.dial(node.address!, rawHello("slow"));
    const silent = await RawPeer.dial(node.address!);
    await eventually("known", () => node.stats().peers.has("slow"));
    slow.socket.pause();
    while (node.send("slow", new Uint8Array(1 << 20)));
    await moment();
    while (node.send("slow", new Uint8Array(1 << 20)));
    const seen = events.length;
    await node.close();
    expect(node.address).toBe(null);
    await moment();
    expect(events.length).toBe(seen);
    expect(node.close()).toBe(node.close());
    for (const raw of [slow, silent]) raw.socket.destroy();
  });

  test("a second listener is a typed error", () =>
    withTcp(async (start) => {
      const node = await start({ self: "node" });
      node.listen(() => {});
      expect(() => node.listen(() => {})).toThrow(expect.objectContaining({ code: "already-listening" }));
    }));
});
