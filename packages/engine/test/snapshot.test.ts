import { concat, sha256 } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import {
  chunkLength,
  chunksOf,
  decodeManifest,
  encodeManifest,
  manifestProblem,
  type SnapshotManifest,
  sealManifest,
} from "../src/index.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

function manifestOf(contents: Uint8Array, chunkBytes: number): SnapshotManifest {
  const digests = [...chunksOf([contents], chunkBytes)].map(sha256);
  return sealManifest(sha256, { cluster: "c", slot: 5, sizeBytes: contents.length, chunkBytes }, digests);
}

test("chunks are the bytes again, however they came in pieces", () => {
  for (const chunkBytes of [1, 7, 100, 1000, 1001])
    for (const cut of [1, 64, 999, 1000]) {
      const pieces = [];
      for (let at = 0; at < bytes.length; at += cut) pieces.push(bytes.subarray(at, at + cut));
      const chunks = [...chunksOf(pieces, chunkBytes)];
      expect(concat(...chunks)).toEqual(bytes);
      const manifest = manifestOf(bytes, chunkBytes);
      expect(chunks.map(({ length }) => length)).toEqual(
        chunks.map((_, index) => chunkLength(manifest, index)),
      );
    }
  expect([...chunksOf([], 8), ...chunksOf([new Uint8Array(0)], 8)]).toEqual([]);
});

test("pieces are taken only when their bytes are needed", () => {
  let taken = 0;
  const pieces = (function* () {
    for (;;) {
      taken += 1;
      yield new Uint8Array(10);
    }
  })();
  const chunks = chunksOf(pieces, 25);
  chunks.next();
  expect(taken).toBe(3);
});

test("more chunks than a manifest holds are refused, with what to do", () => {
  expect(() => [...chunksOf([new Uint8Array(70_000)], 1)]).toThrowError(/use larger chunks/);
});

describe("a manifest", () => {
  test("holds together, and comes back from its bytes", () => {
    for (const chunkBytes of [10, 100, 333, 2000]) {
      const manifest = manifestOf(bytes, chunkBytes);
      expect(manifestProblem(sha256, manifest)).toBeNull();
      expect(decodeManifest(sha256, encodeManifest(manifest))).toEqual(manifest);
    }
    expect(manifestProblem(sha256, manifestOf(new Uint8Array(0), 10))).toBeNull();
  });

  test("that was changed in any field, or in any byte, does not", () => {
    const manifest = manifestOf(bytes, 100);
    const { digests } = manifest;
    const changed: Partial<SnapshotManifest>[] = [
      { cluster: "d" },
      { slot: 6 },
      { sizeBytes: 999 },
      { chunkBytes: 101 },
      { chunkBytes: 0 },
      { digests: [...digests].reverse() },
      { digests: digests.slice(1) },
      { digests: digests.map((digest, i) => (i === 9 ? digest.map((byte) => byte ^ 1) : digest)) },
      { digests: digests.map((digest) => digest.subarray(1)) },
      { root: new Uint8Array(32) },
    ];
    for (const change of changed)
      expect(manifestProblem(sha256, { ...manifest, ...change }), Object.keys(change).join()).not.toBeNull();
    const encoded = encodeManifest(manifest);
    for (let at = 0; at < encoded.length; at += 1) {
      const wrong = encoded.slice();
      wrong[at]! ^= 1;
      expect(typeof decodeManifest(sha256, wrong), `byte ${at}`).toBe("string");
    }
  });
});
