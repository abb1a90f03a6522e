import type { NodeId, Transport } from "@eunomia/engine";
import { must, mustEqual, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { recordOf } from "../support/outcome.ts";

/** A network without faults whose nodes can all send to each other. */
export interface TransportWorld {
  transport(node: NodeId): Transport;
  /** `restart`: closes the node's transport and opens another one under its name and address. */
  restart?(node: NodeId): Promise<Transport>;
  /** Lets the network work for a moment. */
  pause(): Promise<void>;
  /** Closes whatever is still open. */
  close(): Promise<void>;
}

export interface TransportSubject {
  /** A network of these nodes. */
  fresh(nodes: readonly NodeId[]): TransportWorld | Promise<TransportWorld>;
  /** The longest frame that may be sent. */
  readonly maxFrameBytes: number;
  /** `bounded`: more bytes than this, and some for each frame, never wait for one peer. */
  readonly maxQueueBytes?: number;
  /** A case refuses what has not come after so many pauses. Default 4000. */
  readonly pausesMax?: number;
}

interface Heard {
  readonly from: NodeId;
  readonly bytes: Uint8Array;
}

/** One case on its network: the nodes `a`, `b`, `c`, and patience. */
interface Scene {
  readonly a: Transport;
  readonly b: Transport;
  readonly c: Transport;
  readonly world: TransportWorld;
  readonly pausesMax: number;
}

function hear(transport: Transport): Heard[] {
  const heard: Heard[] = [];
  transport.listen((from, bytes) => heard.push({ from, bytes: bytes.slice() }));
  return heard;
}

async function within(subject: TransportSubject, run: (scene: Scene) => Promise<void>): Promise<void> {
  const world = await subject.fresh(["a", "b", "c"]);
  const [a, b, c] = [world.transport("a"), world.transport("b"), world.transport("c")];
  try {
    await run({ a, b, c, world, pausesMax: subject.pausesMax ?? 4000 });
  } finally {
    await world.close();
  }
}

/** Pauses until the condition holds; false when patience ends. */
async function soon(scene: Scene, condition: () => boolean): Promise<boolean> {
  for (let pauses = 0; !condition(); pauses += 1) {
    if (pauses >= scene.pausesMax) return false;
    await scene.world.pause();
  }
  return true;
}

/** Sends until one is taken and heard: links may still be coming up, or lose what they like. */
async function contact(
  scene: Scene,
  from: Transport,
  to: Transport,
  heard: readonly Heard[],
): Promise<boolean> {
  const hello = Uint8Array.of(0xfe, 0xed);
  return soon(scene, () => {
    if (heard.some((one) => one.from === from.self && same(one.bytes, hello))) return true;
    from.send(to.self, hello);
    return false;
  });
}

/** A condition for `soon`: the mark was heard; if not, it is sent once more. */
function keepSending(from: Transport, to: NodeId, mark: Uint8Array, heard: readonly Heard[]): () => boolean {
  return () => {
    if (heard.some((one) => same(one.bytes, mark))) return true;
    from.send(to, mark);
    return false;
  };
}

const notHello = (one: Heard): boolean => !same(one.bytes, Uint8Array.of(0xfe, 0xed));

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
    const frames = [
      new Uint8Array(0),
      Uint8Array.of(0),
      recordOf(9),
      new Uint8Array(subject.maxFrameBytes).fill(0xa5),
    ];
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

const absent = "never throws because of a peer; false: no such peer";
async function nobody(subject: TransportSubject): Promise<void> {
  await within(subject, async (scene) => {
    const { a, b } = scene;
    const atB = hear(b);
    for (const to of ["nobody", "", "a "])
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
      const frame = Uint8Array.of(k >> 8, k & 255, ...new Uint8Array(k % 50));
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
  { name: "T2 an absent peer is no accident", clause: absent, run: nobody },
  { name: "T3 a full queue says no", clause: full, needs: "bounded", run: bounded },
  { name: "T4 a closed node is silent", clause: silent, run: closed },
  { name: "T5 a frame too large is refused", clause: large, run: tooLarge },
  { name: "T6 no bytes are shared", clause: own, run: ownBytes },
  { name: "T7 a link keeps its order", clause: order, needs: "ordered", run: ordered },
  { name: "T8 a peer that restarts is reached again", clause: again, needs: "restart", run: restarts },
];
