import { equal } from "@eunomia/codec";
import { slotLogExample, snapshotExample } from "@eunomia/conformance";
import type { SlotLog, SnapshotStore } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import type { Application } from "../src/index.ts";
import { SnapshotKeeper } from "../src/snapshot-keeper.ts";
import { snapshotContents } from "../src/snapshot-pieces.ts";
import { Checkpoint } from "../src/state.ts";
import { agreedAt } from "./support/checkpoints.ts";
import { piecesAt } from "./support/transfer-world.ts";

/** A keeper over a store and a log, and what it says. */
function keeperOf(store: SnapshotStore, log: SlotLog, keepSlots = 0) {
  const events: string[] = [];
  const restored: number[] = [];
  let slot = 0;
  const application: Application = {
    apply: (delivery) => {
      slot = delivery.slot;
    },
    snapshot: () => piecesAt(slot),
    restore: (pieces) => {
      restored.push([...pieces].length);
    },
  };
  const keeper = new SnapshotKeeper({
    store,
    application,
    log,
    keepSlots,
    onEvent: (event) => events.push("slot" in event ? `${event.kind} ${event.slot}` : event.kind),
    toTransfer: () => {},
    install: () => {},
  });
  return { keeper, events, restored };
}

/** A log with the slots from `first` to `last`. */
function logOf(first: number, last: number): SlotLog {
  const log = slotLogExample.fresh().open();
  log.open();
  log.reset(first);
  for (let slot = first; slot <= last; slot += 1) log.append(slot, new Uint8Array([slot]));
  return log;
}

/** A store with snapshots of these slots, not opened yet; those in `damaged` have a wrong byte. */
async function storeOf(slots: readonly number[], damaged: readonly number[] = []): Promise<SnapshotStore> {
  const world = snapshotExample.fresh();
  const store = world.open();
  store.open();
  for (const slot of slots) await store.write(slot, snapshotContents(agreedAt(slot), piecesAt(slot)));
  await store.close();
  for (const slot of damaged) world.damage(slot);
  return world.open();
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 200; i += 1) await Promise.resolve();
};

describe("a life begins", () => {
  test("with the newest snapshot that is whole", async () => {
    const { keeper, restored, events } = keeperOf(await storeOf([5, 9]), logOf(6, 12));
    expect(equal(Checkpoint, keeper.open()!, agreedAt(9))).toBe(true);
    expect([restored, events]).toEqual([[25], []]);
  });

  test("with the one before it when that is damaged, and says so", async () => {
    const { keeper, events } = keeperOf(await storeOf([5, 9], [9]), logOf(6, 12));
    expect(keeper.open()!.slotOut).toBe(6);
    expect(events).toEqual(["damaged 9"]);
  });

  test("from nothing when the log does, whatever became of the snapshots", async () => {
    const { keeper, events } = keeperOf(await storeOf([5], [5]), logOf(1, 12));
    expect(keeper.open()).toBeNull();
    expect(events).toEqual(["damaged 5"]);
  });

  test("not at all when the log begins behind every whole snapshot", async () => {
    for (const store of [await storeOf([5, 9], [9]), await storeOf([5, 9], [5, 9]), await storeOf([])]) {
      const { keeper } = keeperOf(store, logOf(10, 12));
      expect(() => keeper.open()).toThrowError(/"snapshots" expected a whole snapshot of slot 9 or later/);
    }
  });

  test("behind the snapshot when the log was lost, or is not as far", async () => {
    const log = logOf(1, 3);
    const { keeper } = keeperOf(await storeOf([9]), log);
    expect(keeper.open()!.slotOut).toBe(10);
    expect([log.first, log.last]).toEqual([10, 9]);
  });

  test("of a restored cluster, with the snapshot that it was restored to or not at all", async () => {
    const store = await storeOf([9]);
    const { keeper } = keeperOf(store, logOf(10, 12));
    keeper.open();
    const { root } = store.manifest(9)!;
    keeper.mustDescend({ slot: 9, root }, true);
    expect(() => keeper.mustDescend({ slot: 9, root: new Uint8Array(32) }, false)).toThrowError(
      /another one of that slot/,
    );
    const { keeper: empty } = keeperOf(await storeOf([]), logOf(1, 0));
    empty.open();
    expect(() => empty.mustDescend({ slot: 9, root }, true)).toThrowError(/restored to.*got nothing/);
    // One that joins later fetches what it needs.
    empty.mustDescend({ slot: 9, root }, false);
  });
});

describe("checkpoints", () => {
  test("are written behind the log, and let go of what is older than the one before the last", async () => {
    const store = await storeOf([]);
    const log = logOf(1, 40);
    const { keeper, events } = keeperOf(store, log);
    keeper.open();
    const kept = [];
    for (const slot of [10, 20, 30]) {
      keeper.delivered(slot);
      keeper.checkpoint(agreedAt(slot));
      await turns();
      kept.push([store.slots, log.first]);
    }
    expect(events).toEqual(["written 10", "written 20", "written 30"]);
    expect(kept).toEqual([
      [[10], 1],
      [[10, 20], 11],
      [[20, 30], 21],
    ]);
  });

  test("leave as many slots in the log as were asked for", async () => {
    const log = logOf(1, 40);
    const { keeper } = keeperOf(await storeOf([10, 20]), log, 35);
    keeper.open();
    keeper.checkpoint(agreedAt(30));
    await turns();
    expect(log.first).toBe(6);
  });

  test("are left out while one is being written, and tried anew after one that failed", async () => {
    const world = snapshotExample.fresh();
    const store = world.open();
    const { keeper, events } = keeperOf(store, logOf(1, 40));
    keeper.open();
    keeper.checkpoint(agreedAt(10));
    keeper.checkpoint(agreedAt(11));
    await turns();
    world.failNextWrite();
    keeper.checkpoint(agreedAt(20));
    await turns();
    keeper.checkpoint(agreedAt(30));
    await turns();
    expect(events).toEqual(["written 10", "failed 20", "written 30"]);
    expect(store.slots).toEqual([10, 30]);
  });
});
