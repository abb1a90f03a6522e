import type { Done, FileSystem, OpenFile } from "./file-system.ts";
import { checksum, getInteger, headerBytes, setInteger, viewOf } from "./segment.ts";

/** Where damage was found. */
export interface Unreadable {
  readonly kind: "unreadable";
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

export function unreadable(file: string, offset: number, reason: string): Unreadable {
  return { kind: "unreadable", file, offset, reason };
}

/** Opens, hands over, closes. */
export function withFile<T>(files: FileSystem, path: string, work: (file: OpenFile) => T): T {
  const file = files.open(path, "read");
  try {
    return work(file);
  } finally {
    file.close();
  }
}

export function readWhole(files: FileSystem, path: string): Uint8Array {
  return withFile(files, path, (file) => {
    const bytes = new Uint8Array(file.sizeBytes());
    return bytes.subarray(0, file.read(bytes, 0));
  });
}

export function readHeader(files: FileSystem, path: string): Uint8Array {
  return withFile(files, path, (file) => {
    const bytes = new Uint8Array(headerBytes);
    return bytes.subarray(0, file.read(bytes, 0));
  });
}

/** Begins the names of files that mean nothing yet: they get their real name when they are complete and durable. */
export const passingPrefix = "passing-";

/** Removes what a crash left unfinished. */
export function removeLeftovers(files: FileSystem, directory: string): void {
  for (const name of files.list(directory)) {
    if (name.startsWith(passingPrefix)) files.remove(`${directory}/${name}`);
  }
}

/** Where the log ended when it was closed. While it stands, nothing is torn: whatever is missing is damage. */
export interface CloseMark {
  readonly lineage: number;
  readonly number: number;
  readonly endBytes: number;
  readonly position: number;
}

/** Where a log begins whose first segments were dropped. Whatever is missing from there on is damage. */
export interface StartMark {
  readonly lineage: number;
  readonly number: number;
}

export const closeMarkName = "closed";
const startMarkName = "start";
const markBytes = 40;
const closeMarkMagic = 0x434c4f53;
const startMarkMagic = 0x53544152;

function encodeMark(magic: number, mark: CloseMark): Uint8Array {
  const bytes = new Uint8Array(markBytes);
  const view = viewOf(bytes);
  view.setUint32(0, magic);
  view.setUint32(4, mark.lineage);
  setInteger(view, 8, mark.number);
  setInteger(view, 16, mark.endBytes);
  setInteger(view, 24, mark.position);
  view.setUint32(32, 0xffffffff);
  view.setUint32(36, checksum(bytes.subarray(0, 36), 0));
  return bytes;
}

/** The mark; null: there is none; or what is wrong with it. */
function readMark(
  files: FileSystem,
  directory: string,
  names: readonly string[],
  name: string,
  magic: number,
): CloseMark | Unreadable | null {
  if (!names.includes(name)) return null;
  const path = `${directory}/${name}`;
  const bytes = readWhole(files, path);
  const view = viewOf(bytes);
  const intact =
    bytes.length === markBytes &&
    view.getUint32(0) === magic &&
    checksum(bytes.subarray(0, 36), 0) === view.getUint32(36);
  if (!intact) return unreadable(path, 0, `the mark "${name}" fails its checksum`);
  return {
    lineage: view.getUint32(4),
    number: getInteger(view, 8),
    endBytes: getInteger(view, 16),
    position: getInteger(view, 24),
  };
}

/** Makes the mark durable. The log itself must be. */
export function writeCloseMark(files: FileSystem, directory: string, mark: CloseMark): void {
  const passing = `${directory}/${passingPrefix}${closeMarkName}`;
  const file = files.open(passing, "create");
  file.write(encodeMark(closeMarkMagic, mark), 0);
  file.sync();
  file.close();
  files.rename(passing, `${directory}/${closeMarkName}`);
  files.syncDirectory(directory);
}

/** The mark; null: not closed; or what is wrong with it. */
export function readCloseMark(
  files: FileSystem,
  directory: string,
  names: readonly string[],
): CloseMark | Unreadable | null {
  return readMark(files, directory, names, closeMarkName, closeMarkMagic);
}

/** Makes the mark durable, in the place of an earlier one; what stands before it may be removed then. */
export async function writeStartMark(files: FileSystem, directory: string, mark: StartMark): Promise<void> {
  await createDurably(
    files,
    directory,
    startMarkName,
    encodeMark(startMarkMagic, { ...mark, endBytes: 0, position: 0 }),
  );
}

/** The mark; null: the log begins with its base; or what is wrong with the mark. */
export function readStartMark(
  files: FileSystem,
  directory: string,
  names: readonly string[],
): StartMark | Unreadable | null {
  return readMark(files, directory, names, startMarkName, startMarkMagic);
}

/** Runs one operation of the thread pool. */
export function onPool(start: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}

/** A file of these bytes under this name, or the one that had it before; answers once that is durable. */
async function createDurably(
  files: FileSystem,
  directory: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const passing = `${directory}/${passingPrefix}${name}`;
  const file = files.open(passing, "create");
  try {
    await onPool((done) => file.writeLater(bytes, 0, done));
    await onPool((done) => file.syncLater(done));
  } finally {
    file.close();
  }
  files.rename(passing, `${directory}/${name}`);
  await onPool((done) => files.syncDirectoryLater(directory, done));
}

/** Durable before anything is written: a mark that outlived the next write would condemn it. */
export function removeCloseMark(files: FileSystem, directory: string): void {
  files.remove(`${directory}/${closeMarkName}`);
  files.syncDirectory(directory);
}
