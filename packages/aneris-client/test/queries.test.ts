import type { Application, Delivery } from "@eunomia/aneris-switch";
import { type ClientMessage, queryBytesMax } from "@eunomia/aneris-switch/messages";
import { afterEach, expect, test } from "vitest";
import { type Answer, createClient, QueryDesk } from "../src/index.ts";
import { believing, clockOf, pass, Wire } from "./support/ports.ts";
import { MemoryLog, realNode } from "./support/real.ts";
import { World } from "./support/world.ts";

const faults: Error[] = [];
afterEach(() => expect(faults.splice(0)).toEqual([]));

/** A desk by hand: whom it writes to, and what it says. */
function deskOf(gateways: readonly string[]) {
  const sent: { to: string; nonce: number }[] = [];
  const said: string[] = [];
  const desk = new QueryDesk(
    { gateways, random: { next: nextOf(7) }, rtoMinMs: 50, rtoMaxMs: 1000, rtoInitialMs: 100 },
    {
      send: (to, message) => {
        if (message.kind === "query") sent.push({ to: to.join("+"), nonce: message.nonce });
      },
      answered: (token, { slot, gateway }) => said.push(`${token}: slot ${slot} of ${gateway}`),
      refused: (token, reason) => said.push(`${token}: ${reason}`),
      expired: (token) => said.push(`${token}: expired`),
    },
  );
  const answer = (nonce: number, slot = 1): ClientMessage => ({
    kind: "answer",
    nonce,
    slot,
    body: new Uint8Array(),
  });
  const ask = (deadline = Number.POSITIVE_INFINITY) =>
    desk.ask({ kind: "linearizable" }, new Uint8Array(), deadline);
  return { desk, ask, answer, sent: () => sent.splice(0), said: () => said.splice(0) };
}

/** Numbers that all differ. */
function nextOf(first: number): () => number {
  let drawn = first;
  return () => {
    drawn = (drawn * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return drawn;
  };
}

test("a query goes to one gateway, to all when that is silent, and next time to the one that answered", () => {
  const { desk, ask, answer, sent, said } = deskOf(["a", "b", "c"]);
  ask();
  desk.tick(0);
  const [first] = sent();
  expect(first!.to).toBe("a");
  expect(desk.wakeAt).toBeGreaterThanOrEqual(100);
  desk.tick(desk.wakeAt);
  expect(sent()).toEqual([{ to: "a+b+c", nonce: first!.nonce }]);
  expect(desk.take(300, "c", answer(first!.nonce, 5))).toBe(true);
  expect(desk.take(300, "a", answer(first!.nonce, 5))).toBe(false);
  expect(said()).toEqual(["1: slot 5 of c"]);
  expect(desk.wakeAt).toBe(Number.POSITIVE_INFINITY);
  ask();
  desk.tick(300);
  const [second] = sent();
  expect(second!.to).toBe("c");
  expect(second!.nonce).not.toBe(first!.nonce);
});

test("who cannot answer is passed over at once, and asked again a little later when nobody can", () => {
  const { desk, ask, sent, said } = deskOf(["a", "b"]);
  ask();
  desk.tick(0);
  const { nonce } = sent()[0]!;
  const refuse = (from: string, reason = "not a member") =>
    desk.take(1, from, { kind: "unanswered", nonce, reason });
  refuse("a");
  desk.tick(1);
  expect(sent()).toEqual([{ to: "a+b", nonce }]);
  refuse("a");
  refuse("b", "busy");
  desk.tick(2);
  expect(sent()).toEqual([]);
  expect(desk.wakeAt).toBeGreaterThan(100);
  desk.tick(desk.wakeAt);
  expect(sent()).toEqual([{ to: "a+b", nonce }]);
  expect(said()).toEqual([]);
  refuse("b", "no application");
  expect(said()).toEqual(["1: no application"]);
});

test("a deadline and a caller that goes end a query; late answers are nobody's", () => {
  const { desk, ask, answer, sent, said } = deskOf(["a"]);
  ask(80);
  const second = ask();
  desk.tick(0);
  const nonces = sent().map(({ nonce }) => nonce);
  expect(desk.wakeAt).toBe(80);
  desk.tick(80);
  desk.drop(second);
  expect(said()).toEqual(["1: expired"]);
  for (const nonce of nonces) expect(desk.take(90, "a", answer(nonce))).toBe(false);
});

/** Its state is the last body; it says so to whoever asks, and how often it was asked. */
function lastBody(): Application & { asked: number } {
  let last = new Uint8Array();
  return {
    asked: 0,
    apply: ({ vector }: Delivery) => {
      last = vector.slice(-1);
    },
    snapshot: () => [last],
    restore() {},
    query(body) {
      this.asked += 1;
      return Uint8Array.of(...last, ...body);
    },
  };
}

function setUp(application?: Application) {
  const world = new World(11);
  const wire = new Wire(world);
  const node = realNode(world, wire, new MemoryLog(), faults, application);
  const client = createClient({
    self: "c",
    gateways: ["g0"],
    nodeOf: (process) => (process === "g0" ? "n0" : null),
    transport: wire.transport("c"),
    authenticator: believing("c"),
    clock: clockOf(world),
    defer: (callback) => world.after(0, callback),
    random: world.random,
  });
  /** Lets time pass until it is settled. */
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let open = true;
    promise.catch(() => {}).finally(() => (open = false));
    while (open) await pass(world, 5);
    return promise;
  };
  return { world, wire, node, client, settled };
}

