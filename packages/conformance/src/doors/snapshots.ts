import { must, mustEqual, same } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import { rejection } from "../support/outcome.ts";
import { intakeCases } from "./snapshot-intake.ts";
import { expectContents, joinedOf, opened, piecesOf, type SnapshotSubject } from "./snapshot-scene.ts";

/** What every `SnapshotStore` must do. */
export const snapshotCases: readonly Case<SnapshotSubject>[] = [
  {
    name: "what was written is there, whole",
    clause: "a snapshot is the bytes of its pieces, durable when write has answered",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      mustEqual(this.clause, store.slots, [], "slots");
      const sizes = [0, 1, 511, 512, 513, 1024, 20_000];
      for (const [at, size] of sizes.entries()) {
        const manifest = await store.write(at + 1, piecesOf(at, size));
        must(this.clause, same(manifest, store.manifest(at + 1)), "write expected to answer the manifest");
        mustEqual(
          this.clause,
          [manifest.cluster, manifest.slot, manifest.sizeBytes],
          ["here", at + 1, size],
          "manifest",
        );
      }
      world.crash(store);
      const again = opened(world);
      mustEqual(
        this.clause,
        again.slots,
        sizes.map((_, at) => at + 1),
        "slots",
      );
      for (const [at, size] of sizes.entries())
        expectContents(this.clause, again, at + 1, piecesOf(at, size));
      must(this.clause, again.manifest(99) === null && !again.chunk(99, 0).ok, "slot 99 expected nothing");
      await again.close();
    },
  },
  {
    name: "equal bytes have equal roots",
    clause: "the root tells the contents, the slot and the cluster, and not how the pieces were cut",
    async run(subject) {
      const one = opened(subject.fresh());
      const pieces = piecesOf(3, 9000);
      const { root } = await one.write(7, pieces);
      const other = opened(subject.fresh());
      must(
        this.clause,
        same((await other.write(7, [joinedOf(pieces)])).root, root),
        "expected the same root",
      );
      must(
        this.clause,
        !same((await other.write(8, pieces)).root, root),
        "another slot expected another root",
      );
      must(
        this.clause,
        !same((await other.write(7, piecesOf(4, 9000))).root, root),
        "other bytes expected another root",
      );
      expectContents(this.clause, other, 7, piecesOf(4, 9000));
      const foreign = opened(subject.fresh(), "there");
      must(
        this.clause,
        !same((await foreign.write(7, pieces)).root, root),
        "another cluster expected another root",
      );
      await one.close();
      await other.close();
      await foreign.close();
    },
  },
  {
    name: "damage is told",
    clause: "a chunk has the digest of the manifest, or is refused",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      await store.write(1, piecesOf(1, 5000));
      await store.write(2, piecesOf(2, 5000));
      await store.close();
      world.damage(1);
      const again = world.open();
      const { unusable } = again.open();
      const refused = again.slots.includes(1)
        ? again.manifest(1)!.digests.some((_, index) => !again.chunk(1, index).ok)
        : unusable.length === 1;
      must(this.clause, refused, "the damaged snapshot expected a refusal");
      expectContents(this.clause, again, 2, piecesOf(2, 5000));
      await again.close();
    },
  },
  {
    name: "a snapshot of another cluster is not used",
    clause: "snapshots of another cluster are named, and left as they are",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      await store.write(1, piecesOf(1, 2000));
      await store.close();
      const foreign = world.open("there");
      must(this.clause, foreign.open().unusable.length === 1, "expected it among the unusable ones");
      mustEqual(this.clause, foreign.slots, [], "slots");
      must(this.clause, foreign.manifest(1) === null && !foreign.chunk(1, 0).ok, "slot 1 expected nothing");
      await foreign.close();
      const again = opened(world);
      expectContents(this.clause, again, 1, piecesOf(1, 2000));
      await again.close();
    },
  },
  {
    name: "older ones are dropped",
    clause: "drop forgets the snapshots of lower slots, and no other",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      for (const slot of [10, 20, 30]) await store.write(slot, piecesOf(slot, 700));
      store.drop(20);
      mustEqual(this.clause, store.slots, [20, 30], "slots");
      await store.close();
      const again = opened(world);
      mustEqual(this.clause, again.slots, [20, 30], "slots");
      expectContents(this.clause, again, 20, piecesOf(20, 700));
      await again.close();
    },
  },
  {
    name: "a write that is cut off leaves nothing",
    clause: "a snapshot is there whole or not at all",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      await store.write(1, piecesOf(1, 3000));
      const writing = rejection(() => store.write(2, piecesOf(2, 30_000)));
      await Promise.resolve();
      world.crash(store);
      await writing;
      const again = opened(world);
      for (const slot of again.slots)
        expectContents(this.clause, again, slot, piecesOf(slot, slot === 1 ? 3000 : 30_000));
      must(this.clause, again.slots.includes(1), "slot 1 expected to be there still");
      await again.close();
    },
  },
  {
    name: "a failed write leaves what was there",
    clause: "a disk that fails or is full costs one snapshot, not the store",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      await store.write(1, piecesOf(1, 3000));
      world.failNextWrite();
      must(
        this.clause,
        (await rejection(() => store.write(2, piecesOf(2, 3000)))) !== null,
        "expected a rejection",
      );
      mustEqual(this.clause, store.slots, [1], "slots");
      await store.write(3, piecesOf(3, 3000));
      mustEqual(this.clause, store.slots, [1, 3], "slots");
      expectContents(this.clause, store, 1, piecesOf(1, 3000));
      await store.close();
    },
  },
  {
    name: "one write at a time",
    clause: "a second write during a first one is refused",
    async run(subject) {
      const store = opened(subject.fresh());
      const first = store.write(1, piecesOf(1, 30_000));
      const second = await rejection(() => store.write(2, piecesOf(2, 100)));
      must(
        this.clause,
        second?.code === "out-of-turn",
        `expected code out-of-turn, got ${String(second?.code)}`,
      );
      await first;
      expectContents(this.clause, store, 1, piecesOf(1, 30_000));
      await store.close();
    },
  },
  {
    name: "two at once are refused",
    clause: "one store per storage",
    async run(subject) {
      const world = subject.fresh();
      const store = opened(world);
      const refused = await rejection(() => world.open());
      must(
        this.clause,
        refused?.code === "journal-in-use",
        `expected code journal-in-use, got ${String(refused?.code)}`,
      );
      await store.close();
    },
  },
  ...intakeCases,
];
