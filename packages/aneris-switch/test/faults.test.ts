import { describe, expect, test } from "vitest";
import { membershipOf } from "../src/messages.ts";
import type { Life as LifeType, Make } from "./support/lab.ts";
import { command, forged, Life, modeChange, oracles, swap } from "./support/lab.ts";
import { Monitors } from "./support/monitors.ts";
import { type MakeSubject, paper, real } from "./support/subject.ts";
import { replicaTwins, spoiled } from "./twins/replicas.ts";

/** A check that ours passes and each twin, which behaves as was published, fails. */
function fault(name: string, twins: Record<string, MakeSubject>, check: (make: MakeSubject) => void): void {
  describe(name, () => {
    test("ours passes", () => check(real()));
    // A twin is refused for its fault alone: the same program without it passes.
    if (!name.startsWith("F12")) test("so does the repaired twin", () => check(paper({})));
    for (const [twin, make] of Object.entries(twins))
      test(`refused: ${twin}`, () => expect(() => check(make)).toThrow());
  });
}

/** The same for checks that look at more than words. */
function lifeFault(name: string, twins: Record<string, Make>, check: (make?: Make) => void): void {
  describe(name, () => {
    test("ours passes", () => check());
    for (const [twin, make] of Object.entries(twins))
      test(`refused: ${twin}`, () => expect(() => check(make)).toThrow());
  });
}

const deliveredWords = ({ log }: { log: LifeType["log"] | ReturnType<MakeSubject>["log"] }): string[] =>
  log.flatMap(([, , words]) => [...words]);

fault(
  "F1: one value decided in two slots is one delivery, in whatever order the decisions come",
  { "decisions refused by value": paper({ byValue: true }) },
  (make) => {
    const logs = [
      [1, 2, 3],
      [3, 2, 1],
      [1, 3, 2],
    ].map((order) => {
      const subject = make();
      for (const slot of order) subject.decided(slot, [slot === 1 ? "c1:1" : "c2:1"]);
      expect(subject.slotOut).toBe(4);
      return subject.log.map(([slot, , words]) => [slot, words]);
    });
    for (const log of logs)
      expect(log).toEqual([
        [1, ["c1:1"]],
        [2, ["c2:1"]],
        [3, []],
      ]);
  },
);

fault(
  "F2: what is decided or in flight is not proposed again",
  { "proposes what is decided": paper({ proposesDecided: true }) },
  (make) => {
    const idle = make();
    idle.submit("c1:1");
    idle.decided(1, ["c1:1"]);
    idle.submit("c1:1");
    expect(idle.proposed).toEqual([[1, ["c1:1"]]]);
    const busy = make();
    busy.submit("c1:1");
    busy.submit("c2:1");
    busy.submit("c1:1");
    expect(busy.proposed).toEqual([[1, ["c1:1"]]]);
  },
);

fault(
  "F3: a decision for a coming slot that is heard three times is executed once, in its slot",
  { "a list of decisions": paper({ list: true }) },
  (make) => {
    const subject = make();
    for (let i = 0; i < 3; i += 1) subject.decided(2, ["c2:1"]);
    subject.decided(1, ["c1:1"]);
    subject.decided(3, ["c3:1"]);
    expect(subject.log.map(([slot, , words]) => [slot, words])).toEqual([
      [1, ["c1:1"]],
      [2, ["c2:1"]],
      [3, ["c3:1"]],
    ]);
  },
);

fault(
  "F4: a swap is delivered too, so subscribers see no hole",
  { "silent swap": paper({ silentSwap: true }) },
  (make) => {
    const subject = make();
    subject.decided(1, ["ctl1=paxos"]);
    subject.decided(2, ["c1:1"], 1);
    expect(subject.log.map(([slot]) => slot)).toEqual([1, 2]);
  },
);

