import { type ClientMessage, encodeCommand, joinBatch, readBatch } from "@eunomia/aneris-switch/messages";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { honest, type MakeSession, type SessionLike } from "./support/actor.ts";
import { type CampaignOptions, runCampaign } from "./support/campaign.ts";

const runs = Number(process.env.ANERIS_CLIENT_RUNS ?? 120);

test("every command settles exactly once under loss, duplication, reordering, refusals, crashes and cancellations", () => {
  const totals = { settled: 0, cancelled: 0, repeated: 0, slots: 0 };
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        lossRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
        duplicateRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
        maxDelayMs: fc.integer({ min: 1, max: 80 }),
        busyRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
        crashes: fc.integer({ min: 0, max: 4 }),
        cancels: fc.integer({ min: 0, max: 8 }),
        window: fc.constantFrom(1, 3, 8, 64),
      }),
      (options) => {
        const campaign = runCampaign(options);
        for (const key of ["settled", "cancelled", "repeated", "slots"] as const)
          totals[key] += campaign[key];
      },
    ),
    { numRuns: runs, seed: 20_261_120 },
  );
  expect(totals.settled).toBeGreaterThan(runs * 100);
  expect(totals.cancelled).toBeGreaterThan(runs);
  expect(totals.repeated).toBeGreaterThan(runs);
});

const weather: Omit<CampaignOptions, "seed" | "make"> = {
  lossRate: 0.15,
  duplicateRate: 0.15,
  maxDelayMs: 60,
  busyRate: 0.1,
  crashes: 3,
  cancels: 20,
};

/** Rewrites what a session sends: `(client, seq, ack, body)` of every command. */
function rewriting(
  change: (entry: { client: number; seq: number; ack: number }, times: number) => Partial<typeof entry>,
): MakeSession {
  return (options, sink) => {
    const times = new Map<number, number>();
    return honest(options, {
      ...sink,
      settled: (...run) => sink.settled(...run),
      send: (to, message) => {
        if (message.kind !== "request") return sink.send(to, message);
        const entries = (readBatch(message.batch) ?? []).map((entry) => {
          if (entry.kind !== "command") throw new Error("not a command");
          const count = (times.get(entry.seq) ?? 0) + 1;
          times.set(entry.seq, count);
          const { client, seq, ack } = { ...entry, ...change(entry, count) };
          return encodeCommand(client, seq, ack, message.batch.subarray(entry.bodyStart, entry.end));
        });
        sink.send(to, { ...message, batch: joinBatch(entries) });
      },
    });
  };
}

/** Changes the messages that a session gets. */
function hearing(change: (message: ClientMessage, session: SessionLike) => ClientMessage): MakeSession {
  return (options, sink) => {
    const session = honest(options, sink);
    const take = session.take.bind(session);
    session.take = (now, from, message) => take(now, from, change(message, session));
    return session;
  };
}

const twins: Record<string, MakeSession> = {
  "resolves on a reply for another number": hearing((message, session) => {
    if (message.kind !== "reply") return message;
    const ack = (session as unknown as { ack: number }).ack;
    return { kind: "reply", runs: message.runs.map((run) => ({ ...run, seq: ack + 1, count: 1 })) };
  }),
  "forgets to acknowledge": rewriting(() => ({ ack: 0 })),
  "acknowledges what it only sent": rewriting(({ seq }) => ({ ack: seq + 5 })),
  "gives a repeated command a new number": rewriting(({ seq }, times) => ({
    seq: times === 1 ? seq : seq + 1,
  })),
  "ignores its window": (options, sink) => honest({ ...options, window: 64 }, sink),
  "never repeats": (options, sink) =>
    honest({ ...options, rtoMinMs: 1e9, rtoMaxMs: 1e9, rtoInitialMs: 1e9 }, sink),
  "forgets a cancelled command that has a number": (options, sink) => {
    const session = honest(options, sink);
    const cancel = session.cancel.bind(session);
    session.cancel = (ticket) => {
      cancel(ticket);
      const run = { client: session.client ?? 0, seq: ticket.seq, count: 1, slot: 1, index: 0 };
      if (ticket.seq > 0) session.take(0, "", { kind: "reply", runs: [run] });
    };
    return session;
  },
};

describe("broken twins are refused", () => {
  for (const [name, make] of Object.entries(twins))
    test(name, () => {
      let refused = 0;
      for (let seed = 1; seed <= 12; seed += 1)
        try {
          runCampaign({ seed, ...weather, make });
        } catch {
          refused += 1;
        }
      expect(refused).toBeGreaterThan(0);
      for (let seed = 1; seed <= 3; seed += 1) runCampaign({ seed, ...weather });
    });
});
