import { encode, generate } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { type Effect, step } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { GatewayState } from "../src/gateway-types.ts";
import {
  type Delivery,
  type GatewayCommand,
  type GatewayConfig,
  type GatewayTypes,
  gatewayEngine,
} from "../src/index.ts";
import { ClientMessage, encodeRegistration, joinBatch } from "../src/messages.ts";
import { command, swap } from "./support/lab.ts";

const chain = new Uint8Array(32);
const vector = joinBatch([command(1, 1, "some forty bytes of body, give or take a few")]);
/** What a slot costs a subscriber. */
const cost = vector.length + 64;

const delivery = (slot: number, over: Partial<Delivery> = {}): GatewayCommand => ({
  kind: "delivered",
  slot,
  epoch: 0,
  protocol: "paxos",
  vector,
  count: 1,
  runs: [],
  registered: [],
  controls: [],
  chain,
  ...over,
});

class Desk {
  readonly config: GatewayConfig;
  readonly state = gatewayEngine.init(null as never);
  /** `a: delivered 1,2` and the like. */
  said: string[] = [];
  reads: { to: string; from: number; maxBytes: number }[] = [];
  submitted = 0;

  constructor(over: Partial<GatewayConfig> = {}) {
    this.config = {
      self: "g",
      maxSubscribers: 3,
      maxClients: 4,
      readBytes: 10 * cost,
      ownerUntil: "",
      ...over,
    };
  }

  command(...commands: GatewayCommand[]): string[] {
    return this.#take({ kind: "commands", commands });
  }

  from(process: string, message: ClientMessage): string[] {
    return this.#take({ kind: "message", from: process, message });
  }

  slots(count: number): this {
    for (let i = 0; i < count; i += 1) this.command(delivery(this.state.delivered + 1));
    return this;
  }

  /** Answers the oldest read from a log of everything delivered. */
  answer(): string[] {
    const { to, from, maxBytes } = this.reads.shift()!;
    const slots = [];
    for (let slot = from, left = maxBytes; slot <= this.state.delivered; slot += 1) {
      slots.push({ slot, epoch: 0, vector, chain });
      left -= vector.length;
      if (left < 0) break;
    }
    return this.command({ kind: "slots", to, slots });
  }

  #take(event: Parameters<typeof step<GatewayTypes>>[3]): string[] {
    const before = this.said.length;
    for (const effect of step(gatewayEngine, this.config, this.state, event).effects) this.#note(effect);
    return this.said.slice(before);
  }

  #note(effect: Effect<GatewayTypes>): void {
    if (effect.kind === "output") {
      if (effect.output.kind === "read") this.reads.push(effect.output);
      else this.submitted += 1;
    }
    if (effect.kind !== "send") return;
    const { message } = effect;
    const detail =
      message.kind === "delivered"
        ? message.slots.map(({ slot }) => slot).join(",")
        : message.kind === "reply"
          ? message.runs.map(({ client, seq, count }) => `${client}:${seq}+${count}`).join(",")
          : message.kind === "registered"
            ? String(message.client)
            : message.kind === "controlled"
              ? `${message.n} ${message.slot ?? message.reason}`
              : message.kind === "rejected"
                ? message.reason
                : "";
    for (const to of effect.to) this.said.push(`${to}: ${message.kind} ${detail}`.trim());
  }
}