fault(
  "F5: two broadcasts of equal payloads are two",
  { "identity by payload": paper({ payloadIdentity: true }) },
  (make) => {
    const subject = make();
    subject.submit("c1:1", "pay 5");
    subject.decided(1, subject.proposed.at(-1)![1] as string[]);
    subject.submit("c1:2", "pay 5");
    subject.submit("c2:1", "pay 5");
    for (let slot = 2; slot <= 3; slot += 1) {
      expect(subject.proposed.at(-1)![0]).toBe(slot);
      subject.decided(slot, subject.proposed.at(-1)![1] as string[]);
    }
    expect(deliveredWords(subject)).toHaveLength(3);
  },
);

describe("F6: the properties as they must be read", () => {
  const life = new Life();
  life.submit(command(1, 1, "same"));
  life.decideAll();
  life.submit(command(1, 2, "same"));
  life.decideAll();

  test("ours passes: numbers from 1 without a hole, identity by client and number", () => {
    const monitors = new Monitors(true);
    monitors.broadcast(command(1, 1, "same"), "c1:1");
    monitors.broadcast(command(1, 2, "same"), "c1:2");
    for (const delivery of life.deliveries) monitors.deliver("r0", delivery);
    monitors.quiesced(["r0"], 0);
  });

  test("refused: the old wordings fail on a run in which nothing went wrong", () => {
    const slots = life.deliveries.map(({ slot }) => slot);
    const everySlotHasOneBefore = slots.every((slot) => slots.includes(slot - 1));
    expect(everySlotHasOneBefore).toBe(false);
    const bodies = life.deliveries.map(({ vector }) => Buffer.from(vector.slice(-4)).toString());
    expect(bodies).toEqual(["same", "same"]);
    expect(new Set(bodies).size === bodies.length).toBe(false);
  });

  test("the monitors refuse a hole, a repetition, another vector, an unknown command", () => {
    const [first, second] = life.deliveries;
    const monitors = () => {
      const fresh = new Monitors(true);
      fresh.broadcast(command(1, 1, "same"), "c1:1");
      fresh.broadcast(command(1, 2, "same"), "c1:2");
      return fresh;
    };
    expect(() => monitors().deliver("r0", second!)).toThrow("P6");
    const repeated = monitors();
    repeated.deliver("r0", first!);
    expect(() => repeated.deliver("r0", { ...first!, slot: 2 })).toThrow("P2");
    const two = monitors();
    two.deliver("r0", first!);
    expect(() => two.deliver("r1", { ...second!, slot: 1 })).toThrow("P3");
    expect(() => two.deliver("r2", { ...first!, epoch: 1 })).toThrow("P7");
    expect(() => two.quiesced(["r0"], 0)).toThrow("P4");
    expect(() => two.quiesced(["r0", "r3"], 0)).toThrow("P5");
    expect(() => new Monitors(false).deliver("r0", first!)).toThrow("P1");
    const swapped = new Life();
    swapped.decided(1, [swap(1, "paxos")]);
    expect(() => new Monitors(false).deliver("r0", swapped.deliveries[0]!)).toThrow("P8");
    const late = new Life();
    late.decided(1, [command(1, 2)]);
    const fifo = new Monitors(true);
    fifo.broadcast(command(1, 2), "c1:2");
    expect(() => fifo.deliver("r0", late.deliveries[0]!)).toThrow("P11");
  });
});

const noTicks: Make = (config, own) => {
  const engine = real2(config, own);
  return { ...engine, actions: engine.actions.filter(({ on }) => on !== "timeout:tick") };
};
const real2: Make = (config, own) => spoiled({})(config, own);

const pair = (make?: Make): { r0: LifeType; r1: LifeType } => ({
  r0: new Life({ self: "r0", membership: membershipOf(["r0", "r1"], 1) }, make),
  r1: new Life({ self: "r1", membership: membershipOf(["r0", "r1"], 1) }, make),
});

