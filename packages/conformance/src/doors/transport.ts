import { must, mustEqual, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { recordOf } from "../support/outcome.ts";
import {
  contact,
  hear,
  keepSending,
  noise,
  notHello,
  soon,
  type TransportSubject,
  within,
} from "./transport-scene.ts";

/** Lengths of frames where a length field grows or a buffer ends. */
const edges = [0, 1, 2, 3, 4, 5, 31, 255, 256, 257, 1000, 4095, 4096, 8192, 8193, 65_535, 65_536, 70_001];

const unaltered = "carries bytes; must not alter or invent them";
async function arrives(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b, c } = scene;
    const atB = hear(b);
    const atC = hear(c);
    must(
      unaltered,
      (await contact(scene, a, b, atB)) && (await contact(scene, c, b, atB)),
      "a or c never reached b",
    );
    const frames = [...edges, subject.maxFrameBytes]
      .filter((length) => length <= subject.maxFrameBytes)
      .map((length) => noise(length, length));
    for (const frame of frames) {
      const before = frame.slice();
      // A full queue may refuse for a while; a lossy transport may need another try.
      const came = await soon(scene, () => {
        if (atB.some((one) => one.from === "a" && same(one.bytes, before))) return true;
        a.send("b", frame);
        return false;
      });
      must(unaltered, came, `a frame of ${frame.length} bytes never arrived as it was`);
      must(unaltered, same(frame, before), "sending changed the caller's bytes");
    }
    const strange = atB
      .filter(notHello)
      .find((one) => one.from !== "a" || !frames.some((frame) => same(frame, one.bytes)));
    must(
      unaltered,
      strange === undefined,
      () => `b heard ${strange!.bytes.length} bytes from ${strange!.from} that nobody sent`,
    );
    mustEqual(unaltered, atC.filter(notHello).length, 0, "frames at c");
  });
}

const named = "claimedFrom is what the peer says of itself";
async function pairs(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const nodes = [scene.a, scene.b, scene.c];
    const heard = new Map(nodes.map((node) => [node, hear(node)]));
    for (const from of nodes)
      for (const to of nodes) {
        if (from === to) continue;
        const arrived = await contact(scene, from, to, heard.get(to)!);
        must(named, arrived, `${from.self} never reached ${to.self} under its name`);
      }
    for (const [node, frames] of heard)
      must(
        named,
        frames.every(({ from }) => from !== node.self && nodes.some(({ self }) => self === from)),
        `${node.self} heard a frame of nobody in the network`,
      );
  });
}

const absent = "never throws because of a peer; false: no such peer";
async function nobody(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    const atB = hear(b);
    for (const to of ["nobody", "", "a ", "__proto__", "constructor", "\u{1f980}".repeat(100)])
      mustEqual(absent, a.send(to, Uint8Array.of(1)), false, `send to "${to}"`);
    must(absent, await contact(scene, a, b, atB), "a cannot reach b after sending to nobody");
  });
}

const large = "a frame over the limit is dropped here, and nothing else suffers";
async function tooLarge(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    const atB = hear(b);
    must(large, await contact(scene, a, b, atB), "a never reached b");
    mustEqual(
      large,
      a.send("b", new Uint8Array(subject.maxFrameBytes + 1)),
      false,
      "send of a frame too large",
    );
    const mark = Uint8Array.of(7, 7, 7);
    const came = await soon(scene, keepSending(a, "b", mark, atB));
    must(large, came, "nothing arrives after a frame too large");
  });
}

const full = "false: the queue to the peer is full; the sender never waits";
async function bounded(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    const atB = hear(b);
    must(full, await contact(scene, a, b, atB), "a never reached b");
    const frame = new Uint8Array(Math.min(subject.maxFrameBytes, 32_768));
    const limit = subject.maxQueueBytes ?? 0;
    let taken = 0;
    // Within one tick nothing can leave: the queue must say no before it holds twice its limit.
    while (taken <= 2 * limit + frame.length && a.send("b", frame)) taken += frame.length;
    must(
      full,
      taken <= 2 * limit + frame.length,
      `took ${taken} bytes in one tick, the queue holds ${limit}`,
    );
    const mark = Uint8Array.of(5, 5, 5);
    const came = await soon(scene, keepSending(a, "b", mark, atB));
    must(full, came, "a full queue never emptied");
  });
}

const silent = "silence after close";
async function closed(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b, c, world } = scene;
    const atB = hear(b);
    const atC = hear(c);
    must(
      silent,
      (await contact(scene, a, b, atB)) && (await contact(scene, a, c, atC)),
      "a never reached b and c",
    );
    for (let k = 0; k < 20; k += 1) a.send("b", recordOf(k));
    await b.close();
    const count = atB.length;
    for (let k = 0; k < 20; k += 1) a.send("b", recordOf(k));
    mustEqual(silent, b.send("a", Uint8Array.of(1)), false, "send after close");
    for (let pauses = 0; pauses < 30; pauses += 1) await world.pause();
    mustEqual(silent, atB.length, count, "frames heard by a closed node");
    await b.close();
    const mark = Uint8Array.of(6, 6);
    const came = await soon(scene, keepSending(a, "c", mark, atC));
    must(silent, came, "closing b cut a from c");
  });
}

