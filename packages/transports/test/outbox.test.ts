import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Outbox } from "../src/tcp/outbox.ts";
import { Turn } from "../src/tcp/turn.ts";
import { frameOf } from "./frame-of.ts";

describe("coalescing", () => {
  /** Counts what reaches the stream; finishes a write only when told. */
  function fakeSocket() {
    const writes: Uint8Array[][] = [];
    let corked: Uint8Array[] | null = null;
    let done: (() => void) | undefined;
    const socket = {
      cork: () => {
        corked = [];
      },
      uncork: () => {
        writes.push(corked!);
        corked = null;
      },
      write: (chunk: Uint8Array, callback?: () => void) => {
        if (callback !== undefined) done = callback;
        if (corked === null) writes.push([chunk]);
        else corked.push(chunk);
        return true;
      },
    };
    return { socket: socket as unknown as Socket, writes, finish: () => done!() };
  }
  const gathering = new Turn();
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  test("all frames of a turn are one write, and those of a write under way the next", async () => {
    const { socket, writes, finish } = fakeSocket();
    const outbox = new Outbox(1 << 20, 1 << 22, gathering);
    outbox.attach(socket, 1 << 20);
    for (let frame = 0; frame < 100; frame++) outbox.push(new Uint8Array(300));
    expect(writes.length).toBe(0);
    await turn();
    expect(writes.length).toBe(1);
    expect(Buffer.concat(writes[0]!).length).toBe(100 * 304);
    for (let frame = 0; frame < 10; frame++) {
      outbox.push(new Uint8Array(300));
      await turn();
    }
    expect([writes.length, outbox.queueBytes]).toEqual([1, 110 * 304]);
    finish();
    expect(Buffer.concat(writes[1]!).length).toBe(10 * 304);
    finish();
    expect([writes.length, outbox.queueBytes]).toEqual([2, 0]);
  });

  test("a flush writes at once what has gathered, and the end of the turn nothing more", async () => {
    const { socket, writes } = fakeSocket();
    const outbox = new Outbox(1 << 20, 1 << 22, gathering);
    outbox.attach(socket, 1 << 20);
    outbox.push(new Uint8Array(8));
    gathering.flush();
    expect(writes.length).toBe(1);
    await turn();
    expect(writes.length).toBe(1);
  });

  test("long payloads are written where they lie", async () => {
    const { socket, writes } = fakeSocket();
    const outbox = new Outbox(1 << 20, 1 << 22, gathering);
    outbox.attach(socket, 1 << 20);
    const long = frameOf(1, 64 << 10);
    outbox.push(long);
    outbox.push(new Uint8Array(5));
    await turn();
    expect(writes.length).toBe(1);
    expect(writes[0]!.map((chunk) => chunk.length)).toEqual([4, 64 << 10, 9]);
    expect(writes[0]![1]).toBe(long);
  });
});