/** Everything that was sent arrives, until nothing more is. Log reads are answered from the records. */
function settle(lives: Record<string, LifeType>): void {
  for (let round = 0; round < 20; round += 1)
    for (const [from, life] of Object.entries(lives)) {
      for (const { to, from: first } of life.outputsOf("read").splice(0)) {
        const slots = life.records.flatMap((entry) =>
          entry.kind === "delivered" && entry.slot >= first ? [entry] : [],
        );
        life.commands({ kind: "serve", to, last: life.records.length, slots });
      }
      life.outputs.splice(0, life.outputs.length, ...life.outputs.filter(({ kind }) => kind !== "read"));
      for (const { to, message } of life.sent.splice(0))
        for (const id of to) lives[id]!.message(from, message);
    }
}

lifeFault("F7: a lost decision does not block for good", { "no timers": noTicks }, (make) => {
  const life = new Life({ alpha: 4, gapTicks: 2 }, make);
  life.decided(2, [command(2, 1)]);
  life.tick(3);
  // The empty batch brings the decision of the slot, whatever it is, out of consensus again.
  expect(life.proposed).toEqual([[0, 1, []]]);
  life.decided(1, [command(1, 1)]);
  expect(life.state.slotOut).toBe(3);
});

const servesNobody: Make = (config, own) => {
  const engine = real2(config, own);
  return { ...engine, actions: engine.actions.filter(({ on }) => on !== "message:get") };
};

lifeFault(
  "F8: a replica that missed a decision learns it from another",
  { "nobody answers": servesNobody },
  (make) => {
    const lives = pair(make);
    for (let slot = 1; slot <= 5; slot += 1) lives.r0.decided(slot, [command(1, slot)]);
    lives.r0.tick();
    settle(lives);
    lives.r1.tick(2);
    settle(lives);
    expect(lives.r1.state.slotOut).toBe(6);
    expect(lives.r1.log).toEqual(lives.r0.log);
  },
);

lifeFault(
  "F9: a swap to a protocol that nobody knows is no stall",
  { "no registry check at delivery": replicaTwins["registry check missing at delivery"]! },
  (make) => {
    const life = new Life({}, make);
    life.decided(1, [swap(1, "quux")]);
    life.submit(command(1, 1));
    expect(life.spawned).toEqual(["two-thirds 0"]);
    expect(life.proposed).toEqual([[0, 2, ["c1:1"]]]);
    life.decideAll();
    expect(life.log).toEqual([
      [1, "two-thirds", []],
      [2, "two-thirds", ["c1:1"]],
    ]);
  },
);

lifeFault(
  "F10: only the monitor may swap, judged at delivery",
  {
    "no signature check at delivery": replicaTwins["signature check missing at delivery"]!,
    "no number check at delivery": replicaTwins["number check missing at delivery"]!,
  },
  (make) => {
    const life = new Life({}, make);
    life.decided(1, [swap(1, "paxos", forged)]);
    life.decided(2, [swap(1, "paxos", { by: "nobody" })]);
    life.decided(3, [swap(1, "paxos", { cluster: "another" })]);
    expect(life.state.epochs).toHaveLength(1);
    life.decided(4, [swap(1, "paxos")]);
    life.decided(5, [swap(2, "two-thirds")], 1);
    life.decided(6, [swap(1, "paxos")], 2);
    expect(life.log.map(([, , words]) => words)).toEqual([
      [],
      [],
      [],
      ["ctl1=paxos"],
      ["ctl2=two-thirds"],
      [],
    ]);
    expect(life.state.nextControl).toBe(3);
  },
);

lifeFault(
  "F11: a decision of another epoch's processes is not believed",
  { "no epoch check": replicaTwins["decision of the wrong epoch accepted"]! },
  (make) => {
    const life = new Life({ alpha: 4 }, make);
    life.decided(1, [swap(1, "paxos")]);
    life.decided(2, [command(1, 1)], 0);
    life.decided(2, [command(2, 2)], 7);
    expect(life.state.slotOut).toBe(2);
    life.decided(2, [command(2, 1)], 1);
    expect(life.log.at(-1)).toEqual([2, "paxos", ["c2:1"]]);
  },
);

