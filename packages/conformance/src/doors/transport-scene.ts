import type { NodeId, Transport } from "@eunomia/engine";
import { same } from "../support/assert.ts";
import { SeededRandom } from "../support/random.ts";

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

export interface Heard {
  readonly from: NodeId;
  readonly bytes: Uint8Array;
}

/** One case on its network: the nodes `a`, `b`, `c`, and patience. */
export interface Scene {
  readonly a: Transport;
  readonly b: Transport;
  readonly c: Transport;
  readonly world: TransportWorld;
  readonly pausesMax: number;
}

export function hear(transport: Transport): Heard[] {
  const heard: Heard[] = [];
  transport.listen((from, bytes) => heard.push({ from, bytes: bytes.slice() }));
  return heard;
}

export async function within(subject: TransportSubject, run: (scene: Scene) => Promise<void>): Promise<void> {
  const world = await subject.fresh(["a", "b", "c"]);
  const [a, b, c] = [world.transport("a"), world.transport("b"), world.transport("c")];
  try {
    await run({ a, b, c, world, pausesMax: subject.pausesMax ?? 4000 });
  } finally {
    await world.close();
  }
}

/** Pauses until the condition holds; false when patience ends. */
export async function soon(scene: Scene, condition: () => boolean): Promise<boolean> {
  for (let pauses = 0; !condition(); pauses += 1) {
    if (pauses >= scene.pausesMax) return false;
    await scene.world.pause();
  }
  return true;
}

/** Sends until one is taken and heard: links may still be coming up, or lose what they like. */
export async function contact(
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
export function keepSending(
  from: Transport,
  to: NodeId,
  mark: Uint8Array,
  heard: readonly Heard[],
): () => boolean {
  return () => {
    if (heard.some((one) => same(one.bytes, mark))) return true;
    from.send(to, mark);
    return false;
  };
}

export const notHello = (one: Heard): boolean => !same(one.bytes, Uint8Array.of(0xfe, 0xed));

/** Pseudo-random content, another for every seed. */
export function noise(seed: number, length: number): Uint8Array {
  const random = new SeededRandom(seed);
  return Uint8Array.from({ length }, () => random.next() & 255);
}
