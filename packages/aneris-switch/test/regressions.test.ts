import { encode } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import { emptyBatch, encodeRegistration, joinBatch, membershipOf } from "../src/messages.ts";
import { ReplicaState } from "../src/state.ts";
import { command, control, Life, labels, modeChange, oracles, protocol, swap } from "./support/lab.ts";

const nonce = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const size = (life: Life): number => encode(ReplicaState, life.state).length;

describe("controls that can never take effect do not come back for ever", () => {
  test("one whose last slot has passed is told and dropped", () => {
    const life = new Life();
    life.submit(command(1, 1));
    life.submit(swap(1, "paxos", { notAfter: 1 }));
    expect(life.decideAll(20)).toBe(2);
    expect(life.log).toEqual([
      [1, "two-thirds", ["c1:1"]],
      [2, "two-thirds", []],
    ]);
    expect(life.outputsOf("controlRejected").map(({ n }) => n)).toEqual([1]);
    life.submit(swap(1, "paxos", { notAfter: 1 }));
    expect(life.proposed).toHaveLength(2);
  });

  test("one whose signer was replaced is told and dropped", () => {
    const life = new Life({ alpha: 4 });
    const keys = { threshold: 1, principals: [{ id: "other", key: nonce(9) }] };
    life.submit(control(1, { kind: "keys", controllers: keys }), swap(2, "paxos"));
    expect(life.decideAll(20)).toBe(2);
    expect(life.log.map(([, , vector]) => vector)).toEqual([["ctl1=keys"], []]);
  });

  test("one that lost its slot to a forged command of its number is proposed again", () => {
    const life = new Life();
    life.submit(swap(1, "paxos"));
    life.decided(1, [swap(1, "paxos", { key: nonce(1) })]);
    life.decideAll(5);
    expect(life.log.at(-1)).toEqual([2, "two-thirds", ["ctl1=paxos"]]);
  });
});

describe("modes may change between swaps", () => {
  test("decisions of an epoch that is still in force survive a cut (window, swap, cut, swap)", () => {
    const life = new Life({ alpha: 4, mode: { kind: "window" }, maxBatch: 1 });
    // From slot 5 on: paxos. Then cut mode in slot 2 and a second swap in slot 3, which cannot come before slot 5.
    for (const entry of [swap(1, "paxos"), command(1, 1), command(1, 2), command(1, 3)]) life.submit(entry);
    life.decided(4, [command(1, 9)]);
    life.decided(1, [swap(1, "paxos")]);
    life.decided(2, [modeChange(2, "cut")]);
    life.decided(3, [swap(3, "two-thirds")]);
    // The learner reports a decision once: what was decided for slot 4 must not have been thrown away.
    expect(life.log.slice(0, 4).map(([slot, name, vector]) => [slot, name, vector])).toEqual([
      [1, "two-thirds", ["ctl1=paxos"]],
      [2, "two-thirds", ["ctl2=mode"]],
      [3, "two-thirds", ["ctl3=two-thirds"]],
      [4, "two-thirds", ["c1:9"]],
    ]);
    expect(life.state.epochs.at(-1)).toMatchObject({ id: 2, from: 5 });
  });

  test("a decision of a coming epoch is kept though the window says that its slot cannot change", () => {
    const life = new Life({ alpha: 4, mode: { kind: "window" } });
    life.decided(3, [command(1, 1)], 1);
    life.decided(1, [modeChange(1, "cut")]);
    life.decided(2, [swap(2, "paxos")]);
    expect(life.log.at(-1)).toEqual([3, "paxos", ["c1:1"]]);
  });

  test("a swap in window mode takes effect without traffic also when cut mode follows at once", () => {
    const life = new Life({ alpha: 4, mode: { kind: "window" } });
    life.submit(swap(1, "paxos"));
    life.submit(modeChange(2, "cut"));
    life.decideAll(20);
    life.restart();
    life.tick();
    life.decideAll(20);
    expect(life.state.slotOut).toBeGreaterThanOrEqual(5);
  });
});

describe("a decision is reported once, so none that counts is thrown away", () => {
  test("far ahead of the next slot", () => {
    const life = new Life({ alpha: 1 });
    for (let slot = 2; slot <= 300; slot += 1) life.decided(slot, [command(1, slot)]);
    life.decided(1, [command(1, 1)]);
    expect(life.state.slotOut).toBe(301);
  });

  test("what an epoch decided for slots behind its end is not kept", () => {
    const life = new Life({ alpha: 4 });
    life.decided(1, [swap(1, "paxos")]);
    life.decided(4, [command(1, 1)], 0);
    expect(life.state.known.keys).toEqual([]);
  });
});

