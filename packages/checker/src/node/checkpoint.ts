import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { CheckerError } from "../error.ts";
import type { ModelSource } from "../model.ts";
import { place, type Shared } from "./shared.ts";
import type { Progressed } from "./task.ts";

/** What a checkpoint says of itself. */
interface Described extends Progressed {
  readonly engineHash: string;
  readonly source: ModelSource;
  /** Components of a vector. */
  readonly width: number;
}

interface Manifest extends Described {
  readonly version: 1;
  readonly cells: number;
  /** Of the two files: name, length and SHA-256. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

const manifestName = "manifest.json";

/** Written in pieces: one call may write no more than 2 GiB. */
const pieceBytes = 2 ** 26;

function writeFile(folder: string, name: string, bytes: Uint8Array): Manifest["files"][number] {
  const hash = createHash("sha256");
  const file = openSync(join(folder, `${name}.new`), "w");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    // A copy: shared memory cannot be hashed or written in place.
    const piece = Uint8Array.from(bytes.subarray(at, at + pieceBytes));
    hash.update(piece);
    for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
  }
  fsyncSync(file);
  closeSync(file);
  renameSync(join(folder, `${name}.new`), join(folder, name));
  return { name, bytes: bytes.length, sha256: hash.digest("hex") };
}

/** Cells and states first, then the manifest that names them: whenever this stops, one whole checkpoint is there. */
export function writeCheckpoint(folder: string, described: Described, shared: Shared): void {
  const { control, log, vectors } = shared;
  const { levels, width, states } = described;
  mkdirSync(folder, { recursive: true });
  const bytes = new Uint8Array(vectors.buffer, 0, states * width * 4);
  const files = [
    writeFile(folder, `cells-${levels.length}.bin`, log.subarray(0, control[place.logBytes]!)),
    writeFile(folder, `states-${levels.length}.bin`, bytes),
  ];
  const manifest: Manifest = { version: 1, ...described, cells: control[place.logCells]!, files };
  writeFile(folder, manifestName, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
  for (const name of readdirSync(folder))
    if (/^(cells|states)-\d+\.bin(\.new)?$/.test(name) && !files.some((file) => file.name === name))
      rmSync(join(folder, name));
}

function refuse(what: string): never {
  throw new CheckerError("checkpoint", what);
}

/** @throws CheckerError with code `checkpoint`: an earlier search has left one there, and nobody goes on from it. */
export function mustBeFree(folder: string): void {
  if (existsSync(join(folder, manifestName)))
    refuse(
      `"checkpoint" expected a folder of its own, got ${folder}, which holds that of an earlier search; resume it, or name another folder`,
    );
}

function readManifest(folder: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(folder, manifestName), "utf8");
  } catch {
    return refuse(`"resume" expected a folder with ${manifestName}, got ${folder}; begin anew`);
  }
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.version === 1) return manifest;
    return refuse(`the checkpoint in ${folder} has version ${manifest.version}, expected 1; begin anew`);
  } catch (error) {
    if (error instanceof CheckerError) throw error;
    return refuse(`${manifestName} in ${folder} is damaged: ${String(error)}; begin anew`);
  }
}

function readFile(folder: string, { name, bytes, sha256 }: Manifest["files"][number]): Uint8Array {
  let read: Uint8Array;
  try {
    read = readFileSync(join(folder, name));
  } catch {
    return refuse(`${name} is missing in ${folder}; begin anew`);
  }
  if (read.length !== bytes)
    refuse(`${name} expected ${bytes} bytes, got ${read.length}: it is damaged; begin anew`);
  if (createHash("sha256").update(read).digest("hex") !== sha256)
    refuse(`${name} does not have the checksum of its manifest: it is damaged; begin anew`);
  return read;
}

/** A checkpoint that was found good, on its way into memory. */
export interface Checkpoint {
  readonly progressed: Progressed;
  load(shared: Shared): void;
}

/**
 * Reads a checkpoint.
 *
 * @throws CheckerError with code `checkpoint` if it is missing, damaged, of other engines or of another model.
 */
export function readCheckpoint(
  folder: string,
  engineHash: string,
  source: ModelSource,
  width: number,
): Checkpoint {
  const manifest = readManifest(folder);
  if (manifest.engineHash !== engineHash)
    refuse(`the checkpoint is of engines ${manifest.engineHash}, expected ${engineHash}; begin anew`);
  if (JSON.stringify(manifest.source) !== JSON.stringify(source) || manifest.width !== width)
    refuse(`the checkpoint is of ${JSON.stringify(manifest.source)}, expected ${JSON.stringify(source)}`);
  const [cells, states] = manifest.files.map((file) => readFile(folder, file));
  return {
    progressed: { levels: manifest.levels, states: manifest.states, transitions: manifest.transitions },
    load: ({ control, log, vectors, capacity }) => {
      if (manifest.states > capacity || cells!.length > log.length)
        throw new CheckerError(
          "memory",
          `"memory" expected room for ${manifest.states} states, got ${capacity}`,
        );
      log.set(cells!);
      new Uint8Array(vectors.buffer).set(states!);
      control[place.logBytes] = cells!.length;
      control[place.logCells] = manifest.cells;
      control[place.count] = manifest.states;
      control[place.next] = manifest.levels.at(-1)!;
      control[place.end] = manifest.states;
    },
  };
}
