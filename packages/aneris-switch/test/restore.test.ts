import { concat, equalBytes, utf8Encode } from "@eunomia/codec";
import { snapshotExample } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { restoreCluster } from "../src/index.ts";
import { encodeRegistration } from "../src/messages.ts";
import { openSnapshot, SnapshotDamage, snapshotContents, storedChunks } from "../src/snapshot-pieces.ts";
import type { Checkpoint } from "../src/state.ts";
import { command, configOf, Life, oracles, swap } from "./support/lab.ts";

const { sha256 } = oracles;
const application = [utf8Encode("one piece"), new Uint8Array(0), new Uint8Array(3000).fill(7)];

/** A cluster with a swap, a registered session and commands out of order behind it, at slot 20. */
function oldCluster(): Life {
  const life = new Life({ checkpointSlots: 20 });
  life.decided(1, [encodeRegistration(utf8Encode("nonce"))]);
  life.decided(2, [swap(1, "paxos")]);
  for (let slot = 3; slot <= 19; slot += 1) life.decided(slot, [command(1, slot), command(65_536, slot)], 1);
  life.decided(20, [command(65_536, 1)], 1);
  return life;
}

const config = configOf({ cluster: "new", initial: { name: "two-thirds", params: new Uint8Array() } });

function restored(checkpoint: Checkpoint): { slot: number; checkpoint: Checkpoint; pieces: Uint8Array[] } {
  const old = [...snapshotContents(checkpoint, application)];
  const { slot, contents } = restoreCluster(config, sha256, [concat(...old)]);
  const opened = openSnapshot(contents);
  return {
    slot,
    checkpoint: opened.checkpoint,
    pieces: [...opened.application].map((piece) => piece.slice()),
  };
}

describe("a cluster restored from a snapshot of another one", () => {
  test("keeps application and sessions, and has everything else from its own configuration", () => {
    const old = oldCluster().outputsOf("checkpoint")[0]!;
    const { slot, checkpoint, pieces } = restored(old);
    expect(slot).toBe(20);
    expect(pieces).toEqual(application);
    expect(checkpoint).toMatchObject({
      slotOut: 21,
      sessions: old.sessions,
      nextControl: 1,
      lastChange: 0,
      retired: [],
    });
    expect(checkpoint.epochs).toMatchObject([{ id: 1, from: 21, protocol: { name: "two-thirds" } }]);
    expect(equalBytes(checkpoint.chain, old.chain)).toBe(false);
    expect(checkpoint.epochs[0]!.membership).toEqual(config.membership);
  });

  test("executes nothing again, takes control commands of its own, and gives out new client ids", () => {
    const { checkpoint } = restored(oldCluster().outputsOf("checkpoint")[0]!);
    const life = new Life({ cluster: "new" });
    life.restart([{ kind: "checkpoint", ...checkpoint }]);
    expect(life.outputsOf("restored").at(-1)).toMatchObject({ delivered: 20, epoch: 1, nextControl: 1 });
    life.decided(
      21,
      [command(1, 5), command(65_536, 7), command(65_536, 2), encodeRegistration(utf8Encode("other"))],
      1,
    );
    life.decided(22, [swap(1, "paxos", { cluster: "new" })], 1);
    expect(life.log.map(([slot, , labels]) => [slot, labels])).toEqual([
      [21, ["c65536:2", "register"]],
      [22, ["ctl1=paxos"]],
    ]);
    const [registered] = life.deliveries[0]!.registered;
    expect(registered!.client).toBe(21 * 65_536 + 1);
  });

  test("a twin that forgets sessions executes again what was executed", () => {
    const { checkpoint } = restored(oldCluster().outputsOf("checkpoint")[0]!);
    const life = new Life({ cluster: "new" });
    life.restart([{ kind: "checkpoint", ...checkpoint, sessions: { keys: [], values: [] } }]);
    life.decided(21, [command(1, 5)], 1);
    expect(life.log.map(([, , labels]) => labels)).toEqual([["c1:5"]]);
  });

  test("every first member makes the same snapshot, however the old one was cut", async () => {
    const old = concat(...snapshotContents(oldCluster().outputsOf("checkpoint")[0]!, application));
    const roots: Uint8Array[] = [];
    for (const cut of [1, 700, old.length]) {
      const chunks = [];
      for (let at = 0; at < old.length; at += cut) chunks.push(old.subarray(at, at + cut));
      const store = snapshotExample.fresh().open();
      store.open();
      const { slot, contents } = restoreCluster(config, sha256, chunks);
      roots.push((await store.write(slot, contents)).root);
      expect([...openSnapshot(storedChunks(store, slot)).application].length).toBe(3);
    }
    expect(roots.every((root) => equalBytes(root, roots[0]!))).toBe(true);
  });

  test("what is no snapshot is refused", () => {
    const whole = concat(...snapshotContents(oldCluster().outputsOf("checkpoint")[0]!, application));
    const all = (chunks: Uint8Array[]): void => void [...restoreCluster(config, sha256, chunks).contents];
    expect(() => all([])).toThrowError(SnapshotDamage);
    expect(() => all([new Uint8Array(500)])).toThrowError(SnapshotDamage);
    expect(() => all([whole.subarray(0, whole.length - 1)])).toThrowError(SnapshotDamage);
  });
});
