import { type ClientMessage, encodeCommand, joinBatch, readBatch } from "@eunomia/aneris-switch/messages";
import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { BatchWriter } from "../src/batch.ts";
import { ClientSession, type SessionOptions, type Ticket } from "../src/index.ts";
import { RoundTrip } from "../src/round-trip.ts";
import { sessionDefaults } from "./support/actor.ts";

function setUp(options: Partial<SessionOptions> = {}) {
  const sent: { to: readonly string[]; message: ClientMessage }[] = [];
  const settled: number[][] = [];
  const unsettled: { seq: number; reason: string }[] = [];
  const ignored: string[] = [];
  const session = new ClientSession(
    {
      ...sessionDefaults,
      clientId: 7,
      gateways: ["g0", "g1", "g2"],
      random: new SeededRandom(1),
      ...options,
    },
    {
      send: (to, message) => sent.push({ to, message }),
      settled: (...run) => settled.push(run),
      unsettled: ({ seq }, reason) => unsettled.push({ seq, reason }),
      ignored: (reason) => ignored.push(reason),
    },
  );
  const offer = (count: number, bytes = 1): Ticket[] =>
    Array.from({ length: count }, () => {
      const ticket = { seq: 0, cancelled: false };
      session.offer(new Uint8Array(bytes), ticket);
      return ticket;
    });
  const seqs = (): number[][] =>
    sent.map(({ message }) =>
      message.kind === "request"
        ? (readBatch(message.batch) ?? []).map((entry) => (entry.kind === "command" ? entry.seq : -1))
        : [],
    );
  const reply = (now: number, seq: number, count: number, from = "g0"): boolean =>
    session.take(now, from, { kind: "reply", runs: [{ client: 7, seq, count, slot: 3, index: 10 }] });
  const reject = (now: number, seq: number, reason: string): boolean =>
    session.take(now, "g0", { kind: "rejected", client: 7, seq, reason });
  return { session, sent, settled, unsettled, ignored, offer, seqs, reply, reject };
}

test("a batch is what the messages' own encoders make of its commands", () => {
  const writer = new BatchWriter();
  const random = new SeededRandom(3);
  for (let round = 0; round < 300; round += 1) {
    const count = 1 + random.below(40);
    const entries: Uint8Array[] = [];
    const ends: number[] = [];
    writer.begin(count);
    const first = writer.length;
    for (let i = 0; i < count; i += 1) {
      const big = 2 ** random.below(50);
      const body = new Uint8Array(random.below(5) === 0 ? 70_000 : random.below(300)).fill(i);
      entries.push(encodeCommand(big, big + i, big - 1, body));
      ends.push(writer.command(big, big + i, big - 1, body));
    }
    const batch = writer.finish();
    expect(Buffer.compare(batch, joinBatch(entries))).toBe(0);
    expect(ends).toEqual((readBatch(batch) ?? []).map(({ end }) => end));
    expect(first).toBe((readBatch(batch) ?? [])[0]!.start);
  }
});

test("what gathered since the last tick leaves in one request to the preferred gateway", () => {
  const { session, sent, offer, seqs } = setUp();
  offer(5);
  expect(sent).toHaveLength(0);
  session.tick(0);
  session.tick(0);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.to).toEqual(["g0"]);
  expect(seqs()).toEqual([[1, 2, 3, 4, 5]]);
});

test("requests stay below the frame size and the batch size", () => {
  const large = setUp({ maxFrameBytes: 4096 });
  large.offer(8, 1000);
  large.session.tick(0);
  expect(large.seqs()).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8],
  ]);
  for (const { message } of large.sent)
    expect(message.kind === "request" && message.batch.length).toBeLessThan(4096);
  const many = setUp({ maxBatch: 3 });
  many.offer(8);
  many.session.tick(0);
  expect(many.seqs().map(({ length }) => length)).toEqual([3, 3, 2]);
});

