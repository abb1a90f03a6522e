import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import type { TcpEvent, TcpRefusal, TcpTls, TcpTransport } from "../src/tcp.ts";
import { type TestAuthority, testAuthority } from "./certificates.ts";
import { Echo, RawPeer, rawHello, refusalsOf } from "./raw.ts";
import { anyPort, eventually, moment, sockets, timers, withTcp } from "./worlds.ts";

const cluster = "demo";
let authority: TestAuthority;
let stranger: TestAuthority;
let server: TcpTls;
let good: TcpTls;

beforeAll(async () => {
  authority = await testAuthority("authority");
  stranger = await testAuthority("stranger");
  server = await authority.issue({ cluster, name: "server" });
  good = await authority.issue({ cluster, name: "good", role: "client" });
});

/** A TLS client without manners: its hello is sent whatever its certificate says. */
async function dialRaw(to: TcpTransport, options: ConnectionOptions, hello: Uint8Array): Promise<RawPeer> {
  const { host, port } = to.address!;
  const socket = connectTls({ host, port, checkServerIdentity: () => undefined, ...options });
  const peer = new RawPeer(socket);
  await new Promise((resolve) => socket.once("secureConnect", resolve).once("close", resolve));
  socket.write(hello);
  return peer;
}

/** A server and a client that shows that others go on undisturbed. */
async function guarded(
  start: Parameters<Parameters<typeof withTcp>[0]>[0],
): Promise<{ node: TcpTransport; echo: Echo }> {
  const node = await start({ self: "server", cluster, listen: anyPort, tls: server });
  const client = await start({ self: "good/1", cluster, peers: { server: node.address! }, tls: good });
  const echo = new Echo(client, node);
  await echo.check();
  return { node, echo };
}

