import { utf8Encode } from "@eunomia/codec";
import { expect, test } from "vitest";
import type { Application } from "../src/index.ts";
import { answerBytesMax, type ReadLevel } from "../src/messages.ts";
import { ReadKeeper } from "../src/read-keeper.ts";

const linearizable: ReadLevel = { kind: "linearizable" };
const session = (slot: number): ReadLevel => ({ kind: "session", slot });
const stale = (maxBehindMs: number): ReadLevel => ({ kind: "stale", maxBehindMs });

/** A keeper whose application answers with the number of its last slot; what it says is kept in words. */
function lab(query: Application["query"] | null = () => utf8Encode("state")) {
  const said: string[] = [];
  const asked: number[] = [];
  let now = 0;
  let drawn = 0;
  const application = { apply() {}, snapshot: () => [], restore() {}, ...(query && { query }) };
  const keeper = new ReadKeeper({
    application,
    clock: { now: () => now, after: () => () => {} },
    random: () => ({ next: () => drawn++ * 4096 }),
    ask: (nonce) => void asked.push(nonce),
    toGateway: (command) =>
      said.push(
        command.kind === "answered"
          ? `${command.to} ${command.nonce}: slot ${command.slot}`
          : `${command.to} ${command.nonce}: ${command.reason}`,
      ),
  });
  return {
    keeper,
    asked,
    take: (to: string, nonce: number, level: ReadLevel) =>
      keeper.take({ to, nonce, level, body: new Uint8Array() }),
    said: () => said.splice(0),
    at: (ms: number) => {
      now = ms;
    },
  };
}

test("a linearizable read waits for the replica, and is answered from where the application is then", () => {
  const { keeper, asked, take, said } = lab();
  take("a", 1, linearizable);
  take("b", 1, linearizable);
  expect(new Set(asked).size).toBe(2);
  keeper.applied(7);
  expect(said()).toEqual([]);
  keeper.readable([asked[1]!]);
  expect(said()).toEqual(["b 1: slot 7"]);
  keeper.readable([asked[1]!]);
  keeper.unreadable([asked[0]!], "not a member");
  expect(said()).toEqual(["a 1: not a member"]);
});

test("a session read waits for its slot, and asks nobody", () => {
  const { keeper, asked, take, said } = lab();
  keeper.applied(3);
  take("a", 1, session(3));
  take("a", 2, session(5));
  take("a", 3, session(4));
  expect(said()).toEqual(["a 1: slot 3"]);
  keeper.applied(4);
  expect(said()).toEqual(["a 3: slot 4"]);
  keeper.applied(9);
  expect(said()).toEqual(["a 2: slot 9"]);
  expect(asked).toEqual([]);
});

test("a stale read is answered for as long after a question as it may be behind, counted from before the question", () => {
  const { keeper, asked, take, said, at } = lab();
  take("a", 1, stale(1000));
  expect(said()).toEqual([]);
  at(400);
  keeper.applied(2);
  keeper.readable(asked);
  expect(said()).toEqual(["a 1: slot 2"]);
  at(1000);
  take("a", 2, stale(1000));
  take("a", 3, stale(999));
  expect(said()).toEqual(["a 2: slot 2"]);
  expect(asked.length).toBe(2);
  keeper.readable([asked[1]!]);
  expect(said()).toEqual(["a 3: slot 2"]);
  at(1999);
  take("a", 4, stale(999));
  take("a", 5, linearizable);
  expect(said()).toEqual(["a 4: slot 2"]);
});

test("a client that goes leaves nothing behind, and one that asks too much is refused alone", () => {
  const { keeper, asked, take, said } = lab();
  take("a", 1, linearizable);
  take("a", 2, session(9));
  keeper.gone("a");
  keeper.readable(asked);
  keeper.applied(9);
  expect(said()).toEqual([]);
  for (let nonce = 1; nonce <= 1024; nonce += 1) take("b", nonce, nonce % 2 ? linearizable : session(99));
  take("b", 1025, session(99));
  take("b", 1026, session(9));
  take("c", 1, session(99));
  expect(said()).toEqual(["b 1025: busy", "b 1026: slot 9"]);
  keeper.applied(99);
  expect(said().length).toBe(513);
  take("b", 1027, linearizable);
  expect(said()).toEqual([]);
});

test("without an application that can be asked, and where the answer is too large, it is refused with the reason", () => {
  const none = lab(null);
  none.take("a", 1, session(0));
  expect(none.said()).toEqual(["a 1: no application"]);
  const large = lab(() => new Uint8Array(answerBytesMax + 1));
  large.take("a", 1, session(0));
  expect(large.said()).toEqual(["a 1: too large"]);
});