describe("subscribers", () => {
  test("get every slot as it is delivered, one message for all of them", () => {
    const desk = new Desk();
    for (const process of ["a", "b"]) desk.from(process, { kind: "subscribe", next: 1, creditBytes: 1e6 });
    expect(desk.command(delivery(1))).toEqual(["a: delivered 1", "b: delivered 1"]);
    expect(desk.command(delivery(2))).toEqual(["a: delivered 2", "b: delivered 2"]);
    expect(desk.reads).toEqual([]);
  });

  test("stop at the end of their credit, and go on from the log where they stopped", () => {
    const desk = new Desk();
    desk.from("a", { kind: "subscribe", next: 1, creditBytes: 2 * cost });
    desk.slots(5);
    expect(desk.said).toEqual(["a: delivered 1", "a: delivered 2"]);
    expect(desk.from("a", { kind: "credit", bytes: 100 * cost })).toEqual([]);
    expect(desk.reads).toMatchObject([{ to: "a", from: 3 }]);
    // What is delivered while the log is read comes from the log too: no gap, no repetition.
    desk.slots(1);
    expect(desk.answer()).toEqual(["a: delivered 3,4,5,6"]);
    expect(desk.command(delivery(7))).toEqual(["a: delivered 7"]);
  });

  test("read no more at once than their credit", () => {
    const desk = new Desk().slots(50);
    desk.from("a", { kind: "subscribe", next: 1, creditBytes: 3 * cost });
    expect(desk.reads[0]).toMatchObject({ from: 1, maxBytes: 3 * cost });
    desk.from("b", { kind: "subscribe", next: 1, creditBytes: 1e9 });
    expect(desk.reads[1]!.maxBytes).toBe(desk.config.readBytes);
  });

  test("read on until they are abreast", () => {
    const desk = new Desk({ readBytes: 3 * vector.length - 1 }).slots(8);
    desk.from("a", { kind: "subscribe", next: 1, creditBytes: 1e6 });
    while (desk.reads.length > 0) desk.answer();
    expect(desk.said).toEqual(["a: delivered 1,2,3", "a: delivered 4,5,6", "a: delivered 7,8"]);
    expect(desk.command(delivery(9))).toEqual(["a: delivered 9"]);
  });

  test.each([
    ["forward", 7, ["a: delivered 7,8,9,10"]],
    ["backward", 2, ["a: delivered 2,3,4,5,6,7,8,9,10"]],
  ])("may move %s while the log is read", (_name, next, expected) => {
    const desk = new Desk().slots(10);
    desk.from("a", { kind: "subscribe", next: 4, creditBytes: 1e6 });
    desk.from("a", { kind: "subscribe", next, creditBytes: 1e6 });
    while (desk.reads.length > 0) desk.answer();
    expect(desk.said).toEqual(expected);
  });

  test("that ask for slots to come wait for them", () => {
    const desk = new Desk();
    desk.from("a", { kind: "subscribe", next: 3, creditBytes: 1e6 });
    desk.slots(3);
    expect(desk.said).toEqual(["a: delivered 3"]);
  });

  test("beyond the limit are refused; a slot 0 is none; whoever leaves makes room", () => {
    const desk = new Desk();
    for (const process of ["a", "b", "c", "d"])
      desk.from(process, { kind: "subscribe", next: 1, creditBytes: 1e6 });
    desk.from("a", { kind: "subscribe", next: 0, creditBytes: 1e6 });
    expect(desk.state.subscribers.keys).toEqual(["a", "b", "c"]);
    desk.command({ kind: "gone", process: "b" });
    desk.from("d", { kind: "subscribe", next: 1, creditBytes: 1e6 });
    expect(desk.command(delivery(1))).toEqual(["a: delivered 1", "c: delivered 1", "d: delivered 1"]);
  });

  test("are not read for again and again when the log has nothing", () => {
    const desk = new Desk().slots(3);
    desk.from("a", { kind: "subscribe", next: 1, creditBytes: 1e6 });
    desk.reads.length = 0;
    desk.command({ kind: "slots", to: "a", slots: [] });
    expect(desk.reads).toEqual([]);
    desk.from("a", { kind: "credit", bytes: 1 });
    expect(desk.reads).toHaveLength(1);
  });
});

