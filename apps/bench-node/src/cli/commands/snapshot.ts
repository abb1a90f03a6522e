import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { openSnapshot, SnapshotDamage } from "@eunomia/aneris-switch";
import { toHex } from "@eunomia/codec";
import { chunksFrom, readSnapshotFile } from "@eunomia/journal/file";
import { Command } from "commander";
import { KvStore } from "../../kv/store.ts";
import { CliError, guarded } from "../exits.ts";
import { type FolderOptions, groups, integer, withExamples, withFolder } from "../help.ts";
import { type ClusterFolder, folderOf, places } from "../layout.ts";
import { outputOf, table } from "../output.ts";

interface NodeFlags extends FolderOptions {
  readonly node?: string;
  readonly slot?: number;
}

interface Kept {
  readonly node: string;
  readonly slot: number;
  readonly bytes: number;
  readonly file: string;
}

const suffix = ".snapshot";

/** Snapshots in the data directories of the nodes whose folders lie here, the newest last. The nodes may run. */
function kept(folder: ClusterFolder, node?: string): Kept[] {
  const nodes = node === undefined ? folder.nodeNames() : [node];
  return nodes.flatMap((id) => {
    const directory = join(folder.nodeFolder(id), places.data, "snapshots");
    if (!existsSync(folder.nodeFolder(id)))
      throw new CliError(
        "no-node",
        `--node expected one of ${folder.nodeNames().join(", ") || "none that lie here"}, got ${id}`,
      );
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((name) => /^\d{16}\.snapshot$/.test(name))
      .sort()
      .map((name) => {
        const file = join(directory, name);
        return { node: id, slot: Number(name.slice(0, -suffix.length)), bytes: statSync(file).size, file };
      });
  });
}

/** A snapshot that an operator names. @throws CliError `no-snapshot`; JournalError when it is damaged. */
export function snapshotIn(file: string): ReturnType<typeof readSnapshotFile> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() === true) return readSnapshotFile(file);
  const got = found === undefined ? "nothing" : "no file";
  throw new CliError(
    "no-snapshot",
    `${file}: expected a file that \`eunomia snapshot export\` wrote, got ${got}`,
  );
}

/** What a snapshot file says of itself, every chunk of it checked. @throws JournalError; CliError `damaged`. */
function inspected(file: string) {
  const source = snapshotIn(file);
  const { cluster, slot, root, sizeBytes } = source.manifest;
  try {
    const { checkpoint, application } = openSnapshot(chunksFrom(source));
    const pieces: Uint8Array[] = [];
    let applicationBytes = 0;
    for (const piece of application) {
      pieces.push(piece);
      applicationBytes += piece.length;
    }
    const { sessions, epochs, nextControl } = checkpoint;
    const epoch = epochs.at(-1);
    const keys = keysOf(pieces);
    return {
      cluster,
      slot,
      root: toHex(root),
      bytes: sizeBytes,
      applicationBytes,
      sessions: sessions.keys.length,
      nextControl,
      epoch: epoch?.id ?? null,
      protocol: epoch?.protocol.name ?? null,
      ...(keys !== null && { keys }),
    };
  } catch (error) {
    if (!(error instanceof SnapshotDamage)) throw error;
    throw new CliError(
      "damaged",
      `${file}: expected the contents of a snapshot, got: ${error.message}; take another one`,
    );
  }
}

/** How many keys there are, if the application is the key-value store; null: it is not. */
function keysOf(pieces: readonly Uint8Array[]): number | null {
  try {
    const store = new KvStore();
    store.restore(pieces);
    return store.size;
  } catch {
    return null;
  }
}

const list = (): Command =>
  withExamples(
    withFolder(
      new Command("list").description("the snapshots that nodes have whose folders lie here"),
    ).option("--node <id>", "only those of this node"),
    [
      ["eunomia snapshot list", "of all nodes here"],
      ["eunomia snapshot list --node n1 --json", "of one"],
    ],
  ).action(
    guarded((given: NodeFlags) => {
      const all = kept(folderOf(given), given.node);
      const rows = all.map(({ node, slot, bytes, file }) => [node, `${slot}`, `${bytes}`, file]);
      outputOf(given.json).result(table(["node", "slot", "bytes", "file"], rows), all);
    }),
  );

const exporting = (): Command =>
  withExamples(
    withFolder(
      new Command("export").description("copy a snapshot of a node into one file, checked chunk by chunk"),
    )
      .argument("<file>", "where to; never overwritten")
      .option("--node <id>", "which node's (default: whoever has the newest)")
      .option("--slot <n>", "which one (default: the newest)", integer(0)),
    [
      ["eunomia snapshot export backup.snapshot", "the newest that lies here, while the nodes run"],
      ["eunomia snapshot export old.snapshot --node n2 --slot 20000", "a certain one"],
    ],
    "Snapshots are taken by themselves, every `checkpointSlots` slots. `eunomia restore` makes a cluster from the file.",
  ).action(
    guarded((file: string, given: NodeFlags) => {
      const folder = folderOf(given);
      const { config } = folder;
      const all = kept(folder, given.node).filter(
        ({ slot }) => given.slot === undefined || slot === given.slot,
      );
      const newest = all.sort((a, b) => a.slot - b.slot).at(-1);
      if (newest === undefined)
        throw new CliError(
          "no-snapshot",
          `expected ${given.slot === undefined ? "a snapshot" : `one of slot ${given.slot}`} in a node's folder here, got none: the first is taken after checkpointSlots slots; \`eunomia snapshot list\``,
        );
      if (existsSync(file))
        throw new CliError("exists", `${file}: expected no file, since none is overwritten`);
      const { cluster } = inspected(newest.file);
      if (cluster !== config.cluster)
        throw new CliError(
          "foreign",
          `${newest.file}: expected a snapshot of cluster ${config.cluster}, got one of ${cluster}: it came here by mistake`,
        );
      try {
        copyFileSync(newest.file, file, constants.COPYFILE_EXCL);
        const copy = openSync(file, "r");
        fsyncSync(copy);
        closeSync(copy);
        const told = inspected(file);
        outputOf(given.json).result(
          `Slots up to ${told.slot} of ${told.cluster}, from ${newest.node}, in ${file} (${told.bytes} bytes)`,
          { file, node: newest.node, ...told },
        );
      } catch (error) {
        rmSync(file, { force: true });
        throw error;
      }
    }),
  );

const inspecting = (): Command =>
  withExamples(
    new Command("inspect")
      .description("check a snapshot file to its last byte, and say what is in it")
      .argument("<file>", "what `eunomia snapshot export` wrote, or one of a node's data directory")
      .option("--json", "print results as JSON, a line each", false),
    [
      ["eunomia snapshot inspect backup.snapshot", "cluster, slot, digest, sessions, application"],
      ["eunomia snapshot inspect backup.snapshot --json", "for a program that keeps backups"],
    ],
  ).action(
    guarded((file: string, { json }: { readonly json: boolean }) => {
      const told = inspected(file);
      const rows = Object.entries(told).map(([name, value]) => [name, `${value}`]);
      outputOf(json).result(table(["", ""], rows).trim(), told);
    }),
  );

/** `snapshot`: what a node keeps, as files. */
export const snapshotCommand = (): Command =>
  new Command("snapshot")
    .helpGroup(groups.look)
    .description("list, export and inspect the snapshots of nodes")
    .addCommand(list())
    .addCommand(exporting())
    .addCommand(inspecting());
