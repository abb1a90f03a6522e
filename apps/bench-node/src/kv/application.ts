import type { Application } from "@eunomia/aneris-switch";
import { readBatch } from "@eunomia/aneris-switch/messages";
import type { ClusterConfig } from "../node/config.ts";
import { KvStore } from "./store.ts";

/** The key-value store as what a node does with the order: every command of a slot in its place, and nothing else. */
export function kvApplication(store: KvStore): Application {
  return {
    apply({ slot, vector }) {
      const entries = readBatch(vector) ?? [];
      for (const [index, entry] of entries.entries())
        if (entry.kind === "command") store.apply(vector.subarray(entry.bodyStart, entry.end), slot, index);
    },
    snapshot: () => store.snapshot(),
    restore: (pieces) => store.restore(pieces),
    query: (body) => store.query(body),
  };
}

/** What a cluster's configuration says that its nodes do with the order; null: nothing. */
export const applicationOf = ({ application = "none" }: ClusterConfig): Application | null =>
  application === "kv" ? kvApplication(new KvStore()) : null;