describe("who is let in", () => {
  test("a refused peer reads why, and nobody else is disturbed", () =>
    withTcp(async (start) => {
      const { node, echo } = await guarded(start);
      const revoked = await authority.issue({ cluster, name: "lost", role: "client" });
      const { fingerprint } = (await start({ self: "lost/0", cluster, tls: revoked })).stats().certificate!;
      node.updateTls({ ...server, revoked: [fingerprint] });
      const issue = (shape: Parameters<TestAuthority["issue"]>[0]) => authority.issue({ cluster, ...shape });
      const wrong = "handshake: not the certified id";
      const cases: [string, ConnectionOptions, string, TcpRefusal][] = [
        [
          "another authority",
          await stranger.issue({ cluster, name: "n2" }),
          "n2",
          "tls: certificate not trusted",
        ],
        ["no certificate", {}, "n2", "tls: no certificate"],
        ["expired", await issue({ name: "n2", days: [-9, -1] }), "n2", "tls: certificate expired"],
        ["too early", await issue({ name: "n2", days: [1, 9] }), "n2", "tls: certificate not yet valid"],
        [
          "a server's only",
          await issue({ name: "n2", usages: ["server"] }),
          "n2",
          "tls: certificate for another purpose",
        ],
        ["no role", await issue({ name: "n2", role: "" }), "n2", "tls: certificate without a name"],
        ["another role", await issue({ name: "n2", role: "admin" }), "n2", "tls: certificate without a name"],
        ["no name", await issue({ name: "" }), "n2", "tls: certificate without a name"],
        ["a slash in the name", await issue({ name: "a/b" }), "a/b", "tls: certificate without a name"],
        ["revoked", revoked, "lost/1", "tls: certificate revoked"],
        ["another node's id", await issue({ name: "n2" }), "n3", wrong],
        ["an id below a node", await issue({ name: "n2" }), "n2/x", wrong],
        ["a node's id for a client", await issue({ name: "n2", role: "client" }), "n2", wrong],
        ["another client's id", await issue({ name: "orders", role: "client" }), "good/1", wrong],
        ["a client whose name begins alike", await issue({ name: "goo", role: "client" }), "good/1", wrong],
        ["another cluster's", await authority.issue({ cluster: "test", name: "n2" }), "n2", wrong],
      ];
      for (const [what, options, id, reason] of cases) {
        const before = refusalsOf(node, reason);
        const ca = authority.ca;
        const peer = await dialRaw(node, { ...options, ca }, rawHello(id, cluster));
        await eventually(`${what} is refused`, () => refusalsOf(node, reason) === before + 1 && peer.closed);
        expect(peer.greeting, what).toEqual({ kind: "refusal", detail: expect.stringContaining(reason) });
        await echo.check();
      }
      expect([...node.stats().refusals.values()].reduce((a, b) => a + b)).toBe(cases.length);
      expect([...node.stats().peers.keys()]).toEqual(["good/1"]);
    }));

  test("TLS 1.2, plain frames, noise and cut handshakes do not get as far as a hello", () =>
    withTcp(async (start) => {
      const { node, echo } = await guarded(start);
      const old: ConnectionOptions = { ...good, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" };
      await dialRaw(node, old, rawHello("good/2", cluster));
      await eventually("TLS 1.2 is refused", () => refusalsOf(node, "tls: another version") === 1);
      const plain = await RawPeer.dial(node.address!, rawHello("good/2", cluster));
      await eventually("a plain hello is refused", () => refusalsOf(node, "tls: not spoken") === 1);
      expect(plain.heard.length).toBe(0);
      for (let cut = 0; cut < 20; cut++) {
        const peer = await RawPeer.dial(node.address!, randomBytes(cut * 7));
        if (cut % 2 === 0) peer.socket.resetAndDestroy();
        else peer.socket.end();
      }
      await eventually("all are gone", () => node.stats().pendingHandshakes === 0);
      await echo.check();
      expect([...node.stats().peers.keys()]).toEqual(["good/1"]);
    }));

  test("an earlier session is not taken up again: every connection shows a certificate", () =>
    withTcp(async (start) => {
      const { node } = await guarded(start);
      const sessions: Buffer[] = [];
      const { host, port } = node.address!;
      const options = { host, port, ...good, checkServerIdentity: () => undefined };
      const first = connectTls(options).on("session", (session) => sessions.push(session));
      const heard = new RawPeer(first);
      first.once("secureConnect", () => first.write(rawHello("good/2", cluster)));
      await eventually("let in", () => heard.heard.length === 1 && sessions.length > 0);
      const again = connectTls({ ...options, session: sessions[0]! });
      const second = new RawPeer(again);
      again.once("secureConnect", () => again.write(rawHello("good/3", cluster)));
      await eventually("let in again", () => second.heard.length === 1);
      expect(again.isSessionReused()).toBe(false);
      for (const socket of [first, again]) socket.destroy();
    }));

  test("silent sockets are few, and do not stay", () =>
    withTcp(async (start) => {
      const limits = { maxPendingHandshakes: 3, handshakeTimeoutMs: 300 };
      const node = await start({ self: "server", cluster, listen: anyPort, tls: server, ...limits });
      const silent: RawPeer[] = [];
      for (let number = 0; number < 8; number++) silent.push(await RawPeer.dial(node.address!));
      await eventually("five are crowded out", () => refusalsOf(node, "handshake: crowded out") === 5);
      expect(node.stats().pendingHandshakes).toBe(3);
      await eventually("the others time out", () => refusalsOf(node, "handshake: took too long") === 3);
      await eventually("all are closed", () => silent.every(({ closed }) => closed));
      expect(node.stats().pendingHandshakes).toBe(0);
    }));

  test("a certificate issued by way of another one counts, with those in between beside it", () =>
    withTcp(async (start) => {
      const { node, echo } = await guarded(start);
      const below = await authority.below("below");
      const tls = await below.issue({ cluster, name: "n2" });
      const n2 = await start({ self: "n2", cluster, peers: { server: node.address! }, tls });
      await eventually("connected", () => n2.stats().peers.get("server")?.dial === "open");
      node.updateTls(server);
      expect(node.stats().peers.has("n2")).toBe(true);
      await echo.check();
    }));
});

describe("whom a dialler trusts", () => {
  const dialled = (peer: (start: Parameters<Parameters<typeof withTcp>[0]>[0]) => Promise<TcpTransport>) =>
    withTcp(async (start) => {
      const events: TcpEvent[] = [];
      const there = await peer(start);
      const received: string[] = [];
      there.listen((from) => received.push(from));
      const node = await start({
        self: "good/1",
        cluster,
        peers: { server: there.address! },
        tls: good,
        onEvent: (event) => events.push(event),
      });
      node.send("server", Uint8Array.of(1));
      await eventually("a dial fails", () => events.some(({ kind }) => kind === "dial-failed"));
      expect(received).toEqual([]);
      expect(events.some(({ kind }) => kind === "connected")).toBe(false);

      return events.find((event) => event.kind === "dial-failed")!.reason;
    });

  test.each<[string, () => Promise<Parameters<typeof dialled>[0]>, string]>([
    [
      "a server of another authority",
      async () => {
        const tls = await stranger.issue({ cluster, name: "server" });
        return (start) => start({ self: "server", cluster, listen: anyPort, tls });
      },
      "tls: certificate not trusted",
    ],
    [
      "another node at the address",
      async () => {
        const tls = await authority.issue({ cluster, name: "n2" });
        return (start) => start({ self: "n2", cluster, listen: anyPort, tls });
      },
      "handshake: not the dialled peer",
    ],
    [
      "a certificate for clients only",
      async () => {
        const tls = await authority.issue({ cluster, name: "server", usages: ["client"] });
        return (start) => start({ self: "server", cluster, listen: anyPort, tls });
      },
      "tls: certificate for another purpose",
    ],
    [
      "a server without TLS",
      async () => (start) => start({ self: "server", cluster, listen: anyPort }),
      "tls: not spoken",
    ],
  ])("not %s", async (_what, peer, reason) => {
    expect(await dialled(await peer())).toBe(reason);
  });

  test("not somebody who turns bits on the way", () =>
    withTcp(async (start) => {
      const node = await start({ self: "server", cluster, listen: anyPort, tls: server });
      const received: Uint8Array[] = [];
      node.listen((_from, bytes) => received.push(bytes.slice()));
      let turned = 0;
      let flowing = 0;
      const pairs: Socket[] = [];
      const between = createServer((outside) => {
        const inside = connect(node.address!);
        pairs.push(outside, inside);
        for (const socket of [outside, inside]) socket.on("error", () => {});
        inside.pipe(outside);
        outside.on("data", (chunk) => {
          flowing += chunk.length;
          // Behind the handshake, somewhere in the frames.
          if (flowing > 20_000 && turned === 0) {
            turned++;
            chunk[chunk.length >> 1]! ^= 4;
          }
          inside.write(chunk);
        });
        outside.on("close", () => inside.destroy());
        inside.on("close", () => outside.destroy());
      });
      await new Promise<void>((resolve) => between.listen({ host: "127.0.0.1", port: 0 }, resolve));
      const address = { host: "127.0.0.1", port: (between.address() as { port: number }).port };
      const client = await start({ self: "good/1", cluster, peers: { server: address }, tls: good });
      await eventually("the line is cut and dialled anew", () => {
        client.send("server", new Uint8Array(1000).fill(7));
        return turned === 1 && refusalsOf(node, "tls: broken") === 1 && received.length > 50;
      });
      expect(received.every((bytes) => bytes.length === 1000 && bytes.every((byte) => byte === 7))).toBe(
        true,
      );
      await client.close();
      for (const socket of pairs) socket.destroy();
      await new Promise((resolve) => between.close(resolve));
    }));
});

describe("rotation without a stop", () => {
  test("keys, certificates and the authority change under traffic, and no frame is lost", () =>
    withTcp(async (start) => {
      const next = await testAuthority("next");
      const both = authority.ca + next.ca;
      const before = await Promise.all(["a", "b"].map((name) => authority.issue({ cluster, name })));
      const after = await Promise.all(["a", "b"].map((name) => next.issue({ cluster, name })));
      const seen: string[] = [];
      const b = await start({
        self: "b",
        cluster,
        listen: anyPort,
        tls: before[1]!,
        onEvent: (event) => event.kind === "connected" && seen.push(event.certificate!.fingerprint),
      });
      const a = await start({ self: "a", cluster, peers: { b: b.address! }, tls: before[0]! });
      let sent = 0;
      const received: number[] = [];
      b.listen((_from, bytes) => received.push(Buffer.from(bytes).readUInt32BE()));
      const traffic = async () => {
        const until = sent + 50;
        while (sent < until) {
          const frame = Buffer.alloc(2000);
          frame.writeUInt32BE(sent);
          if (a.send("b", frame)) sent++;
          if (sent % 10 === 0) await moment();
        }
      };
      await traffic();
      // First everybody accepts both authorities, then everybody gets a new certificate.
      for (const [at, node] of [a, b].entries()) node.updateTls({ ...before[at]!, ca: both });
      await traffic();
      for (const [at, node] of [a, b].entries()) node.updateTls({ ...after[at]!, ca: both });
      await traffic();
      await eventually("all frames have come", () => received.length === sent);
      expect(received).toEqual(Array.from({ length: sent }, (_, number) => number));
      expect(seen.length).toBe(1);
      // Whoever dials now does so with the new certificate.
      const late = await start({
        self: "late/1",
        cluster,
        peers: { b: b.address! },
        tls: { ...(await authority.issue({ cluster, name: "late", role: "client" })), ca: both },
      });
      await eventually("the old authority still counts", () => late.stats().peers.get("b")?.dial === "open");
      // At last the old authority goes: what was certified by it is cut off, and comes back only with a new certificate.
      b.updateTls(after[1]!);
      await eventually(
        "the old certificates are cut off",
        () => refusalsOf(b, "tls: certificate not trusted") >= 2,
      );
      await eventually("a is back", () => a.stats().peers.get("b")?.dial === "open" && seen.length >= 3);
      expect(seen.at(-1)).toBe(a.stats().certificate!.fingerprint);
      expect(late.stats().peers.get("b")?.dial).not.toBe("open");
      await traffic();
      await eventually("frames flow", () => received.at(-1) === sent - 1);
    }));

  test("what cannot work is refused and changes nothing", () =>
    withTcp(async (start) => {
      const { node, echo } = await guarded(start);
      const other = await authority.issue({ cluster, name: "server" });
      const mistakes: [string, TcpTls, RegExp][] = [
        ["another key", { ...server, key: other.key }, /"tls.key" expected a private key .* got ERR_OSSL/],
        ["no key", { ...server, key: "secret words" }, /"tls.key" expected/],
        ["no certificate", { ...server, cert: "" }, /"tls.cert" expected one certificate in PEM/],
        ["no fingerprint", { ...server, revoked: ["ab:cd"] }, /"tls.revoked" expected SHA-256 fingerprints/],
        ["no authority", { ...server, ca: "junk" }, /"tls.ca" expected one certificate in PEM/],
        [
          "damaged",
          { ...server, ca: server.ca.replaceAll("MII", "MIZ") },
          /"tls.ca" expected certificates in PEM/,
        ],
        ["of another authority", { ...server, ca: stranger.ca }, /expected a certificate that an authority/],
        ["expired", await authority.issue({ cluster, name: "server", days: [-3, -1] }), /valid now/],
        ["another name", await authority.issue({ cluster, name: "n2" }), /a certificate of "server"/],
        ["another cluster", await authority.issue({ cluster: "x", name: "server" }), /in cluster "demo"/],
      ];
      for (const [what, tls, message] of mistakes) {
        const error = await start({ self: "server", cluster, tls }).catch((thrown: unknown) => thrown);
        expect(error, what).toMatchObject({
          code: "bad-certificate",
          message: expect.stringMatching(message),
        });
        // No part of a key may get into a log.
        expect(JSON.stringify([error, String(error)])).not.toMatch(/secret words|PRIVATE KEY/);
        expect(() => node.updateTls(tls), what).toThrow(message);
      }
      const plain = await start({ self: "plain" });
      expect(() => plain.updateTls(server)).toThrow(expect.objectContaining({ code: "bad-option" }));
      await echo.check();
      expect(node.stats().certificate).toMatchObject({ cluster, role: "node", name: "server" });
      expect(plain.stats().certificate).toBe(null);
    }));

  test("closing leaves no handle", async () => {
    const before = [timers(), sockets()];
    await withTcp(async (start) => {
      const { node } = await guarded(start);
      const silent = await RawPeer.dial(node.address!);
      await eventually("it has come", () => node.stats().pendingHandshakes === 1);
      void silent;
    });
    await eventually("no handle is left", () => timers() <= before[0]! && sockets() <= before[1]!);
  });
});