async function closedWithin(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b, world } = scene;
    let heard = 0;
    b.listen(() => {
      heard += 1;
      void b.close();
    });
    const came = await soon(scene, () => {
      for (let k = 0; k < 10; k += 1) a.send("b", recordOf(k));
      return heard > 0;
    });
    must(silent, came, "a never reached b");
    for (let pauses = 0; pauses < 30; pauses += 1) await world.pause();
    mustEqual(silent, heard, 1, "frames heard, where the first made the listener close");
  });
}

const answers = "a listener may send";
async function answered(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    b.listen((from, bytes) => void b.send(from, bytes));
    const frame = noise(8, 500);
    const atA = hear(a);
    must(answers, await soon(scene, keepSending(a, "b", frame, atA)), "no answer comes back");
    must(
      answers,
      atA.every((one) => one.from === "b" && same(one.bytes, frame)),
      "an answer was altered",
    );
  });
}

const stays = "bytes that were delivered do not change afterwards";
async function bytesStay(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    const kept: { readonly bytes: Uint8Array; readonly copy: Uint8Array }[] = [];
    b.listen((_, bytes) => kept.push({ bytes, copy: bytes.slice() }));
    for (let round = 0; round < 20; round += 1) {
      const frame = noise(round, 300);
      const came = await soon(scene, () => {
        if (kept.some(({ copy }) => same(copy, frame))) return true;
        a.send("b", frame);
        return false;
      });
      must(stays, came, `frame ${round} never arrived`);
    }
    must(
      stays,
      kept.every(({ bytes, copy }) => same(bytes, copy)),
      "a delivered frame changed later",
    );
  });
}

const own = "bytes heard belong to the one who hears them";
async function ownBytes(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b, c } = scene;
    let scribbled = 0;
    b.listen((_, bytes) => {
      bytes.fill(0xee);
      scribbled += 1;
    });
    const atC = hear(c);
    const frame = recordOf(40);
    const before = frame.slice();
    const came = await soon(scene, () => {
      if (scribbled > 0 && atC.some((one) => same(one.bytes, before))) return true;
      a.send("b", frame);
      a.send("c", frame);
      return false;
    });
    must(own, came && same(frame, before), "what b wrote into its bytes was seen by a or c");
    must(
      own,
      atC.every((one) => same(one.bytes, before)),
      "what b wrote into its bytes was seen by c",
    );
  });
}

const order = "frames of one link arrive in order, none left out in between";
async function ordered(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    const atB = hear(b);
    must(order, await contact(scene, a, b, atB), "a never reached b");
    const numbers: number[] = [];
    for (let k = 0; k < 300; k += 1) {
      // Every seventh frame is longer than a page, so that the short ones behind it could overtake.
      const frame = new Uint8Array(2 + (k % 7 === 0 ? 9000 : k % 50));
      frame.set([k >> 8, k & 255]);
      if (a.send("b", frame)) numbers.push(k);
      if (k % 40 === 0) await scene.world.pause();
    }
    const heard = (): number[] => atB.filter(notHello).map(({ bytes }) => (bytes[0]! << 8) | bytes[1]!);
    await soon(scene, () => heard().length >= numbers.length);
    mustEqual(order, heard(), numbers, "numbers heard");
  });
}

const again = "a peer that comes back is reached again";
async function restarts(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b, world } = scene;
    must(again, await contact(scene, a, b, hear(b)), "a never reached b");
    const atA = hear(a);
    for (let round = 0; round < 3; round += 1) {
      const next = await world.restart!("b");
      const heard = hear(next);
      must(again, await contact(scene, a, next, heard), `a never reached b after restart ${round + 1}`);
      atA.length = 0;
      must(again, await contact(scene, next, a, atA), `b never reached a after restart ${round + 1}`);
    }
  });
}

/** What every `Transport` must do. Features: `ordered` (TCP-like links), `bounded` (`maxQueueBytes`), `restart`. */
export const transportCases: readonly Case<TransportSubject>[] = [
  { name: "T1 bytes arrive as they were sent", clause: unaltered, run: arrives },
  { name: "T1 every node reaches every other", clause: named, run: pairs },
  { name: "T2 an absent peer is no accident", clause: absent, run: nobody },
  { name: "T3 a full queue says no", clause: full, needs: "bounded", run: bounded },
  { name: "T4 a closed node is silent", clause: silent, run: closed },
  { name: "T4 a listener may close", clause: silent, run: closedWithin },
  { name: "T5 a frame too large is refused", clause: large, run: tooLarge },
  { name: "T6 no bytes are shared", clause: own, run: ownBytes },
  { name: "T6 delivered bytes stay", clause: stays, run: bytesStay },
  { name: "T6 a listener may send", clause: answers, run: answered },
  { name: "T7 a link keeps its order", clause: order, needs: "ordered", run: ordered },
  { name: "T8 a peer that restarts is reached again", clause: again, needs: "restart", run: restarts },
];
