import { type Case, ConformanceError } from "@eunomia/conformance";
import type { NodeId, Transport } from "@eunomia/engine";

/** A network without faults whose nodes can all send to each other. */
export interface TransportWorld {
  transport(node: NodeId): Transport;
  /** `restart`: closes the node's transport and opens another in its place. */
  restart?(node: NodeId): Promise<Transport>;
  /** Lets the network work for a moment. */
  pause(): Promise<void>;
  close(): Promise<void>;
}

export interface TransportSubject {
  /** Longest frame that passes. */
  readonly maxFrameBytes: number;
  /** What may wait for one peer, with some bytes counted on top for every frame. */
  readonly maxQueueBytes: number;
  fresh(nodes: readonly NodeId[]): Promise<TransportWorld>;
}

export type Received = { from: NodeId; bytes: Uint8Array };

/** Only a transport that does not work at all reaches this many pauses. */
const manyPauses = 4000;

/** Pseudo-random content, another for every seed. */
export function frameOf(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export function must(clause: string, holds: boolean, what: string): asserts holds {
  if (!holds) throw new ConformanceError(clause, what);
}

export function collect(transport: Transport): Received[] {
  const received: Received[] = [];
  transport.listen((from, bytes) => received.push({ from, bytes }));
  return received;
}

export async function until(
  clause: string,
  what: string,
  world: TransportWorld,
  holds: () => boolean,
): Promise<void> {
  for (let pauses = 0; !holds(); pauses++) {
    must(clause, pauses < manyPauses, what);
    await world.pause();
  }
}

export async function pauses(world: TransportWorld, count: number): Promise<void> {
  for (let pause = 0; pause < count; pause++) await world.pause();
}

/** Sends a frame again and again until it was received: then the link works. */
export async function warm(
  clause: string,
  world: TransportWorld,
  from: Transport,
  to: NodeId,
  received: Received[],
): Promise<void> {
  const marker = frameOf(-1, 9);
  await until(clause, `nothing from "${from.self}" reaches "${to}"`, world, () => {
    if (received.some((frame) => same(frame.bytes, marker))) return true;
    from.send(to, marker);
    return false;
  });
  // Repeated markers may still be on their way.
  await pauses(world, 20);
  received.length = 0;
}

/** Sends every frame until it was received, and refuses whatever was not sent. */
export async function exchange(
  clause: string,
  world: TransportWorld,
  from: Transport,
  to: NodeId,
  frames: readonly Uint8Array[],
  received: Received[],
): Promise<void> {
  let seen = 0;
  for (const [at, frame] of frames.entries()) {
    let since = 0;
    await until(clause, `frame ${at} of ${frame.length} bytes never arrived as it was sent`, world, () => {
      for (; seen < received.length; seen++) {
        const got = received[seen]!;
        must(clause, got.from === from.self, `frame from "${from.self}" claims to be from "${got.from}"`);
        must(
          clause,
          frames.some((sent) => same(sent, got.bytes)),
          `a frame of ${got.bytes.length} bytes arrived that was never sent`,
        );
      }
      if (received.some((got) => same(got.bytes, frame))) return true;
      if (since++ % 100 === 0) from.send(to, frame);
      return false;
    });
  }
}

export function makeCase(
  name: string,
  clause: string,
  run: (subject: TransportSubject, clause: string) => Promise<void>,
  needs?: string,
): Case<TransportSubject> {
  return { name, clause, ...(needs === undefined ? {} : { needs }), run: (subject) => run(subject, clause) };
}

export async function within(
  subject: TransportSubject,
  nodes: readonly NodeId[],
  run: (world: TransportWorld) => Promise<void>,
): Promise<void> {
  const world = await subject.fresh(nodes);
  try {
    await run(world);
  } finally {
    await world.close();
  }
}
