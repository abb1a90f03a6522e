import type { Case } from "@eunomia/conformance";
import {
  collect,
  exchange,
  frameOf,
  makeCase,
  must,
  pauses,
  same,
  type TransportSubject,
  until,
  warm,
  within,
} from "./transport-support.ts";

/** The cases of the door `Transport`. Features: `ordered`, `restart`. */
export const transportCases: readonly Case<TransportSubject>[] = [
  makeCase(
    "T1 unaltered",
    "T1: bytes arrive as they were sent, under the sender's claimed id",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const received = collect(world.transport("b"));
        const sizes = [
          1, 2, 3, 4, 5, 31, 255, 256, 257, 1000, 4095, 4096, 8192, 8193, 65_535, 65_536, 70_001,
        ];
        const frames = sizes
          .filter((size) => size <= subject.maxFrameBytes)
          .map((size, seed) => frameOf(seed, size));
        frames.push(Uint8Array.from({ length: 256 }, (_, byte) => byte));
        await exchange(clause, world, world.transport("a"), "b", frames, received);
      }),
  ),
  makeCase(
    "T1 both ways, all pairs",
    "T1: every node reaches every other under its own id",
    (subject, clause) =>
      within(subject, ["a", "b", "c"], async (world) => {
        const nodes = ["a", "b", "c"];
        const received = new Map(nodes.map((node) => [node, collect(world.transport(node))]));
        for (const from of nodes)
          for (const to of nodes.filter((node) => node !== from)) {
            const inbox = received.get(to)!;
            await exchange(
              clause,
              world,
              world.transport(from),
              to,
              [frameOf(from.charCodeAt(0), 50)],
              inbox,
            );
            await pauses(world, 5);
            inbox.length = 0;
          }
      }),
  ),
  makeCase(
    "T1 received bytes stay",
    "T1: bytes that were delivered do not change afterwards",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const received = collect(world.transport("b"));
        const kept: { bytes: Uint8Array; copy: Uint8Array }[] = [];
        for (let round = 0; round < 20; round++) {
          await exchange(clause, world, world.transport("a"), "b", [frameOf(round, 300)], received);
          for (const { bytes } of received) kept.push({ bytes, copy: bytes.slice() });
          received.length = 0;
          await pauses(world, 5);
          received.length = 0;
        }
        for (const { bytes, copy } of kept)
          must(clause, same(bytes, copy), "a delivered frame changed later");
      }),
  ),
  makeCase("T1 sent bytes stay", "T1: one buffer can be sent to many and is not changed", (subject, clause) =>
    within(subject, ["a", "b", "c"], async (world) => {
      const a = world.transport("a");
      const inboxes = { b: collect(world.transport("b")), c: collect(world.transport("c")) };
      const frame = frameOf(3, 20_000);
      await exchange(clause, world, a, "b", [frame], inboxes.b);
      await exchange(clause, world, a, "c", [frame], inboxes.c);
      must(clause, same(frame, frameOf(3, 20_000)), "the sender's buffer was changed");
    }),
  ),
  makeCase(
    "T2 absent peer",
    "T2: to an absent peer `send` answers false and does not throw",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const a = world.transport("a");
        for (const id of ["nobody", "", "__proto__", "constructor", "\u{1f980}".repeat(100)])
          must(
            clause,
            a.send(id, frameOf(1, 10)) === false,
            `send to ${JSON.stringify(id.slice(0, 12))} was not false`,
          );
        // A peer that is gone may be noticed late, but never by an exception.
        await world.transport("b").close();
        for (let round = 0; round < 50; round++) {
          a.send("b", frameOf(round, 1000));
          await world.pause();
        }
      }),
  ),
  makeCase(
    "T3 full queue",
    "T3: `send` answers false once the queue is full, and true again later",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const a = world.transport("a");
        const received = collect(world.transport("b"));
        await warm(clause, world, a, "b", received);
        const frame = frameOf(1, Math.min(subject.maxFrameBytes, Math.max(1, subject.maxQueueBytes >> 4)));
        let takenBytes = 0;
        // In one turn: nothing can leave meanwhile but what the transport writes at once.
        while (a.send("b", frame)) {
          takenBytes += frame.length;
          must(
            clause,
            takenBytes <= 64 * subject.maxQueueBytes + (64 << 20),
            `${takenBytes} bytes were taken in one turn`,
          );
        }
        must(clause, takenBytes > 0, "not even one frame was taken");
        await until(clause, "the queue never has room again", world, () => a.send("b", frame));
        await until(clause, "nothing that was taken arrived", world, () => received.length > 0);
      }),
  ),
  makeCase(
    "T4 silent after close",
    "T4: after `close` nothing is delivered, `send` answers false, nothing throws",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const [a, b] = [world.transport("a"), world.transport("b")];
        const received = collect(b);
        await warm(clause, world, a, "b", received);
        for (let frame = 0; frame < 20; frame++) a.send("b", frameOf(frame, 100));
        const closing = b.close();
        received.length = 0;
        must(clause, b.send("a", frameOf(1, 10)) === false, "a closed transport took a frame");
        await closing;
        await b.close();
        for (let round = 0; round < 30; round++) {
          a.send("b", frameOf(round, 100));
          await world.pause();
        }
        must(clause, received.length === 0, `${received.length} frames were delivered after close`);
        must(clause, b.send("a", frameOf(1, 10)) === false, "a closed transport took a frame");
      }),
  ),
  makeCase(
    "T4 closed by its listener",
    "T4: a listener that closes its transport hears nothing more",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const [a, b] = [world.transport("a"), world.transport("b")];
        let heard = 0;
        b.listen(() => {
          heard++;
          void b.close();
        });
        await until(clause, "nothing arrives", world, () => {
          for (let frame = 0; frame < 10; frame++) a.send("b", frameOf(frame, 10));
          return heard > 0;
        });
        await pauses(world, 30);
        must(clause, heard === 1, `${heard} frames were delivered though the first closed the transport`);
      }),
  ),
  makeCase("T4 others go on", "T4: closing one transport does not disturb the others", (subject, clause) =>
    within(subject, ["a", "b", "c"], async (world) => {
      const received = collect(world.transport("c"));
      await world.transport("b").close();
      await exchange(clause, world, world.transport("a"), "c", [frameOf(1, 100), frameOf(2, 5000)], received);
    }),
  ),
  makeCase(
    "T5 empty and longest frames",
    "T5: frames from nothing to the limit pass, longer ones are refused at `send`",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const a = world.transport("a");
        const received = collect(world.transport("b"));
        await exchange(
          clause,
          world,
          a,
          "b",
          [new Uint8Array(0), frameOf(1, subject.maxFrameBytes)],
          received,
        );
        must(
          clause,
          !a.send("b", new Uint8Array(subject.maxFrameBytes + 1)),
          "a frame beyond the limit was taken",
        );
        received.length = 0;
        await exchange(clause, world, a, "b", [frameOf(2, 77)], received);
      }),
  ),
  makeCase("T5 answers from within", "T5: a listener may send", (subject, clause) =>
    within(subject, ["a", "b"], async (world) => {
      const [a, b] = [world.transport("a"), world.transport("b")];
      b.listen((from, bytes) => b.send(from, bytes));
      const received = collect(a);
      const frame = frameOf(8, 500);
      await until(clause, "no answer comes back", world, () => {
        if (received.length === 0) a.send("b", frame);
        return received.length > 0;
      });
      must(
        clause,
        received.every((got) => got.from === "b" && same(got.bytes, frame)),
        "an answer was altered",
      );
    }),
  ),
  makeCase(
    "T6 order",
    "T6: frames of one link arrive in the order in which they were sent, each once",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const a = world.transport("a");
        const received = collect(world.transport("b"));
        await warm(clause, world, a, "b", received);
        const lengthOf = (number: number) => 4 + (number % 7 === 0 ? 9000 : (number * 13) % 300);
        let next = 0;
        await until(clause, "not all frames arrived", world, () => {
          for (let burst = 0; burst < 50 && next < 1000; burst++, next++) {
            const frame = frameOf(next, lengthOf(next));
            new DataView(frame.buffer).setUint32(0, next);
            if (!a.send("b", frame)) break;
          }
          return received.length >= 1000;
        });
        for (const [at, { bytes }] of received.entries()) {
          const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
          must(
            clause,
            number === at && bytes.length === lengthOf(at),
            `at place ${at} arrived frame ${number}`,
          );
        }
      }),
    "ordered",
  ),
  makeCase(
    "T7 restart",
    "T7: a peer that restarts in its place is reached again, in both directions",
    (subject, clause) =>
      within(subject, ["a", "b"], async (world) => {
        const a = world.transport("a");
        const atA = collect(a);
        await warm(clause, world, a, "b", collect(world.transport("b")));
        for (let life = 0; life < 3; life++) {
          const b = await world.restart!("b");
          await warm(clause, world, a, "b", collect(b));
          await warm(clause, world, b, "a", atA);
        }
      }),
    "restart",
  ),
];