test("the window counts from the oldest number without an answer, and answers open it", () => {
  const { session, offer, seqs, reply } = setUp({ window: 4 });
  offer(10);
  session.tick(0);
  reply(1, 2, 3);
  session.tick(1);
  expect(seqs()).toEqual([[1, 2, 3, 4]]);
  expect(session.outstanding).toBe(1);
  reply(2, 1, 1);
  session.tick(2);
  expect(seqs()[1]).toEqual([5, 6, 7, 8]);
});

test("an unanswered command goes to every gateway with the same number and ack, later and later", () => {
  const { session, sent, offer } = setUp();
  offer(1);
  session.tick(0);
  const times: number[] = [];
  for (let now = 0; now < 5000; now = session.wakeAt) {
    const before = sent.length;
    session.tick(now);
    if (sent.length > before) times.push(now);
  }
  const first = sent[0]!.message;
  for (const { to, message } of sent.slice(1)) {
    expect(to).toEqual(["g0", "g1", "g2"]);
    expect(message).toEqual(first);
  }
  const waits = times.map((at, i) => at - (times[i - 1] ?? 0));
  expect(waits[1]).toBeGreaterThan(waits[0]! * 1.5);
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(500 * 1.25);
});

test("a gateway that answers while the preferred one is silent takes its place", () => {
  const { session, sent, offer, reply } = setUp();
  offer(1);
  session.tick(0);
  session.tick(session.wakeAt);
  reply(100, 1, 1, "g2");
  offer(1);
  session.tick(101);
  expect(sent.at(-1)!.to).toEqual(["g2"]);
});

test("busy and window put a command off and hold new ones back", () => {
  for (const reason of ["busy", "window"]) {
    const { session, sent, offer, reject, reply, seqs } = setUp();
    offer(2);
    session.tick(0);
    reject(5, 1, reason);
    offer(1);
    session.tick(6);
    expect(sent).toHaveLength(1);
    while (session.outstanding < 3) session.tick(session.wakeAt);
    expect(
      seqs()
        .flat()
        .filter((seq) => seq === 1).length,
    ).toBeGreaterThanOrEqual(1);
    for (
      let i = 0;
      i < 10 &&
      seqs()
        .flat()
        .filter((seq) => seq === 1).length < 2;
      i += 1
    )
      session.tick(session.wakeAt);
    expect(
      seqs()
        .flat()
        .filter((seq) => seq === 1).length,
    ).toBeGreaterThanOrEqual(2);
    reply(1000, 1, 3);
    expect(session.outstanding).toBe(0);
  }
});

test("a lost session ends every command as unknown and is never opened anew", () => {
  const { session, sent, offer, reject, unsettled } = setUp({ window: 2 });
  offer(3);
  session.tick(0);
  reject(1, 2, "session");
  expect(session.lost).toBe("session");
  expect(unsettled).toEqual([
    { seq: 1, reason: "session" },
    { seq: 2, reason: "session" },
    { seq: 0, reason: "session" },
  ]);
  session.tick(10_000);
  expect(sent).toHaveLength(1);
});

test("a command refused as too large ends with that reason, the session with it", () => {
  const { session, offer, reject, unsettled } = setUp();
  offer(2);
  session.tick(0);
  reject(1, 1, "too large");
  expect(session.lost).toBe("too large");
  expect(unsettled).toEqual([
    { seq: 1, reason: "too large" },
    { seq: 2, reason: "session" },
  ]);
});

test("a cancelled command without a number never leaves; one with a number is repeated in the background", () => {
  const { session, offer, unsettled, seqs, reply, settled } = setUp({ window: 1 });
  const [first, second, third] = offer(3);
  session.tick(0);
  session.cancel(second!);
  session.cancel(first!);
  session.cancel(first!);
  expect(unsettled).toEqual([
    { seq: 0, reason: "cancelled" },
    { seq: 1, reason: "cancelled" },
  ]);
  session.tick(session.wakeAt);
  expect(seqs()).toEqual([[1], [1]]);
  reply(500, 1, 1);
  session.tick(501);
  expect(third!.seq).toBe(2);
  expect(settled).toEqual([[1, 1, 3, 10]]);
});