test("every level of a client reads its own writes from a real node", async () => {
  const application = lastBody();
  const { node, client, settled } = setUp(application);
  const said = async (...levels: Parameters<typeof client.query>[1][]): Promise<Answer[]> =>
    settled(Promise.all(levels.map((options) => client.query(Uint8Array.of(9), options))));
  for (let body = 1; body <= 3; body += 1) {
    const { slot } = await settled(client.broadcast(Uint8Array.of(body)));
    const answers = await said(
      undefined,
      { level: "session" },
      { level: { slot } },
      { level: { maxBehindMs: 0 } },
    );
    for (const answer of answers)
      expect(answer).toMatchObject({ slot, body: Uint8Array.of(body, 9), gateway: "g0" });
  }
  expect(application.asked).toBe(12);
  const [stale] = await said({ level: { maxBehindMs: 60_000 } });
  expect(stale!.body[0]).toBe(3);
  await client.close();
  node.stop();
});

test("a query ends with what ended it", async () => {
  const { wire, node, client, settled } = setUp(lastBody());
  const body = new Uint8Array();
  await settled(client.registered());
  wire.cut.add("n0");
  await expect(settled(client.query(body, { timeoutMs: 300 }))).rejects.toMatchObject({
    code: "no answer",
    reason: "timeout",
  });
  const abort = new AbortController();
  const cancelled = client.query(body, { signal: abort.signal });
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "no answer", reason: "cancelled" });
  const open = client.query(body);
  await client.close();
  await expect(open).rejects.toMatchObject({ code: "no answer", reason: "closed" });
  await expect(client.query(body)).rejects.toMatchObject({ code: "no answer", reason: "closed" });
  node.stop();
});

test("what can never be answered is refused", async () => {
  const { node, client, settled } = setUp();
  const body = new Uint8Array();
  await expect(settled(client.query(body))).rejects.toMatchObject({
    code: "refused",
    reason: "no application",
  });
  const large = client.query(new Uint8Array(queryBytesMax + 1));
  await expect(large).rejects.toMatchObject({ code: "too large", maxBodyBytes: queryBytesMax });
  const bad = async (options: unknown) =>
    expect(client.query(body, options as { timeoutMs: number })).rejects.toMatchObject({ code: "option" });
  await bad({ level: "newest" });
  await bad({ level: { slot: -1 } });
  await bad({ level: { maxBehindMs: 0.5 } });
  await bad({ level: {} });
  await bad({ timeoutMs: -1 });
  await client.close();
  node.stop();
});
