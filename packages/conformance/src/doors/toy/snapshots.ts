import { sha256 } from "@eunomia/codec";
import {
  chunkLength,
  chunksOf,
  manifestProblem,
  type SnapshotIntake,
  type SnapshotManifest,
  type SnapshotStore,
  sealManifest,
} from "@eunomia/engine";
import { same } from "../../support/assert.ts";
import type { Twin } from "../../support/case.ts";
import type { SnapshotSubject, SnapshotWorld } from "../snapshot-scene.ts";

type SnapshotFault = keyof typeof words;

const words = {
  "takes-anything": "a chunk is taken without looking at its digest",
  "believes-manifests": "the root of a manifest is not checked",
  "gives-damage": "damaged chunks are given out as they are",
  "half-written": "a snapshot can be seen while it is written",
  "drops-all": "dropping older ones drops the newest too",
  "one-root": "the root does not tell the slot",
  "gives-up": "after one failed write the store takes no more",
  "mixes-intakes": "what was begun before is filled up with chunks of another",
  "finishes-early": "an intake is finished while chunks are missing",
  "any-cluster": "snapshots of another cluster are used",
  "shared-use": "two may use one storage at once",
  "two-writes": "two snapshots are written at once",
} as const;

interface Held {
  manifest: SnapshotManifest;
  chunks: (Uint8Array | null)[];
}

interface Storage {
  readonly held: Map<number, Held>;
  intake: Held | null;
  inUse: boolean;
  failing: boolean;
}

function toySnapshots(storage: Storage, cluster: string, fault: SnapshotFault | undefined): SnapshotStore {
  if (storage.inUse && fault !== "shared-use")
    throw Object.assign(new Error("in use"), { code: "journal-in-use" });
  storage.inUse = true;
  const usable = (): Held[] =>
    [...storage.held.values()].filter(
      ({ manifest }) => fault === "any-cluster" || manifest.cluster === cluster,
    );
  const find = (slot: number): Held | undefined => usable().find(({ manifest }) => manifest.slot === slot);
  const fits = (manifest: SnapshotManifest, index: number, bytes: Uint8Array): boolean =>
    index < manifest.digests.length &&
    (fault === "takes-anything" ||
      (bytes.length === chunkLength(manifest, index) && same(sha256(bytes), manifest.digests[index])));
  return {
    open: () => ({
      unusable: [...storage.held]
        .filter(([, held]) => !usable().includes(held))
        .map(([slot]) => ({ file: String(slot), reason: "of another cluster" })),
    }),
    get slots() {
      return usable()
        .map(({ manifest }) => manifest.slot)
        .sort((a, b) => a - b);
    },
    manifest: (slot) => find(slot)?.manifest ?? null,
    chunk: (slot, index) => {
      const held = find(slot);
      const bytes = held?.chunks[index];
      if (!held || !bytes) return { ok: false, reason: "no such chunk" };
      const intact = fault === "gives-damage" || fits(held.manifest, index, bytes);
      return intact ? { ok: true, bytes } : { ok: false, reason: "damaged" };
    },
    write: toyWriter(storage, cluster, fault),
    begin: async (manifest) => {
      const wrong =
        manifest.cluster !== cluster ||
        (fault !== "believes-manifests" && manifestProblem(sha256, manifest) !== null);
      if (wrong) throw Object.assign(new Error("foreign"), { code: "foreign" });
      const again =
        storage.intake !== null &&
        (fault === "mixes-intakes" || same(storage.intake.manifest.root, manifest.root));
      const intake: Held = again ? storage.intake! : { manifest, chunks: manifest.digests.map(() => null) };
      intake.manifest = manifest;
      storage.intake = intake;
      return toyIntake(
        intake,
        (index, bytes) => fits(manifest, index, bytes),
        fault,
        () => {
          storage.held.set(manifest.slot, intake);
          storage.intake = null;
        },
      );
    },
    drop: (below) => {
      const limit = fault === "drops-all" ? Number.MAX_SAFE_INTEGER : below;
      for (const { manifest } of usable()) if (manifest.slot < limit) storage.held.delete(manifest.slot);
    },
    close: async () => {
      storage.inUse = false;
    },
  };
}

function toyWriter(
  storage: Storage,
  cluster: string,
  fault: SnapshotFault | undefined,
): SnapshotStore["write"] {
  let writing = false;
  let broken = false;
  const sealed = (slot: number, chunks: readonly Uint8Array[]): SnapshotManifest => {
    const sizeBytes = chunks.reduce((size, { length }) => size + length, 0);
    const head = { cluster, slot: fault === "one-root" ? 0 : slot, sizeBytes, chunkBytes: 512 };
    return { ...sealManifest(sha256, head, chunks.map(sha256)), slot };
  };
  return async (slot, pieces) => {
    if (writing && fault !== "two-writes")
      throw Object.assign(new Error("a second"), { code: "out-of-turn" });
    writing = true;
    try {
      const chunks: Uint8Array[] = [];
      for (const chunk of chunksOf(pieces, 512)) {
        chunks.push(chunk);
        if (fault === "half-written") storage.held.set(slot, { manifest: sealed(slot, chunks), chunks });
        await Promise.resolve();
        if (!storage.inUse) throw new Error("crashed");
      }
      if (storage.failing || broken) {
        storage.failing = false;
        broken = fault === "gives-up";
        throw new Error("disk");
      }
      const manifest = sealed(slot, chunks);
      storage.held.set(slot, { manifest, chunks });
      return manifest;
    } finally {
      writing = false;
    }
  };
}

function toyIntake(
  intake: Held,
  fits: (index: number, bytes: Uint8Array) => boolean,
  fault: SnapshotFault | undefined,
  adopt: () => void,
): SnapshotIntake {
  const missing = (): number[] => intake.chunks.flatMap((bytes, index) => (bytes === null ? [index] : []));
  return {
    manifest: intake.manifest,
    missing,
    put: (index, bytes) => {
      if (!fits(index, bytes)) return false;
      intake.chunks[index] = bytes.slice();
      return true;
    },
    finish: async () => {
      if (missing().length > 0 && fault !== "finishes-early") throw new Error("chunks are missing");
      adopt();
    },
  };
}

const snapshots = (fault?: SnapshotFault): SnapshotSubject => ({
  fresh: (): SnapshotWorld => {
    const storage: Storage = { held: new Map(), intake: null, inUse: false, failing: false };
    return {
      open: (cluster = "here") => toySnapshots(storage, cluster, fault),
      crash: () => {
        storage.inUse = false;
      },
      failNextWrite: () => {
        storage.failing = true;
      },
      damage: (slot) => {
        storage.held.get(slot)!.chunks[0]![0]! ^= 1;
      },
    };
  },
});

/** A store of snapshots that passes. */
export const snapshotExample: SnapshotSubject = snapshots();

/** Each breaks one sentence of the door. */
export const snapshotTwins: readonly Twin<SnapshotSubject>[] = (Object.keys(words) as SnapshotFault[]).map(
  (name) => ({ name, fault: words[name], subject: snapshots(name) }),
);
