import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { restoreCluster, SnapshotDamage } from "@eunomia/aneris-switch";
import { toHex } from "@eunomia/codec";
import { chunksFrom, openFileSnapshots } from "@eunomia/journal/file";
import { Command } from "commander";
import { oracles, replicaConfig } from "../../node/stack.ts";
import { CliError, guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";
import { places } from "../layout.ts";
import { type FolderPlan, makeFolder } from "../make-folder.ts";
import { outputOf } from "../output.ts";
import { type NewCluster, nextSteps, planOf, principalsOf, withNewCluster } from "./init.ts";
import { snapshotIn } from "./snapshot.ts";

const snapshotsOf = (data: string): string => join(data, "snapshots");

/**
 * Makes the first snapshot of a new cluster in a folder of its own.
 *
 * @throws CliError `no-snapshot`, `same-cluster`; JournalError and CliError `damaged` when the file is no whole snapshot: nothing is left then.
 */
async function firstSnapshot(
  file: string,
  { config }: FolderPlan,
  { controllers }: ReturnType<typeof principalsOf>,
  directory: string,
): Promise<{ readonly slot: number; readonly root: string; readonly from: string }> {
  const source = snapshotIn(file);
  const { cluster: from } = source.manifest;
  if (from === config.cluster)
    throw new CliError(
      "same-cluster",
      `--cluster expected another name than that of the cluster of the snapshot, got ${from}: nodes of the two must not meet`,
    );
  const whole = { ...config, controllers };
  const replica = replicaConfig(whole, config.nodes[0]!.id);
  const { slot, contents } = restoreCluster(replica, oracles().sha256, chunksFrom(source));
  const store = openFileSnapshots({ directory, cluster: config.cluster });
  store.open();
  try {
    const { root } = await store.write(slot, contents);
    return { slot, root: toHex(root), from };
  } catch (error) {
    if (!(error instanceof SnapshotDamage)) throw error;
    throw new CliError(
      "damaged",
      `${file}: expected the contents of a snapshot, got: ${error.message}; take another one`,
    );
  } finally {
    await store.close();
  }
}

/** `restore`: a new cluster that begins with what a snapshot holds. */
export const restoreCommand = (): Command =>
  withExamples(
    withNewCluster(
      new Command("restore")
        .helpGroup(groups.setUp)
        .description("make the folder of a new cluster that begins with an exported snapshot of another one")
        .argument("<snapshot>", "a file that `eunomia snapshot export` wrote")
        .argument("<folder>", "where to make the new cluster"),
    ),
    [
      ["eunomia restore backup.snapshot renewed --local 3", "three nodes on this machine"],
      [
        "eunomia restore backup.snapshot renewed --nodes n1=10.0.1.1:7001,n2=10.0.1.2:7001,n3=10.0.1.3:7001",
        "elsewhere",
      ],
    ],
    [
      "Kept: what the application holds, and the sessions of clients, so that nothing is executed twice.",
      "New: name, members, keys and certificates. What was ordered after the snapshot is not in it: stop the old cluster first,",
      "or there are two with the same past.",
    ].join("\n"),
  ).action(
    guarded(async (file: string, root: string, given: NewCluster) => {
      const plan = await planOf(root, given);
      const made = principalsOf(plan);
      mkdirSync(dirname(resolve(root)), { recursive: true });
      const scratch = mkdtempSync(join(dirname(resolve(root)), ".restore-"));
      try {
        const { slot, root: digest, from } = await firstSnapshot(file, plan, made, scratch);
        const restored = { ...plan, config: { ...plan.config, origin: { slot, root: digest } } };
        await makeFolder(restored, made, async (folder) => {
          for (const { id } of plan.config.nodes)
            cpSync(scratch, snapshotsOf(join(folder, places.nodes, id, places.data)), { recursive: true });
        });
        outputOf(given.json).result(
          [`Slots up to ${slot} of cluster ${from} are in it.`, nextSteps(plan)].join("\n"),
          { folder: root, cluster: plan.config.cluster, nodes: plan.config.nodes, from, slot },
        );
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    }),
  );
