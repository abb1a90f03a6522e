import { concat } from "@eunomia/codec";
import { genesisChain } from "./chain.ts";
import { openSnapshot, snapshotContents } from "./snapshot-pieces.ts";
import type { ReplicaConfig, ReplicaOracles } from "./state.ts";

/** The first snapshot of a cluster that is restored from another one's. */
export interface RestoredSnapshot {
  /** The new cluster's first slot is the one after it: slots, and the client ids made of them, are never used twice. */
  readonly slot: number;
  /** For `SnapshotStore.write` at every first member of the new cluster. Read once. */
  readonly contents: Iterable<Uint8Array>;
}

/**
 * Makes the first snapshot of a new cluster out of a snapshot of another one, damaged or gone as that may be. Kept: the
 * application's state and the clients' sessions, so that what a client had executed there is not executed again. New: name,
 * members, protocol, mode and controllers, as `config` says; control commands are counted from 1, and the hash chain begins anew
 * with that of the old cluster in it.
 *
 * Every first member writes the same bytes, with chunks of the same size, so that all have one root: that is what
 * `BroadcastNodeOptions.origin` names.
 *
 * @param chunks The contents of the old snapshot, each chunk checked.
 * @throws SnapshotDamage when they are not those of a snapshot.
 *
 * @example
 * const { slot, contents } = restoreCluster(config, sha256, chunksFrom(readSnapshotFile("/backup/old.snapshot")));
 * const { root } = await snapshots.write(slot, contents);
 * const node = new BroadcastNode({ ...options, replica: config, snapshots, origin: { slot, root } });
 */
export function restoreCluster(
  config: ReplicaConfig,
  sha256: ReplicaOracles["sha256"],
  chunks: Iterable<Uint8Array>,
): RestoredSnapshot {
  const { checkpoint: old, application } = openSnapshot(chunks);
  const { slotOut, sessions } = old;
  const checkpoint = {
    slotOut,
    sessions,
    // Another number than that of a cluster that begins with nothing: nobody takes the one's consensus for the other's.
    epochs: [{ id: 1, from: slotOut, protocol: config.initial, membership: config.membership }],
    retired: [],
    mode: config.mode,
    controllers: config.controllers,
    nextControl: 1,
    lastChange: 0,
    chain: sha256(concat(genesisChain(sha256, config.cluster), old.chain)),
    unsavedBytes: 0,
  };
  return { slot: slotOut - 1, contents: snapshotContents(checkpoint, application) };
}