describe("replies", () => {
  test("for what was never asked are ignored and counted", () => {
    const { session, offer, reply, ignored, settled } = setUp();
    offer(2);
    session.tick(0);
    reply(1, 3, 1);
    reply(1, 1, 3);
    reply(1, 0, 1);
    reply(1, 2, 2 ** 50);
    const other = { client: 8, seq: 1, count: 1, slot: 1, index: 0 };
    expect(session.take(1, "g0", { kind: "reply", runs: [other] })).toBe(false);
    expect(settled).toEqual([]);
    expect(ignored).toHaveLength(4);
    reply(2, 1, 2);
    reply(2, 1, 2);
    expect(settled).toEqual([[1, 2, 3, 10]]);
    expect(ignored).toHaveLength(5);
  });

  test("that overlap settle the rest at the right places", () => {
    const { session, offer, reply, settled } = setUp();
    offer(6);
    session.tick(0);
    reply(1, 3, 2);
    reply(2, 1, 6);
    expect(settled).toEqual([
      [3, 2, 3, 10],
      [1, 2, 3, 10],
      [5, 2, 3, 14],
    ]);
    expect(session.ack).toBe(6);
  });
});

test("registration is repeated with the same nonce until answered; a second answer changes nothing", () => {
  const { session, sent, offer } = setUp({ clientId: null });
  offer(1);
  session.tick(0);
  session.tick(session.wakeAt);
  expect(sent.map(({ to }) => to)).toEqual([["g0"], ["g0", "g1", "g2"]]);
  const [first, second] = sent.map(({ message }) => message);
  expect(second).toEqual(first);
  const nonce = first!.kind === "register" ? first!.nonce : new Uint8Array();
  expect(
    session.take(200, "g1", { kind: "registered", nonce: new Uint8Array(32), client: 65_537, slot: 1 }),
  ).toBe(false);
  session.take(200, "g1", { kind: "registered", nonce, client: 65_536, slot: 1 });
  session.take(201, "g0", { kind: "registered", nonce, client: 131_072, slot: 2 });
  session.tick(202);
  expect(session.client).toBe(65_536);
  expect(sent.at(-1)!.message).toMatchObject({ kind: "request", client: 65_536 });
});

test("the timeout follows RFC 6298 within its bounds", () => {
  const roundTrip = new RoundTrip({ rtoMinMs: 10, rtoMaxMs: 1000, rtoInitialMs: 100 });
  expect(roundTrip.waitMs(1)).toBe(100);
  roundTrip.sample(40);
  expect(roundTrip.waitMs(1)).toBe(40 + 4 * 20);
  roundTrip.sample(80);
  // rttvar = 3/4 · 20 + 1/4 · 40, srtt = 7/8 · 40 + 1/8 · 80
  expect(roundTrip.waitMs(1)).toBe(45 + 4 * 25);
  roundTrip.timedOut();
  expect(roundTrip.waitMs(1)).toBe(290);
  expect(roundTrip.waitMs(20)).toBe(1000);
  for (let i = 0; i < 100; i += 1) roundTrip.sample(1);
  expect(roundTrip.waitMs(1)).toBe(10);
});

test("a gateway that falls silent costs one step of back-off, however many requests were under way", () => {
  const { session, offer, sent, reply, seqs } = setUp({
    window: 1024,
    rtoMinMs: 50,
    rtoMaxMs: 10_000,
    rtoInitialMs: 100,
  });
  let now = 0;
  for (let i = 0; i < 20; i += 1) {
    offer(1);
    session.tick(now);
    reply(now + 10, i + 1, 1);
    now += 10;
  }
  sent.length = 0;
  // Two hundred requests of five commands, a millisecond apart, and nobody answers.
  for (let i = 0; i < 200; i += 1) {
    offer(5);
    session.tick(now);
    now += 1;
  }
  for (let i = 0; i < 400; i += 1) session.tick(now++);
  const repeated = new Set<number>();
  sent.forEach(({ to }, at) => {
    if (to.length > 1) for (const seq of seqs()[at]!) repeated.add(seq);
  });
  // Back-off by request would have reached seconds after a dozen of them; so every command was repeated well before.
  expect(repeated.size).toBe(1000);
});
