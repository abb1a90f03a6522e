import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameParser, layOut } from "../src/tcp/frames.ts";
import { frameOf } from "./frame-of.ts";

function streamOf(payloads: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    payloads.flatMap((payload) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(payload.length);
      return [length, payload];
    }),
  );
}

/** The reference: keeps the whole stream, and cuts it with no thought of speed. */
function naiveFrames(stream: Buffer, maxFrameBytes: number): { frames: Buffer[]; tooLong: boolean } {
  const frames: Buffer[] = [];
  let rest = stream;
  while (rest.length >= 4) {
    const length = rest.readUInt32BE();
    if (length > maxFrameBytes) return { frames, tooLong: true };
    if (rest.length < 4 + length) break;
    frames.push(rest.subarray(4, 4 + length));
    rest = rest.subarray(4 + length);
  }
  return { frames, tooLong: false };
}

type Push = (chunk: Uint8Array, receive: (frame: Uint8Array) => void) => boolean;

/** Every chunk is a buffer of its own, as a socket gives them. */
function parsed(push: Push, stream: Buffer, cuts: readonly number[]): { frames: Buffer[]; tooLong: boolean } {
  const frames: Uint8Array[] = [];
  const ends = [...cuts, stream.length];
  let from = 0;
  let tooLong = false;
  for (const end of ends) {
    const chunk = Uint8Array.from(stream.subarray(from, end));
    from = end;
    tooLong = !push(chunk, (frame) => frames.push(frame));
    if (tooLong) break;
  }
  // Copied only now: a frame must still be right when everything has passed.
  return { frames: frames.map((frame) => Buffer.from(frame)), tooLong };
}

const parserOf = (maxFrameBytes: number): Push => {
  const parser = new FrameParser(maxFrameBytes);
  return (chunk, receive) => parser.push(chunk, receive);
};

const anyCuts = (length: number) =>
  fc.array(fc.nat(length), { maxLength: 30 }).map((cuts) => cuts.sort((a, b) => a - b));

describe("frame parser", () => {
  test("every way to cut a short stream into chunks gives the same frames", () => {
    const stream = streamOf([frameOf(1, 2), frameOf(2, 0), frameOf(3, 1)]);
    const expected = naiveFrames(stream, 100);
    expect(expected.frames.length).toBe(3);
    const places = stream.length - 1;
    for (let mask = 0; mask < 2 ** places; mask++) {
      const cuts = Array.from({ length: places }, (_, at) => at + 1).filter((at) => mask & (1 << (at - 1)));
      expect(parsed(parserOf(100), stream, cuts)).toEqual(expected);
    }
  });

  /** Streams of frames around the sizes where the parser changes its ways, sometimes with a length beyond the limit. */
  const streams = fc
    .array(
      fc.oneof(
        fc.nat(20),
        fc.integer({ min: 4080, max: 4110 }),
        fc.integer({ min: 65_500, max: 65_600 }),
        fc.constant(200_000),
      ),
      { minLength: 1, maxLength: 8, size: "max" },
    )
    .map((sizes) => streamOf(sizes.map((size, seed) => frameOf(seed, size))))
    .chain((stream) =>
      fc.tuple(fc.constant(stream), anyCuts(stream.length), fc.constantFrom(199_999, 300_000)),
    );

  test("frames are those of the naive reference, whatever the chunks", () => {
    let refused = 0;
    let assembled = 0;
    fc.assert(
      fc.property(streams, ([stream, cuts, max]) => {
        const expected = naiveFrames(stream, max);
        const got = parsed(parserOf(max), stream, cuts);
        expect(got.tooLong).toBe(expected.tooLong);
        expect(got.frames.length).toBe(expected.frames.length);
        for (const [at, frame] of got.frames.entries()) expect(frame.equals(expected.frames[at]!)).toBe(true);
        if (expected.tooLong) refused++;
        if (cuts.length > 3 && expected.frames.length > 2) assembled++;
      }),
      { seed: 1, numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(40);
    expect(assembled).toBeGreaterThan(100);
  });

  test("garbage never throws and agrees with the reference", () => {
    let frames = 0;
    fc.assert(
      fc.property(
        fc
          .uint8Array({ maxLength: 200, size: "max" })
          .chain((bytes) => fc.tuple(fc.constant(Buffer.from(bytes)), anyCuts(bytes.length))),
        fc.boolean(),
        ([stream, cuts], small) => {
          // Zeroes make lengths short enough to get somewhere.
          if (small) for (let at = 0; at < stream.length; at++) if (stream[at]! > 6) stream[at] = 0;
          const expected = naiveFrames(stream, 70_000);
          expect(parsed(parserOf(70_000), stream, cuts)).toEqual(expected);
          frames += expected.frames.length;
        },
      ),
      { seed: 2, numRuns: 2000 },
    );
    expect(frames).toBeGreaterThan(1000);
  });

  test("a byte at a time, through a long frame", () => {
    const stream = streamOf([frameOf(1, 150_000), frameOf(2, 5)]);
    const cuts = Array.from({ length: stream.length - 1 }, (_, at) => at + 1);
    expect(parsed(parserOf(150_000), stream, cuts)).toEqual(naiveFrames(stream, 150_000));
  });

  test("a frame inside one chunk is a view into it, and a plain Uint8Array", () => {
    const chunk = streamOf([frameOf(1, 10), frameOf(2, 20)]);
    const frames: Uint8Array[] = [];
    new FrameParser(100).push(chunk, (frame) => frames.push(frame));
    for (const frame of frames) {
      expect(frame.buffer).toBe(chunk.buffer);
      // A Buffer's `slice` shares memory; whoever takes bytes expects a copy.
      expect(Object.getPrototypeOf(frame)).toBe(Uint8Array.prototype);
    }
    expect(frames.length).toBe(2);
  });

  test("an announced length costs nothing before its bytes arrive", () => {
    const before = process.memoryUsage().arrayBuffers;
    const parsers = Array.from({ length: 200 }, () => {
      const parser = new FrameParser(2 ** 31 - 1);
      parser.push(Uint8Array.of(0x7f, 0xff, 0xff, 0xff), () => {});
      parser.push(Uint8Array.of(1), () => {});
      return parser;
    });
    expect(parsers.length).toBe(200);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20);
  });

  test("a parser that forgets the bytes of a split header is told from ours", () => {
    const forgetful: (max: number) => Push = (max) => {
      const parser = new FrameParser(max);
      return (chunk, receive) =>
        parser.push(chunk.length < 4 ? chunk.subarray(chunk.length) : chunk, receive);
    };
    const stream = streamOf([frameOf(1, 3), frameOf(2, 3)]);
    const cuts = [1, 2];
    expect(parsed(forgetful(100), stream, cuts)).not.toEqual(naiveFrames(stream, 100));
    expect(parsed(parserOf(100), stream, cuts)).toEqual(naiveFrames(stream, 100));
  });
});

describe("layout of a write", () => {
  test("any layout is the stream of the frames, and long payloads are not copied", () => {
    let long = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 20 }), fc.nat(40), (sizes, maxGatherBytes) => {
        const payloads = sizes.map((size, seed) => frameOf(seed, size));
        const chunks = layOut(payloads, maxGatherBytes);
        expect(Buffer.concat(chunks).equals(streamOf(payloads))).toBe(true);
        for (const payload of payloads.filter((payload) => payload.length > maxGatherBytes)) {
          expect(chunks).toContain(payload);
          long++;
        }
      }),
      { seed: 3, numRuns: 500 },
    );
    expect(long).toBeGreaterThan(500);
  });
});