fault("F12: what is delivered is forgotten", { "everything is kept": paper({}) }, (make) => {
  const subject = make();
  const sizes: number[] = [];
  for (let seq = 1; seq <= 400; seq += 1) {
    const words = [`c${1 + (seq % 3)}:${Math.ceil(seq / 3)}`];
    subject.submit(words[0]!);
    subject.decided(seq, words);
    if (seq % 100 === 0) sizes.push(subject.items);
  }
  expect(new Set(sizes).size).toBe(1);
});

fault(
  "F13: a batch of known commands moves the slot, a partly known one is filtered",
  { "returns early": paper({ knownBatchStalls: true }) },
  (make) => {
    const subject = make();
    subject.decided(1, ["c1:1", "c1:2"]);
    subject.decided(2, ["c1:2", "c1:1"]);
    subject.decided(3, ["c1:2", "c1:3"]);
    expect(subject.log.map(([slot, , words]) => [slot, words])).toEqual([
      [1, ["c1:1", "c1:2"]],
      [2, []],
      [3, ["c1:3"]],
    ]);
  },
);

fault(
  "F14: oldest first, batches bounded, equal numbers of different things are different",
  { "newest first, by number": paper({ newestFirst: true }) },
  (make) => {
    const subject = make({ maxBatch: 2 });
    subject.submit("c1:1");
    for (const word of ["ctl1=paxos", "c2:1", "c3:1", "c1:2"]) subject.submit(word);
    const order: string[] = [];
    for (let slot = 1; slot <= 5; slot += 1) {
      const open = subject.proposed.at(-1)!;
      if (open[0] !== slot) break;
      expect(open[1].length).toBeLessThanOrEqual(2);
      order.push(...open[1]);
      subject.decided(slot, [...open[1]], subject.protocol === "paxos" ? 1 : 0);
    }
    expect(order).toEqual(["c1:1", "ctl1=paxos", "c2:1", "c3:1", "c1:2"]);
  },
);

const forwardsNothing = spoiled({ sends: ({ kind }) => kind !== "forward" });

lifeFault(
  "F15: a command that loses every slot reaches the replica that wins",
  { "no forwarding": forwardsNothing },
  (make) => {
    const lives = pair(make);
    lives.r1.submit(command(9, 1));
    let seq = 0;
    // Every slot goes to r0, which has a command of its own for each.
    for (let slot = 1; slot <= 30; slot += 1) {
      lives.r0.submit(command(1, ++seq));
      const { entries } = lives.r0.state.inflight.values[0]!;
      const value = entries.map((entry) => entry.bytes);
      for (const life of [lives.r0, lives.r1]) {
        life.decided(slot, value);
        life.tick();
      }
      settle(lives);
    }
    expect(lives.r1.log.flatMap(([, , words]) => words)).toContain("c9:1");
  },
);

fault(
  "F16: a swap decided twice is applied once: A, B, A again stays A",
  {
    "raw decisions count": paper({ repeatsSwaps: true }),
    "no number check": real(replicaTwins["number check missing at delivery"]),
  },
  (make) => {
    const subject = make();
    subject.decided(1, ["ctl1=paxos"]);
    subject.decided(2, ["ctl2=two-thirds"], 1);
    subject.decided(3, ["ctl1=paxos"], 2);
    expect(subject.protocol).toBe("two-thirds");
    expect(subject.slotOut).toBe(4);
  },
);

test("the twins differ from ours by their fault only", () => {
  const life = new Life({ alpha: 4, mode: { kind: "window" } }, real2);
  life.submit(modeChange(1, "cut"), command(1, 1), swap(2, "paxos"), command(1, 2));
  life.decideAll();
  expect(life.log.map(([, , words]) => words)).toEqual([["ctl1=mode"], ["c1:1", "c1:2"], ["ctl2=paxos"]]);
  expect(
    oracles.validate({ name: "quux", params: new Uint8Array() }, membershipOf(["r0"], 0)),
  ).not.toBeNull();
});
