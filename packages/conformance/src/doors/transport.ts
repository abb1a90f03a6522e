import type { NodeId, Transport } from "@eunomia/engine";
import { must, mustEqual, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { recordOf, until } from "../support/outcome.ts";

/** A few nodes `a`, `b`, `c` that can reach each other. */
export interface TransportWorld {
  readonly nodes: Readonly<Record<"a" | "b" | "c", Transport>>;
  /** Waits so long that whatever was on its way has surely arrived. Default: 30 ms. */
  settle?(): Promise<void>;
  /** `restart`: the node stops and comes back under its name and address. */
  restart?(node: "a" | "b" | "c"): Promise<Transport>;
  /** Closes whatever is still open. */
  end(): Promise<void>;
}

export interface TransportSubject {
  fresh(): TransportWorld | Promise<TransportWorld>;
  /** The longest frame that may be sent. */
  readonly maxFrameBytes: number;
  /** How long a case waits for a frame before it refuses. Default 5000. */
  readonly timeoutMs?: number;
  /** `bounded`: more bytes than this never wait for one peer. */
  readonly maxQueueBytes?: number;
}

interface Heard {
  readonly from: NodeId;
  readonly bytes: Uint8Array;
}

function hear(transport: Transport): Heard[] {
  const heard: Heard[] = [];
  transport.listen((from, bytes) => heard.push({ from, bytes: bytes.slice() }));
  return heard;
}

const settle = (world: TransportWorld): Promise<void> =>
  world.settle?.() ?? new Promise<void>((resolve) => setTimeout(resolve, 30));

async function within(
  subject: TransportSubject,
  run: (world: TransportWorld) => Promise<void>,
): Promise<void> {
  const world = await subject.fresh();
  try {
    await run(world);
  } finally {
    await world.end();
  }
}

const soon = (subject: TransportSubject, condition: () => boolean): Promise<boolean> =>
  until(condition, subject.timeoutMs ?? 5000);

/** Sends until one is taken and heard: links may still be coming up, or lose what they like. */
async function contact(
  subject: TransportSubject,
  from: Transport,
  to: Transport,
  heard: readonly Heard[],
): Promise<boolean> {
  const hello = Uint8Array.of(0xfe, 0xed);
  return soon(subject, () => {
    if (heard.some((one) => one.from === from.self && same(one.bytes, hello))) return true;
    from.send(to.self, hello);
    return false;
  });
}

const notHello = (one: Heard): boolean => !same(one.bytes, Uint8Array.of(0xfe, 0xed));

const unaltered = "carries bytes; must not alter or invent them";
async function arrives(subject: TransportSubject): Promise<void> {
  await within(subject, async ({ nodes: { a, b, c } }) => {
    const atB = hear(b);
    const atC = hear(c);
    must(
      unaltered,
      (await contact(subject, a, b, atB)) && (await contact(subject, c, b, atB)),
      "a or c never reached b",
    );
    const frames = [
      new Uint8Array(0),
      Uint8Array.of(0),
      recordOf(9),
      new Uint8Array(subject.maxFrameBytes).fill(0xa5),
    ];
    for (const frame of frames) {
      const before = frame.slice();
      // A full queue may refuse for a while; a lossy transport may need another try.
      const came = await soon(subject, () => {
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

const absent = "never throws because of a peer; false: no such peer";
async function nobody(subject: TransportSubject): Promise<void> {
  await within(subject, async ({ nodes: { a, b } }) => {
    const atB = hear(b);
    for (const to of ["nobody", "", "a "])
      mustEqual(absent, a.send(to, Uint8Array.of(1)), false, `send to "${to}"`);
    must(absent, await contact(subject, a, b, atB), "a cannot reach b after sending to nobody");
  });
}

const large = "a frame over the limit is dropped here, and nothing else suffers";
async function tooLarge(subject: TransportSubject): Promise<void> {
  await within(subject, async ({ nodes: { a, b } }) => {
    const atB = hear(b);
    must(large, await contact(subject, a, b, atB), "a never reached b");
    mustEqual(
      large,
      a.send("b", new Uint8Array(subject.maxFrameBytes + 1)),
      false,
      "send of a frame too large",
    );
    const mark = Uint8Array.of(7, 7, 7);
    const came = await soon(
      subject,
      () => atB.some((one) => same(one.bytes, mark)) || (a.send("b", mark), false),
    );
    must(large, came, "nothing arrives after a frame too large");
  });
}

const full = "false: the queue to the peer is full; the sender never waits";
async function bounded(subject: TransportSubject): Promise<void> {
  await within(subject, async ({ nodes: { a, b } }) => {
    const atB = hear(b);
    must(full, await contact(subject, a, b, atB), "a never reached b");
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
    const came = await soon(
      subject,
      () => atB.some((one) => same(one.bytes, mark)) || (a.send("b", mark), false),
    );
    must(full, came, "a full queue never emptied");
  });
}

const silent = "silence after close";
async function closed(subject: TransportSubject): Promise<void> {
  await within(subject, async (world) => {
    const { a, b, c } = world.nodes;
    const atB = hear(b);
    const atC = hear(c);
    must(
      silent,
      (await contact(subject, a, b, atB)) && (await contact(subject, a, c, atC)),
      "a never reached b and c",
    );
    for (let k = 0; k < 20; k += 1) a.send("b", recordOf(k));
    await b.close();
    const count = atB.length;
    for (let k = 0; k < 20; k += 1) a.send("b", recordOf(k));
    mustEqual(silent, b.send("a", Uint8Array.of(1)), false, "send after close");
    await settle(world);
    mustEqual(silent, atB.length, count, "frames heard by a closed node");
    await b.close();
    const mark = Uint8Array.of(6, 6);
    const came = await soon(
      subject,
      () => atC.some((one) => same(one.bytes, mark)) || (a.send("c", mark), false),
    );
    must(silent, came, "closing b cut a from c");
  });
}

const own = "bytes heard belong to the one who hears them";
async function ownBytes(subject: TransportSubject): Promise<void> {
  await within(subject, async ({ nodes: { a, b, c } }) => {
    let scribbled = 0;
    b.listen((_, bytes) => {
      bytes.fill(0xee);
      scribbled += 1;
    });
    const atC = hear(c);
    const frame = recordOf(40);
    const before = frame.slice();
    const came = await soon(subject, () => {
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
  await within(subject, async ({ nodes: { a, b } }) => {
    const atB = hear(b);
    must(order, await contact(subject, a, b, atB), "a never reached b");
    const numbers: number[] = [];
    for (let k = 0; k < 300; k += 1) {
      const frame = Uint8Array.of(k >> 8, k & 255, ...new Uint8Array(k % 50));
      if (a.send("b", frame)) numbers.push(k);
      if (k % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const heard = (): number[] => atB.filter(notHello).map(({ bytes }) => (bytes[0]! << 8) | bytes[1]!);
    await soon(subject, () => heard().length >= numbers.length);
    mustEqual(order, heard(), numbers, "numbers heard");
  });
}

const again = "a peer that comes back is reached again";
async function restarts(subject: TransportSubject): Promise<void> {
  await within(subject, async (world) => {
    const { a, b } = world.nodes;
    must(again, await contact(subject, a, b, hear(b)), "a never reached b");
    for (let round = 0; round < 3; round += 1) {
      const next = await world.restart!("b");
      const heard = hear(next);
      must(again, await contact(subject, a, next, heard), `a never reached b after restart ${round + 1}`);
      const atA = hear(a);
      must(again, await contact(subject, next, a, atA), `b never reached a after restart ${round + 1}`);
    }
  });
}

/** What every `Transport` must do. Features: `ordered` (TCP-like links), `bounded` (`maxQueueBytes`), `restart`. */
export const transportCases: readonly Case<TransportSubject>[] = [
  { name: "T1 bytes arrive as they were sent", clause: unaltered, run: arrives },
  { name: "T2 an absent peer is no accident", clause: absent, run: nobody },
  { name: "T3 a full queue says no", clause: full, needs: "bounded", run: bounded },
  { name: "T4 a closed node is silent", clause: silent, run: closed },
  { name: "T5 a frame too large is refused", clause: large, run: tooLarge },
  { name: "T6 no bytes are shared", clause: own, run: ownBytes },
  { name: "T7 a link keeps its order", clause: order, needs: "ordered", run: ordered },
  { name: "T8 a peer that restarts is reached again", clause: again, needs: "restart", run: restarts },
];
