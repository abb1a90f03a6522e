import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { JournalError } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";

/** Who holds a lock, as text, and whether such a holder still lives. */
export interface LockOwner {
  readonly identity: string;
  isAlive(identity: string): boolean;
}

/** Start time of a process in clock ticks since boot and the boot's id, where Linux tells: a reused pid is another process. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}@${boot}`;
  } catch {
    return "?";
  }
}

function processRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** This process. */
export const thisProcess: LockOwner = {
  identity: `${process.pid} ${startOf(process.pid)}`,
  isAlive: (identity) => {
    const [pid, start] = identity.split(" ");
    if (!processRuns(Number(pid))) return false;
    const now = startOf(Number(pid));
    return start === now || start === "?" || now === "?";
  },
};

const free = "free";

function highest(files: FileSystem, directory: string): number {
  let found = 0;
  for (const name of files.list(directory)) {
    const match = /^lock-(\d+)$/.exec(name);
    if (match) found = Math.max(found, Number(match[1]));
  }
  return found;
}

/** A file under a passing name, holding the text. */
function leaf(files: FileSystem, directory: string, text: string): string {
  const path = `${directory}/lock.${process.pid}.${randomInt(2 ** 47)}`;
  const file = files.open(path, "create");
  file.write(new TextEncoder().encode(text), 0);
  file.close();
  return path;
}

/** Null: it was removed meanwhile, by somebody who took a higher one. */
function read(files: FileSystem, path: string): string | null {
  try {
    const file = files.open(path, "read");
    const bytes = new Uint8Array(file.sizeBytes());
    file.read(bytes, 0);
    file.close();
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Takes the directory for this process and answers how to give it back; throws `journal-in-use`.
 *
 * Node has no flock. Lock files are numbered and the highest is in force: the next one is made by `link`, which one process
 * alone can do, and a file is removed only once a higher one stands. A release leaves the highest one, saying "free".
 */
export function lockDirectory(files: FileSystem, directory: string, owner: LockOwner): () => void {
  const inForce = highest(files, directory);
  const holder = inForce === 0 ? free : read(files, `${directory}/lock-${inForce}`);
  const refuse = (by: string): never => {
    throw new JournalError(
      "journal-in-use",
      `"directory" expected one that nobody holds, got "${directory}", held by process ${by}: close it there first`,
      { directory, holder: by },
    );
  };
  if (holder === null) return refuse("that came at the same moment");
  if (holder !== free && owner.isAlive(holder)) refuse(holder);
  const mine = `${directory}/lock-${inForce + 1}`;
  const text = leaf(files, directory, owner.identity);
  try {
    files.link(text, mine);
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") refuse("that came at the same moment");
    throw error;
  } finally {
    files.remove(text);
  }
  // A listing taken while others come and go may have missed a higher lock: it decides.
  if (highest(files, directory) !== inForce + 1) {
    files.remove(mine);
    refuse("that came at the same moment");
  }
  for (const name of files.list(directory)) {
    const match = /^lock-(\d+)$/.exec(name);
    if (match && Number(match[1]) <= inForce) files.remove(`${directory}/${name}`);
  }
  return () => files.rename(leaf(files, directory, free), mine);
}
