import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeId } from "@eunomia/engine";
import { openFileJournal } from "@eunomia/journal/file";
import { ConfigError } from "../node/config.ts";
import { evidenceTag, keptFile, statementsFolder } from "./node-line.ts";

/** The evidence in the data of a node, and whose data it is. */
export interface Held {
  readonly cluster: string;
  readonly node: NodeId;
  readonly records: readonly Uint8Array[];
}

/**
 * Reads what a node has kept for auditors. The node must not be running: look at a copy of its data, or when it has stopped.
 *
 * @param folder the data of the node.
 * @throws ConfigError where there is no such evidence, or it is damaged; JournalError while the node runs.
 */
export async function heldIn(folder: string): Promise<Held> {
  const file = join(folder, keptFile);
  const refuse = (got: string): never => {
    throw new ConfigError(file, "(whole file)", "the data of a node that keeps evidence for an auditor", got);
  };
  let owner: { readonly cluster?: unknown; readonly node?: unknown };
  try {
    owner = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuse((error as Error).message);
  }
  const { cluster, node } = owner;
  if (typeof cluster !== "string" || typeof node !== "string") return refuse("no cluster and node");
  const directory = join(folder, statementsFolder);
  const journal = openFileJournal({ directory, tag: evidenceTag(cluster, node) });
  try {
    const replay = journal.replay();
    if (replay.kind === "records") return { cluster, node, records: replay.records };
    return refuse(
      replay.kind === "absent" ? "no statements" : `damage at byte ${replay.offset} of ${replay.file}`,
    );
  } finally {
    await journal.close();
  }
}