describe("clients", () => {
  const request = (client: number): ClientMessage => ({ kind: "request", client, batch: vector });

  test("hear of their commands in runs, one reply per process and slot", () => {
    const desk = new Desk();
    desk.from("a", request(1));
    desk.from("a", request(2));
    desk.from("b", request(3));
    expect(desk.submitted).toBe(3);
    const run = (client: number, seq: number, count: number, index: number) => ({
      client,
      seq,
      count,
      slot: 1,
      index,
    });
    const runs = [run(1, 1, 200, 0), run(3, 1, 1, 200), run(2, 5, 3, 201), run(9, 1, 1, 204)];
    expect(desk.command(delivery(1, { runs }))).toEqual(["a: reply 1:1+200,2:5+3", "b: reply 3:1+1"]);
    expect(desk.command({ kind: "reply", ...run(3, 1, 1, 200) })).toEqual(["b: reply 3:1+1"]);
    expect(desk.command({ kind: "rejected", client: 2, seq: 9, reason: "window" })).toEqual([
      "a: rejected window",
    ]);
  });

  test("that move take their replies along; those of who is gone go nowhere", () => {
    const desk = new Desk();
    desk.from("a", request(1));
    desk.from("b", request(1));
    const runs = [{ client: 1, seq: 1, count: 1, slot: 1, index: 0 }];
    expect(desk.command(delivery(1, { runs }))).toEqual(["b: reply 1:1+1"]);
    desk.command({ kind: "gone", process: "b" });
    expect(desk.command(delivery(2, { runs }))).toEqual([]);
  });

  test("beyond the limit push others out", () => {
    const desk = new Desk();
    for (let client = 1; client <= 50; client += 1) desk.from("a", request(client));
    expect(desk.state.attached.keys).toHaveLength(4);
  });

  test("register by a nonce, and are attached from then on", () => {
    const desk = new Desk();
    const nonce = new Uint8Array(32).fill(5);
    desk.from("a", { kind: "register", nonce });
    desk.from("a", { kind: "register", nonce });
    expect(desk.submitted).toBe(2);
    expect(desk.state.registrations).toHaveLength(1);
    const registered = [{ nonce, client: 65_536, owner: "" }];
    expect(desk.command(delivery(1, { registered }))).toEqual(["a: registered 65536"]);
    // A second registration with the nonce is nobody's.
    expect(desk.command(delivery(2, { registered: [{ nonce, client: 131_072, owner: "" }] }))).toEqual([]);
    const runs = [{ client: 65_536, seq: 1, count: 1, slot: 3, index: 0 }];
    expect(desk.command(delivery(3, { runs }))).toEqual(["a: reply 65536:1+1"]);
    expect(encodeRegistration(nonce).length).toBeLessThan(40);
  });

  test("hear what became of control commands, once", () => {
    const desk = new Desk();
    const ask = (n: number): ClientMessage => ({
      kind: "request",
      client: 0,
      batch: joinBatch([swap(n, "paxos")]),
    });
    desk.from("m", ask(1));
    desk.from("m", ask(1));
    desk.from("w", ask(1));
    desk.from("x", { kind: "request", client: 0, batch: joinBatch([swap(1, "two-thirds")]) });
    desk.from("m", ask(2));
    const operation = { kind: "swap" as const, protocol: { name: "paxos", params: new Uint8Array() } };
    const controls = [{ n: 1, operation }];
    // The number went to the swap to paxos: whoever asked for something else under it must not believe it was theirs.
    expect(desk.command(delivery(1, { controls }))).toEqual([
      "m: controlled 1 1",
      "w: controlled 1 1",
      "x: controlled 1 number: 1 went to another command",
    ]);
    expect(desk.command({ kind: "controlRejected", n: 2, reason: "signatures" })).toEqual([
      "m: controlled 2 signatures",
    ]);
    expect(desk.command({ kind: "controlRejected", n: 2, reason: "signatures" })).toEqual([]);
    expect(desk.state.nextControl).toBe(2);
  });

  test("that subscribe before the node knows what its log holds get it as soon as it does", () => {
    const desk = new Desk();
    desk.from("early", { kind: "subscribe", next: 3, creditBytes: 10 * cost });
    desk.from("ahead", { kind: "subscribe", next: 8, creditBytes: 10 * cost });
    expect(desk.reads).toEqual([]);
    desk.command({ kind: "restored", delivered: 7, epoch: 2, protocol: "paxos", nextControl: 3, chain });
    expect(desk.reads).toMatchObject([{ to: "early", from: 3 }]);
    expect(desk.answer()).toEqual(["early: delivered 3,4,5,6,7"]);
  });

  test("ask how the node stands", () => {
    const desk = new Desk();
    desk.command({ kind: "restored", delivered: 7, epoch: 2, protocol: "paxos", nextControl: 3, chain });
    const effects = step(gatewayEngine, desk.config, desk.state, {
      kind: "message",
      from: "a",
      message: { kind: "ask", nonce: 9 },
    }).effects;
    expect(effects).toMatchObject([
      {
        kind: "send",
        to: ["a"],
        message: {
          kind: "status",
          nonce: 9,
          delivered: 7,
          epoch: 2,
          protocol: "paxos",
          nextControl: 3,
          subscribers: 0,
        },
      },
    ]);
  });
});

test("hostile messages never throw, and what is remembered stays bounded (P12)", () => {
  const random = new SeededRandom(11);
  const desk = new Desk({ maxSubscribers: 8, maxClients: 16 });
  const controls = joinBatch(Array.from({ length: 2000 }, (_, i) => swap(i + 1, "paxos")));
  let taken = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const from = `p${random.below(100)}`;
    const message = random.chance(0.001)
      ? ({ kind: "request", client: 0, batch: controls } as const)
      : generate(ClientMessage, random, 3);
    const { fired } = step(gatewayEngine, desk.config, desk.state, { kind: "message", from, message });
    taken += fired.length;
    if (i % 20 === 0) desk.slots(1);
    const { subscribers, attached, registrations, controls: asked } = desk.state;
    expect(subscribers.keys.length <= 8 && attached.keys.length <= 16).toBe(true);
    expect(registrations.length <= 1024 && asked.length <= 1024).toBe(true);
  }
  expect(taken).toBeGreaterThan(5000);
  expect(encode(GatewayState, desk.state).length).toBeLessThan(200_000);
});

test("a query goes to whoever can answer it, and the answer or the refusal to whoever asked", () => {
  const desk = new Desk();
  const body = Uint8Array.of(1);
  const take = (event: Parameters<typeof step<GatewayTypes>>[3]) =>
    step(gatewayEngine, desk.config, desk.state, event).effects;
  const query = { kind: "query", nonce: 9, level: { kind: "session", slot: 3 }, body } as const;
  expect(take({ kind: "message", from: "c", message: query })).toEqual([
    { kind: "output", output: { ...query, to: "c" } },
  ]);
  const commands: GatewayCommand[] = [
    { kind: "answered", to: "c", nonce: 9, slot: 4, body },
    { kind: "unanswered", to: "d", nonce: 9, reason: "busy" },
  ];
  expect(take({ kind: "commands", commands })).toEqual([
    { kind: "send", to: ["c"], message: { kind: "answer", nonce: 9, slot: 4, body } },
    { kind: "send", to: ["d"], message: { kind: "unanswered", nonce: 9, reason: "busy" } },
  ]);
});