describe("registrations", () => {
  test("one that waits already is not taken twice", () => {
    const life = new Life({ alpha: 1 });
    for (let i = 0; i < 3; i += 1) life.submit(encodeRegistration(nonce(1)));
    life.submit(command(1, 1));
    life.decideAll(10);
    expect(life.log.flatMap(([, , vector]) => vector).filter((label) => label === "register")).toHaveLength(
      1,
    );
  });

  test("one that another replica brought in is forgotten here", () => {
    const life = new Life({ alpha: 1 });
    life.submit(command(1, 1));
    life.submit(encodeRegistration(nonce(1)));
    life.decided(1, [encodeRegistration(nonce(1))]);
    life.decideAll(10);
    expect(life.outputsOf("deliver").flatMap(({ registered }) => registered)).toHaveLength(1);
  });

  test("two replicas that hold each other to be on duty do not multiply one", () => {
    const over = { membership: membershipOf(["r0", "r1"], 1) };
    const lives = { r0: new Life({ ...over, self: "r0" }), r1: new Life({ ...over, self: "r1" }) };
    lives.r0.commands({ kind: "duty", epoch: 0, replica: "r1" });
    lives.r1.commands({ kind: "duty", epoch: 0, replica: "r0" });
    lives.r0.submit(encodeRegistration(nonce(1)));
    for (let i = 0; i < 20; i += 1)
      for (const [from, to] of [
        ["r0", "r1"],
        ["r1", "r0"],
      ] as const)
        for (const { message } of lives[from].sent.splice(0)) lives[to].message(from, message);
    expect(lives.r0.state.pending.length).toBeLessThanOrEqual(1);
    expect(lives.r1.state.pending.length).toBeLessThanOrEqual(1);
  });
});

describe("bounded state", () => {
  test("epochs that are over are forgotten", () => {
    const life = new Life();
    let max = 0;
    for (let n = 1; n <= 200; n += 1) {
      life.submit(swap(n, n % 2 === 0 ? "two-thirds" : "paxos"));
      life.decideAll(1);
      life.commands({ kind: "stable", slot: life.state.slotOut - 1 });
      max = Math.max(max, life.state.epochs.length);
    }
    expect(life.state.nextControl).toBe(201);
    expect(life.outputsOf("retire").map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
    expect(max).toBeLessThanOrEqual(2);
  });

  test("a client that never acknowledges costs no more than its window", () => {
    const life = new Life({ sessionWindow: 16 });
    for (let seq = 1; seq <= 500; seq += 1) life.decided(seq, [command(1, seq)]);
    expect(life.state.sessions.values[0]!.runs.length).toBeLessThanOrEqual(16);
    // What it may still ask about is what it may have outstanding.
    life.submit(command(1, 500));
    expect(life.outputsOf("reply")).toMatchObject([{ seq: 500, slot: 500 }]);
  });

  test("client ids that nobody knows yet are not remembered for ever", () => {
    const life = new Life({ maxPending: 64 });
    for (let i = 0; i < 2000; i += 1) {
      life.submit(command(65_536 * (life.state.slotOut + 1) + i, 1));
      life.decided(life.state.slotOut, []);
      life.decided(life.state.slotOut, []);
      life.tick();
    }
    expect(life.state.offered.keys.length).toBeLessThanOrEqual(2 * 64);
    expect(size(life)).toBeLessThan(50_000);
  });
});

test("a value that is no batch is delivered as the empty batch, whatever its length", () => {
  for (const value of [Uint8Array.of(0), Uint8Array.of(0x80, 0), new Uint8Array(0), Uint8Array.of(0x81)]) {
    const life = new Life();
    life.commands({ kind: "decided", epoch: 0, slot: 1, value });
    expect(life.deliveries[0]!.vector).toEqual(emptyBatch);
  }
});

test("a peer with another history is not asked again and again", () => {
  const one = new Life({ membership: membershipOf(["r0", "r1"], 1) });
  one.message("r1", { kind: "head", delivered: 9, stable: 9, held: 0 });
  const before = one.sent.length;
  const slots = [{ slot: 1, epoch: 0, vector: emptyBatch, chain: new Uint8Array(32) }];
  one.message("r1", { kind: "log", last: 9, slots });
  expect(one.outputsOf("alarm")).toHaveLength(1);
  expect(one.sent.slice(before)).toEqual([]);
});

test("a replica that makes progress by itself asks nobody", () => {
  const one = new Life({ membership: membershipOf(["r0", "r1"], 1) });
  for (let slot = 1; slot <= 20; slot += 1) {
    one.message("r1", { kind: "head", delivered: slot + 3, stable: 0, held: 0 });
    one.decided(slot, []);
    one.tick();
  }
  expect(one.sent.filter(({ message }) => message.kind === "get")).toEqual([]);
  one.tick();
  expect(one.sent.filter(({ message }) => message.kind === "get")).toHaveLength(1);
});

test("a log that was written under another configuration is noticed at the start", () => {
  const life = new Life();
  life.decided(1, [command(60, 1)]);
  const other = new Life({ staticClients: 8 });
  other.restart(life.records);
  expect(other.outputsOf("alarm")).toHaveLength(1);
  expect(labels(joinBatch([command(1, 1)]))).toEqual(["c1:1"]);
  expect(oracles.validate(protocol("paxos"), membershipOf(["r0"], 0))).toBeNull();
});
