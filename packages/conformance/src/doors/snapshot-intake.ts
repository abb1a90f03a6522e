import { sha256 } from "@eunomia/codec";
import { sealManifest } from "@eunomia/engine";
import { must, mustEqual, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { rejection } from "../support/outcome.ts";
import {
  elsewhere,
  expectContents,
  opened,
  piecesOf,
  putAll,
  type SnapshotSubject,
} from "./snapshot-scene.ts";

/** What a store must do with a snapshot that comes chunk by chunk from peers. */
export const intakeCases: readonly Case<SnapshotSubject>[] = [
  {
    name: "taken in chunk by chunk",
    clause: "an intake takes the chunks that its manifest names, in any order, and nothing else",
    async run(subject) {
      const { manifest, chunks } = await elsewhere(subject);
      const world = subject.fresh();
      const store = opened(world);
      const intake = await store.begin(manifest);
      mustEqual(
        this.clause,
        intake.missing(),
        chunks.map((_, index) => index),
        "missing",
      );
      must(this.clause, !intake.put(0, chunks[1]!), "the bytes of another chunk expected a refusal");
      must(this.clause, !intake.put(0, chunks[0]!.subarray(1)), "a shorter chunk expected a refusal");
      const changed = chunks[0]!.slice();
      changed[100]! ^= 1;
      must(this.clause, !intake.put(0, changed), "a changed chunk expected a refusal");
      must(
        this.clause,
        !intake.put(chunks.length, chunks[0]!),
        "a chunk behind the last one expected a refusal",
      );
      for (const index of [...chunks.keys()].reverse().slice(1))
        must(this.clause, intake.put(index, chunks[index]!), `chunk ${index} expected to be taken`);
      must(this.clause, intake.put(3, chunks[3]!), "a chunk that is there already is taken as well");
      mustEqual(this.clause, intake.missing(), [chunks.length - 1], "missing");
      must(this.clause, (await rejection(() => intake.finish())) !== null, "finish expected all chunks");
      mustEqual(this.clause, store.slots, [], "slots");
      putAll(this.clause, intake, chunks);
      await intake.finish();
      world.crash(store);
      const again = opened(world);
      mustEqual(this.clause, again.slots, [40], "slots");
      must(
        this.clause,
        same(again.manifest(40)?.root, manifest.root),
        "expected the root that was asked for",
      );
      expectContents(this.clause, again, 40, piecesOf(5, 30_000));
      await again.close();
    },
  },
  {
    name: "taken in over a crash",
    clause: "an intake that is begun again has only chunks that are right",
    async run(subject) {
      const { manifest, chunks } = await elsewhere(subject);
      const world = subject.fresh();
      let store = opened(world);
      for (let round = 1; round <= 3; round += 1) {
        const intake = await store.begin(manifest);
        for (const index of intake.missing().slice(0, 15)) intake.put(index, chunks[index]!);
        if (round === 2) await store.close();
        else world.crash(store);
        store = opened(world);
        mustEqual(this.clause, store.slots, [], "slots");
      }
      const intake = await store.begin(manifest);
      putAll(this.clause, intake, chunks);
      await intake.finish();
      expectContents(this.clause, store, 40, piecesOf(5, 30_000));
      await store.close();
    },
  },
  {
    name: "another snapshot is begun",
    clause: "one intake at a time; what was begun before is forgotten",
    async run(subject) {
      const first = await elsewhere(subject, 1);
      const second = await elsewhere(subject, 2);
      const store = opened(subject.fresh());
      const earlier = await store.begin(first.manifest);
      for (const index of [0, 1, 2]) earlier.put(index, first.chunks[index]!);
      const intake = await store.begin(second.manifest);
      mustEqual(this.clause, intake.missing().length, second.chunks.length, "missing");
      putAll(this.clause, intake, second.chunks);
      await intake.finish();
      expectContents(this.clause, store, 40, piecesOf(2, 30_000));
      await store.close();
    },
  },
  {
    name: "foreign manifests are refused",
    clause: "begin takes only manifests of this cluster that hold together",
    async run(subject) {
      const { manifest } = await elsewhere(subject);
      const store = opened(subject.fresh());
      const { digests, root } = manifest;
      const wrong = [
        sealManifest(sha256, { ...manifest, cluster: "there" }, digests),
        { ...manifest, slot: 41 },
        { ...manifest, digests: [...digests].reverse() },
        { ...manifest, digests: digests.slice(1) },
        { ...manifest, sizeBytes: manifest.sizeBytes + 512 },
        { ...manifest, chunkBytes: 0 },
        { ...manifest, root: root.map((byte) => byte ^ 1) },
      ];
      for (const [at, one] of wrong.entries()) {
        const refused = await rejection(() => store.begin(one));
        must(
          this.clause,
          refused?.code === "foreign",
          `manifest ${at} expected code foreign, got ${String(refused?.code)}`,
        );
      }
      await store.close();
    },
  },
];
